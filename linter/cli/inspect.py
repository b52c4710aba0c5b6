"""``omlint inspect``."""

from __future__ import annotations

from typing import Any

import click

from linter import api
from linter.cli import options
from linter.cli.command import PATH, Command
from linter.cli.parsing import parse_outputs
from linter.cli.streams import stdout_style, write_stdout

__all__ = ["command"]


@click.command(
    "inspect",
    cls=Command,
    examples=("omlint inspect model.pb --format json",),
)
@click.argument("model", metavar="MODEL", type=PATH)
@options.outputs_option
@options.cut_inputs_option
@options.format_option("text", "json")
@options.verbosity_options
def command(model: str, *, quiet: bool, verbose: bool, **flags: Any) -> int:
    """Show what MODEL is: inputs, outputs, ops by number, signatures, producer, size."""
    from linter.report import inspect as report

    options.set_up_logging(quiet=quiet, verbose=verbose)
    facts = api.inspect(
        model,
        outputs=parse_outputs(flags["outputs"]),
        cut_inputs=parse_outputs(flags["cut_inputs"], "--cut-inputs"),
    )
    if flags["format_name"] == "json":
        write_stdout(report.as_json_text(facts))
    else:
        write_stdout(report.render(facts, stdout_style(quiet=quiet, verbose=verbose)))
    return 0
