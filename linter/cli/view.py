"""``omlint view``."""

from __future__ import annotations

from typing import Any

import click

from linter import api
from linter.cli import options
from linter.cli.config_option import config_option
from linter.cli.database_option import database_option
from linter.cli.model_settings import flags_for
from linter.cli.parsing import parse_input_shapes, parse_outputs
from linter.cli.streams import guard_outputs, pass_on
from linter.results.errors import UsageError

__all__ = ["command"]


@click.command("view")
@click.argument("model", metavar="MODEL")
@click.option("-o", "--output", metavar="PAGE.html", help="The page: one file, for any browser.")
@click.option(
    "--after",
    metavar="FIXED.pb",
    help="The same model after omlint fix: both graphs side by side, with what went and came.",
)
@click.option(
    "--model-explorer",
    metavar="PATH",
    help="Write node data for Google's Model Explorer: load it there over the model.",
)
@click.option("--netron", is_flag=True, help="Open MODEL in Netron, where it is installed.")
@click.option(
    "--matrix/--no-matrix",
    "with_matrix",
    default=True,
    show_default=True,
    help="Also judge the model on every release and chip.",
)
@config_option
@options.targets_option
@database_option
@options.input_shape_option
@options.outputs_option
@options.verbosity_options
def command(model: str, *, quiet: bool, verbose: bool, **flags: Any) -> int:
    """Draw MODEL: verdict, findings, ops, every release and chip, and the graph, in one file.

    The page needs no network and no server; what it shows is what check says.
    """
    options.set_up_logging(quiet=quiet, verbose=verbose)
    page, explorer, after = flags["output"], flags["model_explorer"], flags["after"]
    if page is None and explorer is None and not flags["netron"]:
        raise UsageError("nothing to do: -o PAGE.html, --model-explorer PATH or --netron is needed")
    guard_outputs([page, explorer], [path for path in (model, after) if path is not None])
    if page is not None or explorer is not None:
        _write(model, flags_for(model, flags), page, explorer)
    if flags["netron"]:
        api.open_netron(model if after is None else after, pass_on)
    return 0


def _write(model: str, flags: dict[str, Any], page: str | None, explorer: str | None) -> None:
    seen = api.view(
        model,
        after=flags["after"],
        targets=flags["targets"],
        input_shapes=parse_input_shapes(flags["input_shapes"]),
        outputs=parse_outputs(flags["outputs"]),
        with_matrix=flags["with_matrix"] and page is not None,
        store=flags["db"],
    )
    if page is not None:
        from linter.report.formats import html

        api.write_text(page, html.page(seen))
    if explorer is not None:
        from linter.report import formats

        api.write_text(explorer, formats.render("model-explorer", seen.report, formats.Context()))
