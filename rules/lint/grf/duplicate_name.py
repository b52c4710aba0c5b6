"""Two nodes of one body share a name."""

from __future__ import annotations

from collections.abc import Iterator

from linter.rules import Clean, Finding, Flagged, LintContext, LintRule, Severity

__all__ = ["DuplicateName"]


class DuplicateName(LintRule):
    """Flag the second and every later node of a name.

    Why: the parser of atc lets the later definition win for both (it parses, and E13009 is only
        recorded): the model computes something else. TensorFlow refuses such a graph.
    Remedy: rename or remove one of them.
    Source: hicann/ge, parser/parser/common/pre_checker.cc (cause 9, E19009/E13009).
    """

    id, name, severity = "GRF001", "duplicate-name", Severity.ERROR
    messages = {
        "duplicate": "name {shared!r} is taken by an earlier node of the same graph",
        "later": "name {shared!r} is taken by an earlier node of the same graph; the parser of "
        "{target} takes the later definition for both",
    }
    remedies = {
        "duplicate": "rename or remove one of the two",
        "later": "rename or remove one of the two",
    }
    examples = (
        Clean("x = Placeholder : float32[2]\ny = Relu(x)"),
        Flagged("x = Placeholder : float32[2]\ny = Relu(x)\ny = Tanh(x)", at=("y",)),
        Flagged(
            "x = Placeholder : float32[2]\ny = Relu(x)\ny = Tanh(x)",
            at=("y",),
            messages=("later",),
            given={"tool": "atc"},
            label="a parser that goes on",
        ),
    )

    def check_model(self, ctx: LintContext) -> Iterator[Finding]:
        """Flag the nodes that could not keep their name as key."""
        goes_on = ctx.source.database.target.tool == "atc"
        for graph in ctx.bodies:
            for node in graph if graph.duplicates else ():
                if node.key != node.name:
                    yield self.finding(
                        node,
                        "later" if goes_on else "duplicate",
                        severity=Severity.WARNING if goes_on else None,
                        function=graph.function,
                        shared=node.name,
                    )
