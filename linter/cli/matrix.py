"""``omlint matrix``."""

from __future__ import annotations

from typing import Any

import click

from linter import api
from linter.cli import options
from linter.cli.config_option import config_option
from linter.cli.database_option import database_option
from linter.cli.model_settings import flags_for
from linter.cli.parsing import parse_formats, parse_input_shapes, parse_outputs, parse_settings
from linter.cli.streams import guard_outputs, stdout_style, write_stdout
from linter.report.style import Style

__all__ = ["command"]

_FORMATS = ("text", "csv", "json", "html")


@click.command("matrix")
@click.argument("model", metavar="MODEL")
@config_option
@options.input_shape_option
@options.outputs_option
@options.cut_inputs_option
@options.set_input_option
@click.option(
    "--format",
    "formats",
    multiple=True,
    metavar="F[:PATH]",
    help=f"Report as {', '.join(_FORMATS)} (a heat map), to stdout or to PATH. May repeat.",
)
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
    for request in sorted(requests, key=lambda item: item.path is None):
        style = Style(quiet=quiet, verbose=verbose)
        if request.path is None:
            style = stdout_style(quiet=quiet, verbose=verbose)
        render = renderers.get(request.name)
        text = report.as_table(matrix, style) if render is None else render(matrix)
        if request.path is None:
            write_stdout(text)
        else:
            api.write_text(request.path, text)
    return 0
