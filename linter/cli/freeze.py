"""``omlint freeze``."""

from __future__ import annotations

from typing import Any

import click

from linter import api
from linter.cli import options
from linter.cli.command import PATH, Command
from linter.cli.parsing import parse_outputs
from linter.cli.streams import guard_outputs, say, stdout_style, write_stdout

__all__ = ["command"]


@click.command(
    "freeze",
    cls=Command,
    examples=("omlint freeze saved_model -o model.pb --signature serving_default",),
)
@click.argument("source", metavar="SRC", type=PATH)
@click.option(
    "-o", "--output", required=True, metavar="OUT.pb", type=PATH, help="Where the graph goes."
)
@click.option("--signature", metavar="S", help="Which signature; default serving_default.")
@click.option("--tags", metavar="T", help="Tags of the meta graph, with commas: serve,gpu.")
@options.outputs_option
@options.verbosity_options
def command(source: str, *, quiet: bool, verbose: bool, **flags: Any) -> int:
    """Turn SRC into a frozen graph: variables become constants, training parts go.

    SRC is a SavedModel folder, a checkpoint, a Keras file or a TensorFlow.js graph model.
    Needs TensorFlow: pip install "omlint[tf]".
    """
    from linter.report import inspect as report

    options.set_up_logging(quiet=quiet, verbose=verbose)
    output = flags["output"]
    guard_outputs([output], [source])
    tags = flags["tags"]
    frozen = api.freeze(
        source,
        output,
        signature=flags["signature"],
        tags=None if tags is None else tuple(tag.strip() for tag in tags.split(",")),
        outputs=parse_outputs(flags["outputs"]),
    )
    if not quiet:
        for warning in frozen.warnings:
            say(f"omlint: {warning}")
        write_stdout(report.frozen(source, frozen, stdout_style(verbose=verbose)))
    return 0
