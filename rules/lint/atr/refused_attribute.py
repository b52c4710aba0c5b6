"""Attributes that the compiler's shape inference misses or refuses."""

from __future__ import annotations

from linter.results.judgement import Reason
from linter.rules import Clean, Flagged
from rules.lint.support.inference_refusal import REFUSED, InferenceRefusal, answer

__all__ = ["RefusedAttribute"]

_ANSWER = answer(
    "Unpack", Reason.INFERRED_ATTRIBUTE, "attribute 'num' is missing", "it must be there"
)


class RefusedAttribute(InferenceRefusal):
    """Flag a node with an attribute that the compiler's shape inference misses or refuses.

    Why: atc reads the attributes of every node that is left when it infers shapes; a default that
        TensorFlow has counts only where the parser fills it in.
    Remedy: write the attribute, or export the graph with a TensorFlow that does.
    Source: canndev, ops/built-in/op_proto, Verify and InferShape of the op.
    """

    id, name = "ATR006", "refused-attribute"
    reasons = {Reason.INFERRED_ATTRIBUTE: "refused"}
    messages = {"refused": REFUSED}
    remedies = {"refused": "give the node the attribute, or export the graph again"}
    examples = (
        Clean("x = Placeholder : float32[2,4]\ny = Unpack(x) {num=2, T=float32}"),
        Flagged(
            "x = Placeholder : float32[2,4]\ny = Unpack(x) {T=float32}",
            at=("y",),
            given=_ANSWER,
        ),
    )
