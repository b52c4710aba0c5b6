"""The outputs need no placeholder."""

from __future__ import annotations

from collections.abc import Iterator

from linter.rules import Clean, Finding, Flagged, LintContext, LintRule, Severity

__all__ = ["NoInput"]


_INPUTS = ("Placeholder", "_Arg")


class NoInput(LintRule):
    """Flag a model whose outputs depend on no placeholder.

    Why: older parsers refuse a graph without any placeholder (E12010); a model without inputs
        computes a constant.
    Remedy: name the node that should be fed with --input-shape, or freeze with its inputs.
    Source: Ascend/parser, tensorflow_parser.cc (E12010); gone from later error tables.
    """

    id, name, severity = "IOX001", "no-input", Severity.WARNING
    per_release = True
    messages = {
        "none": "the outputs depend on no placeholder: the model has no input",
        "refused": "there is no placeholder, and the parser of {target} stops at such a model with "
        "E12010",
    }
    remedies = {
        "none": "name the node that should be fed: --input-shape NODE:DIMS",
        "refused": "name the node that should be fed: --input-shape NODE:DIMS; newer releases take "
        "a model without inputs",
    }
    examples = (
        Clean("x = Placeholder : float32[2]\ny = Relu(x)"),
        Flagged("x = Const : float32[2] = 1.0\ny = Relu(x)", at=("",), messages=("none",)),
        Flagged(
            "x = Const : float32[2] = 1.0\ny = Relu(x)",
            at=("",),
            messages=("refused",),
            given={"needs_input": True},
            label="a parser that refuses it",
        ),
    )

    def check_model(self, ctx: LintContext) -> Iterator[Finding]:
        """Look for live inputs."""
        if ctx.source.database.needs_input and not _has_placeholder(ctx):
            yield self.finding(
                None,
                "refused",
                severity=Severity.ERROR,
                stage="parser",
                compiler_code="E12010",
            )
        elif not ctx.source.inputs:
            yield self.finding(None, "none")


def _has_placeholder(ctx: LintContext) -> bool:
    """Whether the parser finds one, needed or not, or ``--input-shape`` makes one."""
    main = ctx.model.main
    parsed = ctx.source.parsed(main)
    found = (node for node in main if node.key in parsed)
    return any(node.op in _INPUTS or ctx.is_fed(main, node) for node in found)
