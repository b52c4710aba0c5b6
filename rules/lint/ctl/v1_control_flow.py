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

    Why: the vendor's guide asks for functional control flow. Every public record of a conversion
        with closed while frames is one of success: they are told once each. Of branches whose
        predicate is data the facts say nothing.
    Remedy: constant predicates, functional control flow, or an unrolled loop.
    Source: the vendor's model guide and public model pages, both in the evidence.
    """

    id, name, severity = "CTL001", "v1-control-flow", Severity.WARNING
    judged = (Status.SUPPORTED, Status.UNKNOWN)
    visits = (
        "Enter",
        "Exit",
        "LoopCond",
        "Merge",
        "NextIteration",
        "RefEnter",
        "RefExit",
        "RefMerge",
        "RefNextIteration",
        "RefSwitch",
        "Switch",
    )
    messages = {
        "v1": "{op!r} is v1 control flow, which the vendor's guide excludes and public "
        "conversions contain; {target} may take it or not",
        "loop": "a v1 while frame waits for this {op!r}: the vendor's guide excludes such frames; "
        "public conversions contain them, so that {target} is taken to accept it",
    }
    remedies = {
        "v1": "freeze with constant predicates (is_training = false), or export with functional "
        "control flow (tf.compat.v1.enable_control_flow_v2)",
        "loop": "`omlint fix --apply RWS101` writes a loop of known length out; functional control "
        "flow (tf.compat.v1.enable_control_flow_v2) is what the guide asks for",
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
        Flagged(
            "p = Placeholder : bool[]\nc = LoopCond(p)",
            at=("c",),
            messages=("loop",),
            given={"answers": {"LoopCond": (Status.SUPPORTED, Stage.CONTROL_FLOW, "v1_loop", {})}},
            label="once for each frame",
        ),
    )

    def check(self, node: Node, ctx: LintContext) -> Iterator[Finding]:
        """Flag what the control-flow stage left open."""
        judgement = ctx.judge(node)
        if judgement.stage is not Stage.CONTROL_FLOW:
            return
        is_loop = judgement.status is Status.SUPPORTED
        if is_loop and node.op != "LoopCond":
            return
        yield self.finding(
            node,
            "loop" if is_loop else "v1",
            op=node.op,
            certainty=Certainty.INFERRED,
            evidence=judgement.evidence,
        )
