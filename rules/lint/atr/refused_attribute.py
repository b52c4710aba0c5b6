"""Attributes that the compiler's shape inference misses or refuses."""

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

__all__ = ["RefusedAttribute"]

_SEEN = {"seen": "attribute 'num' is missing", "accepted": "it must be there"}
_ANSWER = (Status.UNSUPPORTED, Stage.INFERENCE, Reason.INFERRED_ATTRIBUTE, _SEEN)


class RefusedAttribute(LintRule):
    """Flag a node with an attribute that the compiler's shape inference misses or refuses.

    Why: atc reads the attributes of every node that is left when it infers shapes; a default that
        TensorFlow has counts only where the parser fills it in.
    Remedy: write the attribute, or export the graph with a TensorFlow that does.
    Source: canndev, ops/built-in/op_proto, Verify and InferShape of the op.
    """

    id, name, severity = "ATR006", "refused-attribute", Severity.ERROR
    judged = (Status.UNSUPPORTED,)
    messages = {
        "refused": "{op!r}: {seen}; {accepted}; atc stops in shape inference with {compiler_code}"
    }
    remedies = {"refused": "give the node the attribute, or export the graph again"}
    examples = (
        Clean("x = Placeholder : float32[2,4]\ny = Unpack(x) {num=2, T=float32}"),
        Flagged(
            "x = Placeholder : float32[2,4]\ny = Unpack(x) {T=float32}",
            at=("y",),
            given={"answers": {"Unpack": _ANSWER}},
        ),
    )

    def check(self, node: Node, ctx: LintContext) -> Iterator[Finding]:
        """Flag what inference refused."""
        judgement = ctx.judge(node)
        if judgement.reason is Reason.INFERRED_ATTRIBUTE:
            yield self.refused(node, "refused", judgement)
