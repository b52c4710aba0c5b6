"""``omlint ops``."""

from __future__ import annotations

from typing import Any

import click

from linter import api
from linter.cli import options
from linter.cli.command import Command
from linter.cli.config_option import config_option
from linter.cli.database_option import database_option
from linter.cli.streams import TABLE_WIDTH, stdout_style, write_stdout

__all__ = ["command"]


@click.command(
    "ops",
    cls=Command,
    examples=(
        "omlint ops Conv2D MatMul --target Ascend310P3",
        "omlint ops --format json",
    ),
)
@click.argument("ops", nargs=-1, metavar="[OP]...")
@config_option
@options.targets_option
@database_option
@options.format_option("text", "json")
@options.verbosity_options
def command(ops: tuple[str, ...], *, quiet: bool, verbose: bool, **flags: Any) -> int:
    """Say what the databases hold about each OP, or about every op they know.

    An answer about a type is the best case: the dtypes, shapes and constants of a node in a model
    can still make the target refuse it, which is what `omlint check` finds.
    """
    from linter.report import ops as report

    options.set_up_logging(quiet=quiet, verbose=verbose)
    answers = api.describe_ops(ops, targets=flags["targets"], store=flags["db"])
    if flags["format_name"] == "json":
        write_stdout(report.as_json_text(answers))
    else:
        write_stdout(report.as_table(answers, stdout_style(verbose=verbose, width=TABLE_WIDTH)))
    return 0
