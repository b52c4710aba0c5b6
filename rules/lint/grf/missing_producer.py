"""An input names a node that is not in the graph."""

from __future__ import annotations

from collections.abc import Iterator

from linter.rules import Clean, Finding, Flagged, LintContext, LintRule, Severity

__all__ = ["MissingProducer"]


class MissingProducer(LintRule):
    """Flag an input whose producer does not exist.

    Why: older parsers stop with E12009, newer ones drop the edge and fail later.
    Remedy: freeze again with all nodes that the outputs need.
    Source: hicann/ge and Ascend/parser, tensorflow_parser.cc (E12009).
    """

    id, name, severity = "GRF002", "missing-producer", Severity.ERROR
    messages = {
        "missing": "input {text!r} of {reader!r} names a node that is not in the graph",
        "control": "control input {text!r} of {reader!r} names a node that is not in the graph; "
        "newer parsers leave it out",
    }
    remedies = {
        "missing": "freeze again with every node that the outputs need",
        "control": "freeze again with every node that the outputs need",
    }
    examples = (
        Clean("x = Placeholder : float32[2]\ny = Relu(x)"),
        Flagged("y = Relu(gone) {T=float32}", at=("y",), messages=("missing",)),
        Flagged(
            "x = Placeholder : float32[2]\ny = Relu(x, ^gone)",
            at=("y",),
            messages=("control",),
            given={"tool": "atc"},
            label="nothing but an order is lost",
        ),
    )

    def check_model(self, ctx: LintContext) -> Iterator[Finding]:
        """Flag every dangling input of every body."""
        drops = ctx.source.database.target.tool == "atc"
        for graph in ctx.bodies:
            for dangling in graph.dangling:
                node = graph.get(dangling.node)
                dropped = drops and dangling.slot < 0
                yield self.finding(
                    node,
                    "control" if dropped else "missing",
                    severity=Severity.WARNING if dropped else None,
                    function=graph.function,
                    port=dangling.slot if dangling.slot >= 0 else None,
                    text=dangling.text,
                    reader=dangling.node if node is None else node.name,
                )
