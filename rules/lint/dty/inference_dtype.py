"""Dtypes that the compiler's shape inference refuses."""

from __future__ import annotations

from collections.abc import Iterator

from linter.results.judgement import Reason, Stage
from linter.rules import (
    Clean,
    Finding,
    Flagged,
    LintContext,
    LintRule,
    Node,
    Severity,
    Status,
)

__all__ = ["InferenceDtype"]

_SEEN = {"seen": "inputs are float32 and int32", "accepted": "their dtypes must be equal"}
_ANSWER = (Status.UNSUPPORTED, Stage.INFERENCE, Reason.INFERRED_DTYPE, _SEEN)


class InferenceDtype(LintRule):
    """Flag a node with a tensor whose dtype the compiler's shape inference refuses.

    Why: atc compares the dtypes of operands, and asks for bool predicates, before it looks for a
        kernel; what a node says of its own dtype does not count, what reaches it does.
    Remedy: a Cast, or an input of the dtype that the graph was built for.
    Source: canndev, ops/built-in/op_proto, Verify and InferShape of the op.
    """

    id, name, severity = "DTY005", "inference-dtype", Severity.ERROR
    judged = (Status.UNSUPPORTED,)
    messages = {
        "refused": "{op!r}: {seen}; {accepted}; atc stops in shape inference with {compiler_code}"
    }
    remedies = {"refused": "cast it, or feed the dtype that the graph was built for"}
    examples = (
        Clean("a = Placeholder : float32[2]\nb = Placeholder : float32[2]\ny = Maximum(a, b)"),
        Flagged(
            "a = Placeholder : float32[2]\nb = Placeholder : int32[2]\ny = Maximum(a, b)",
            at=("y",),
            given={"answers": {"Maximum": _ANSWER}},
        ),
    )

    def check(self, node: Node, ctx: LintContext) -> Iterator[Finding]:
        """Flag what inference refused."""
        judgement = ctx.judge(node)
        if judgement.reason is Reason.INFERRED_DTYPE:
            yield self.refused(node, "refused", judgement)
