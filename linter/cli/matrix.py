"""``omlint matrix``."""

from __future__ import annotations

from typing import Any

import click

from linter import api
from linter.cli import options
from linter.cli.command import PATH, Command
from linter.cli.config_option import config_option
from linter.cli.database_option import database_option
from linter.cli.model_settings import flags_for
from linter.cli.parsing import parse_formats, parse_input_shapes, parse_outputs, parse_settings
from linter.cli.reports import formats_option, write_reports
from linter.cli.streams import TABLE_WIDTH, guard_outputs
from linter.report.style import Style

__all__ = ["command"]

_FORMATS = ("text", "csv", "json", "html")


@click.command(
    "matrix",
    cls=Command,
    examples=(
        "omlint matrix model.pb",
        "omlint matrix model.pb --format html:matrix.html",
    ),
)
@click.argument("model", metavar="MODEL", type=PATH)
@config_option
@options.input_shape_option
@options.outputs_option
@options.cut_inputs_option
@options.set_input_option
@formats_option(_FORMATS)
@database_option
@options.verbosity_options
def command(model: str, *, quiet: bool, verbose: bool, **flags: Any) -> int:
    """Say where MODEL will convert: every release and chip that a database knows."""
    from linter.report import matrix as report

    options.set_up_logging(quiet=quiet, verbose=verbose)
    flags = flags_for(model, flags)
    requests = parse_formats(flags["formats"], _FORMATS)
    guard_outputs([request.path for request in requests], [model])
    matrix = api.matrix(
        model,
        input_shapes=parse_input_shapes(flags["input_shapes"]),
        outputs=parse_outputs(flags["outputs"]),
        cut_inputs=parse_outputs(flags["cut_inputs"], "--cut-inputs"),
        set_inputs=parse_settings(flags["set_inputs"]),
        store=flags["db"],
    )
    renderers = {"csv": report.as_csv, "json": report.as_json_text, "html": report.as_html}

    def render(name: str, style: Style) -> str:
        form = renderers.get(name)
        return report.as_table(matrix, style) if form is None else form(matrix)

    return write_reports(requests, render, Style(quiet=quiet, verbose=verbose, width=TABLE_WIDTH))
