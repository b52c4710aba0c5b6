"""``omlint diff``."""

from __future__ import annotations

from typing import Any

import click

from linter import api
from linter.cli import options
from linter.cli.command import PATH, Command
from linter.cli.streams import stdout_style, write_stdout

__all__ = ["command"]


@click.command(
    "diff",
    cls=Command,
    examples=("omlint diff model.pb model.fixed.pb",),
)
@click.argument("a", metavar="A.pb", type=PATH)
@click.argument("b", metavar="B.pb", type=PATH)
@options.format_option("text", "json")
@options.verbosity_options
def command(a: str, b: str, *, quiet: bool, verbose: bool, **flags: Any) -> int:
    """Say which nodes differ between two graphs: gone, new or changed, by name.

    Where a node stands in the file does not count. Exit code 1 when the graphs differ.
    """
    from linter.report import diff as report

    options.set_up_logging(quiet=quiet, verbose=verbose)
    diff = api.diff(a, b)
    if flags["format_name"] == "json":
        write_stdout(report.as_json_text(diff, (a, b)))
    else:
        write_stdout(report.render(diff, (a, b), stdout_style(quiet=quiet, verbose=verbose)))
    return 0 if diff.equal else 1
