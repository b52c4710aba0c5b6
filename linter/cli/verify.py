"""``omlint verify``."""

from __future__ import annotations

from typing import Any

import click

from linter.cli import options
from linter.cli.parsing import parse_input_shapes, parse_outputs
from linter.cli.streams import stdout_style, write_stdout
from linter.errors import VerifyError

__all__ = ["command"]


@click.command("verify")
@click.argument("a", metavar="A.pb")
@click.argument("b", metavar="B.pb")
@click.option("--feed", metavar="F.npz", help="Inputs by name, run besides the random ones.")
@options.input_shape_option
@options.outputs_option
@options.cut_inputs_option
@options.format_option("text", "json")
@options.verbosity_options
def command(a: str, b: str, *, quiet: bool, verbose: bool, **flags: Any) -> int:
    """Run both graphs in TensorFlow on the same inputs and compare what they compute.

    Exit code 4 when they differ, or when no output reacts to the inputs.
    """
    from linter import api
    from linter.report import verify as report

    options.set_up_logging(quiet=quiet, verbose=verbose)
    result = api.verify(
        a,
        b,
        feed=flags["feed"],
        input_shapes=parse_input_shapes(flags["input_shapes"]),
        outputs=parse_outputs(flags["outputs"]),
        cut_inputs=parse_outputs(flags["cut_inputs"], "--cut-inputs"),
    )
    if flags["format_name"] == "json":
        write_stdout(report.as_json_text(result))
    else:
        write_stdout(report.render(result, stdout_style(quiet=quiet, verbose=verbose)))
    return 0 if result.equal else VerifyError.exit_code
