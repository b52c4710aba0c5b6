"""Ops that run on a CPU engine."""

from __future__ import annotations

from collections.abc import Iterator

from linter.examples import Clean, Flagged
from linter.finding import Finding, Severity
from linter.graph import Graph, Node
from linter.judge.judgement import Judgement, Placement
from linter.rule import LintContext, LintRule

__all__ = ["CpuFallback"]

_GRAPH = "x = Placeholder : float32[2]\ny = Relu(x)\nz = Relu(y)"
_ON_CPU = frozenset({Placement.AICPU, Placement.TF_KERNEL})


class CpuFallback(LintRule):
    """Tell which op types the AI Core does not take and a CPU engine runs.

    Why: each such node waits for the CPU and may move tensors between layouts (W11001); in a hot
        path it dominates.
    Remedy: an op that the AI Core has, a dtype that its kernel takes, or a cut of the graph.
    Source: hicann/ge, engine placement; the kernel lists of the target.
    """

    id, name, severity = "PRF001", "cpu-fallback", Severity.INFO
    messages = {"cpu": "{count} node(s) of type {op!r} run on a CPU engine: {members}"}
    remedies = {"cpu": "see `omlint explain {op}` for what the AI Core takes"}
    examples = (
        Clean(_GRAPH),
        Flagged(_GRAPH, at=("y",), given={"placements": {"Relu": Placement.AICPU}}),
    )

    def check_model(self, ctx: LintContext) -> Iterator[Finding]:
        """One finding for an op type, at its first node."""
        found: dict[str, list[tuple[Graph, Node, Judgement]]] = {}
        for graph, node, judgement in ctx.running():
            if judgement.placement in _ON_CPU:
                found.setdefault(node.op, []).append((graph, node, judgement))
        for op, places in found.items():
            graph, first, judgement = places[0]
            yield self.finding(
                first,
                "cpu",
                function=graph.function,
                certainty=judgement.certainty,
                evidence=judgement.evidence,
                op=op,
                count=len(places),
                members=self.listed(node.name for _, node, _ in places),
            )
