"""``omlint verify``."""

from __future__ import annotations

import math
from typing import Any

import click

from linter import api
from linter.cli import options
from linter.cli.command import PATH, Command
from linter.cli.parsing import parse_input_shapes, parse_outputs, parse_settings
from linter.cli.streams import guard_outputs, stdout_style, write_stdout
from linter.results.errors import UsageError, VerifyError
from linter.results.tolerance import DEFAULT_TOLERANCE, Tolerance
from linter.results.verify import VerifyResult

__all__ = ["command"]

_RUNNING = {
    "--feed": "feed",
    "--input-shape": "input_shapes",
    "--outputs": "outputs",
    "--cut-inputs": "cut_inputs",
    "--set-input": "set_inputs",
    "--seeds": "seeds",
    "--save": "save",
    "--special": "special",
    "--memory-limit": "memory_limit",
}
"""Flags that say how graphs are run, which ``--rejudge`` does not."""


@click.command(
    "verify",
    cls=Command,
    examples=(
        "omlint verify model.pb model.fixed.pb --seeds 0,7,11",
        "omlint verify model.pb model.fixed.pb --feed inputs.npz",
    ),
)
@click.argument("models", metavar="A.pb B.pb", type=PATH, nargs=-1)
@click.option(
    "--feed", metavar="F.npz", type=PATH, help="Inputs by name, run besides the random ones."
)
@options.input_shape_option
@options.outputs_option
@options.cut_inputs_option
@options.set_input_option
@options.comparison_options
@click.option("--rtol", type=float, help="Relative tolerance; default 0.0001.")
@click.option("--atol", type=float, help="Absolute tolerance; default 0.00001.")
@click.option("--special", is_flag=True, help="NaN and infinities as inputs too.")
@click.option(
    "--save", metavar="R.npz", type=PATH, help="Keep inputs and outputs, to be judged again."
)
@click.option(
    "--rejudge",
    metavar="R.npz",
    type=PATH,
    help="Judge what was kept; no models, no TensorFlow.",
)
@click.option(
    "--against",
    metavar="O.npz",
    type=PATH,
    help="With --rejudge: outputs from elsewhere in place of B's.",
)
@options.format_option("text", "json")
@options.verbosity_options
def command(models: tuple[str, ...], *, quiet: bool, verbose: bool, **flags: Any) -> int:
    """Run both graphs in TensorFlow on the same inputs and compare what they compute.

    Exit code 4 when they differ, when an output does not react to the inputs, or when a graph
    cannot be run.
    """
    from linter.report import verify as report

    options.set_up_logging(quiet=quiet, verbose=verbose)
    result = _compared(models, flags) if flags["rejudge"] is None else _rejudged(models, flags)
    if flags["format_name"] == "json":
        write_stdout(report.as_json_text(result))
    else:
        write_stdout(report.render(result, stdout_style(quiet=quiet, verbose=verbose)))
    return 0 if result.equal else VerifyError.exit_code


def _compared(models: tuple[str, ...], flags: dict[str, Any]) -> VerifyResult:
    if len(models) != 2:
        raise UsageError(f"verify compares two graphs, A.pb and B.pb; given: {len(models)}")
    if flags["against"] is not None:
        raise UsageError("--against goes with --rejudge")
    save: str | None = flags["save"]
    guard_outputs([save], [*models, *([flags["feed"]] if flags["feed"] else [])])
    return api.verify(
        *models,
        input_shapes=parse_input_shapes(flags["input_shapes"], fixed=True),
        outputs=parse_outputs(flags["outputs"]),
        cut_inputs=parse_outputs(flags["cut_inputs"], "--cut-inputs"),
        set_inputs=parse_settings(flags["set_inputs"]),
        options=api.VerifyOptions(
            **options.comparison_of(flags),
            tolerance=_tolerance(flags) or DEFAULT_TOLERANCE,
            feed=flags["feed"],
            special=flags["special"],
            save=save,
        ),
    )


def _rejudged(models: tuple[str, ...], flags: dict[str, Any]) -> VerifyResult:
    idle = [flag for flag, name in _RUNNING.items() if flags[name]]
    if models or idle:
        what = idle[0] if idle else models[0]
        raise UsageError(f"--rejudge takes what was kept and runs nothing; {what} has no use there")
    return api.rejudge(flags["rejudge"], tolerance=_tolerance(flags), against=flags["against"])


def _tolerance(flags: dict[str, Any]) -> Tolerance | None:
    """The tolerance that the user named; the half that is not named keeps its default."""
    rtol, atol = flags["rtol"], flags["atol"]
    for name, value in (("--rtol", rtol), ("--atol", atol)):
        if value is not None and not (0.0 <= value < math.inf):
            raise UsageError(f"{name} {value:g} is no tolerance; it is a number, 0 or more")
    if rtol is None and atol is None:
        return None
    default = DEFAULT_TOLERANCE
    return Tolerance(default.rtol if rtol is None else rtol, default.atol if atol is None else atol)
