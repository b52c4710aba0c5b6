"""The outputs need no placeholder."""

from __future__ import annotations

from collections.abc import Iterator

from linter.rules import Clean, Finding, Flagged, LintContext, LintRule, Severity

__all__ = ["NoInput"]


class NoInput(LintRule):
    """Flag a model whose outputs depend on no placeholder.

    Why: older parsers refuse such a graph (E12010); a model without inputs computes a constant.
    Remedy: name the node that should be fed with --input-shape, or freeze with its inputs.
    Source: Ascend/parser, tensorflow_parser.cc (E12010); gone from later error tables.
    """

    id, name, severity = "IOX001", "no-input", Severity.WARNING
    messages = {"none": "the outputs depend on no placeholder: the model has no input"}
    remedies = {"none": "name the node that should be fed: --input-shape NODE:DIMS"}
    examples = (
        Clean("x = Placeholder : float32[2]\ny = Relu(x)"),
        Flagged("x = Const : float32[2] = 1.0\ny = Relu(x)", at=("",)),
    )

    def check_model(self, ctx: LintContext) -> Iterator[Finding]:
        """Look for live inputs."""
        if not ctx.source.inputs:
            yield self.finding(None, "none")
