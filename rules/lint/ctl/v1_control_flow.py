"""Switch, Merge and while frames that are still in the graph."""

from __future__ import annotations

from collections.abc import Iterator

from linter.results.judgement import Reason, Stage
from linter.rules import (
    Certainty,
    Clean,
    Finding,
    Flagged,
    LintContext,
    LintRule,
    Node,
    Severity,
    Status,
)

__all__ = ["V1ControlFlow"]

_GRAPH = """
p = Placeholder : bool[]
x = Placeholder : float32[2]
s = Switch(x, p)
y = Relu(s:1)
"""


class V1ControlFlow(LintRule):
    """Flag a v1 control-flow op that no constant predicate decides.

    Why: the vendor's guide asks for functional control flow, yet public conversions of graphs with
        while frames exist; the facts settle nothing.
    Remedy: constant predicates, functional control flow, or an unrolled loop.
    Source: the vendor's model guide and public model pages, both in the evidence.
    """

    id, name, severity = "CTL001", "v1-control-flow", Severity.WARNING
    judged = (Status.UNKNOWN,)
    messages = {
        "v1": "{op!r} is v1 control flow, which the vendor's guide excludes and public "
        "conversions contain; {target} may take it or not"
    }
    remedies = {
        "v1": "freeze with constant predicates (is_training = false), or export with functional "
        "control flow (tf.compat.v1.enable_control_flow_v2)"
    }
    examples = (
        Clean("x = Placeholder : float32[2]\ny = Relu(x)"),
        Flagged(
            _GRAPH,
            at=("s",),
            given={
                "answers": {
                    "Switch": (Status.UNKNOWN, Stage.CONTROL_FLOW, Reason.V1_CONTROL_FLOW, {})
                }
            },
        ),
    )

    def check(self, node: Node, ctx: LintContext) -> Iterator[Finding]:
        """Flag what the control-flow stage left open."""
        judgement = ctx.judge(node)
        if judgement.stage is not Stage.CONTROL_FLOW:
            return
        yield self.finding(
            node, "v1", op=node.op, certainty=Certainty.INFERRED, evidence=judgement.evidence
        )
