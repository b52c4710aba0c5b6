"""``omlint init``."""

from __future__ import annotations

import logging
from typing import Any

import click

from linter import api
from linter.cli import options
from linter.cli.command import PATH, Command
from linter.cli.database_option import database_option
from linter.cli.streams import say, write_stdout
from linter.results.wording import plural

__all__ = ["command"]

_LOG = logging.getLogger(__name__)


@click.command("init", cls=Command, examples=("omlint init --target atc@8.1.RC1/Ascend310P3",))
@click.argument("folder", required=False, default="", metavar="[FOLDER]", type=PATH)
@options.targets_option
@database_option
@click.option("--force", is_flag=True, help="Replace an omlint.toml that is there.")
@options.verbosity_options
def command(folder: str, *, quiet: bool, verbose: bool, **flags: Any) -> int:
    """Write omlint.toml in FOLDER, or here, from the models that are in it and below.

    Every setting is in it with what it does; sizes that models leave open are in it as comments
    to be filled in.
    """
    options.set_up_logging(quiet=quiet, verbose=verbose)
    outcome = api.init(
        folder, targets=flags["targets"], overwrite=flags["force"], store=flags["db"]
    )
    for model in outcome.models:
        if model.fault:
            _LOG.warning("%s: %s", model.path, model.fault)
    count = len(outcome.models) + outcome.left_out
    write_stdout(f"{outcome.file}: {plural(count, 'model')}")
    if not quiet:
        say("next: omlint config shows what holds, omlint check MODEL... judges")
    return 0
