"""Dtypes that the compiler's shape inference refuses."""

from __future__ import annotations

from linter.results.judgement import Reason
from linter.rules import Clean, Flagged
from rules.lint.support.inference_refusal import REFUSED, InferenceRefusal, answer

__all__ = ["InferenceDtype"]

_ANSWER = answer(
    "Maximum", Reason.INFERRED_DTYPE, "inputs are float32 and int32", "their dtypes must be equal"
)


class InferenceDtype(InferenceRefusal):
    """Flag a node with a tensor whose dtype the compiler's shape inference refuses.

    Why: atc compares the dtypes of operands, and asks for bool predicates, before it looks for a
        kernel; what a node says of its own dtype does not count, what reaches it does.
    Remedy: a Cast, or an input of the dtype that the graph was built for.
    Source: canndev, ops/built-in/op_proto, Verify and InferShape of the op.
    """

    id, name = "DTY005", "inference-dtype"
    reasons = {Reason.INFERRED_DTYPE: "refused"}
    messages = {"refused": REFUSED}
    remedies = {"refused": "cast it, or feed the dtype that the graph was built for"}
    examples = (
        Clean("a = Placeholder : float32[2]\nb = Placeholder : float32[2]\ny = Maximum(a, b)"),
        Flagged(
            "a = Placeholder : float32[2]\nb = Placeholder : int32[2]\ny = Maximum(a, b)",
            at=("y",),
            given=_ANSWER,
        ),
    )
