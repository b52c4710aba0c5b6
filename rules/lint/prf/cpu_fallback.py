"""Ops that run on a CPU engine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from linter.rules import (
    Certainty,
    Clean,
    Finding,
    Flagged,
    LintContext,
    LintRule,
    Placement,
    Severity,
)

__all__ = ["CpuFallback"]

_GRAPH = "x = Placeholder : float32[2]\ny = Relu(x)\nz = Relu(y)"
_SHOWN = 12
_ON_CPU = frozenset({Placement.AICPU, Placement.TF_KERNEL})


class CpuFallback(LintRule):
    """Tell which op types the AI Core does not take and a CPU engine runs.

    Why: each such node waits for the CPU and may move tensors between layouts (W11001); in a hot
        path it dominates.
    Remedy: an op that the AI Core has, a dtype that its kernel takes, or a cut of the graph.
    Source: hicann/ge, engine placement; the kernel lists of the target.
    """

    id, name, severity = "PRF001", "cpu-fallback", Severity.INFO
    messages = {"cpu": "{count} node(s) run on a CPU engine: {ops}"}
    remedies = {"cpu": "see `omlint explain {commonest}` for what the AI Core takes"}
    examples = (
        Clean(_GRAPH),
        Flagged(_GRAPH, at=("",), given={"placements": {"Relu": Placement.AICPU}}),
    )

    def check_model(self, ctx: LintContext) -> Iterator[Finding]:
        """One finding for the model: op types by how often they occur."""
        counts = Counter(
            node.op for _, node, judgement in ctx.running() if judgement.placement in _ON_CPU
        )
        if not counts:
            return
        common = counts.most_common()
        shown = [f"{op} x{count}" if count > 1 else op for op, count in common[:_SHOWN]]
        rest = ", …" if len(common) > _SHOWN else ""
        yield self.finding(
            None,
            "cpu",
            certainty=Certainty.INFERRED,
            count=counts.total(),
            ops=", ".join(shown) + rest,
            commonest=common[0][0],
        )
