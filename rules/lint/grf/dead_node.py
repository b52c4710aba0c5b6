"""Nodes that no output needs."""

from __future__ import annotations

from collections.abc import Iterator

from linter.rules import Clean, Finding, Flagged, LintContext, LintRule, Severity

__all__ = ["DeadNode"]

_GRAPH = "x = Placeholder : float32[2]\ny = Relu(x)\nz = Tanh(x)"


class DeadNode(LintRule):
    """Tell how many nodes the outputs do not need.

    Why: they are neither judged nor converted when the outputs are named; they only weigh.
    Remedy: `omlint fix` removes them when the outputs are given.
    Source: hicann/ge, tensorflow_parser.cc (TrimGraph keeps the ancestors of the outputs).
    """

    id, name, severity = "GRF006", "dead-node", Severity.INFO
    messages = {"dead": "{count} node(s) are needed by no output: {members}"}
    remedies = {"dead": "`omlint fix` with --outputs removes them"}
    examples = (Clean(_GRAPH), Flagged(_GRAPH, at=("",), outputs=("y",)))

    def check_model(self, ctx: LintContext) -> Iterator[Finding]:
        """Count the nodes of the main graph outside the outputs' needs."""
        main = ctx.model.main
        reachable = ctx.source.reachable(main)
        dead = [node.name for node in main if node.key not in reachable]
        if dead:
            yield self.finding(None, "dead", count=len(dead), members=self.listed(dead))
