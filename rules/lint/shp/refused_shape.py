"""Shapes that the compiler's shape inference refuses, or cannot know."""

from __future__ import annotations

from linter.results.judgement import Reason
from linter.rules import Clean, Flagged
from rules.lint.support.inference_refusal import REFUSED, InferenceRefusal, answer

__all__ = ["RefusedShape"]

_GRAPH = (
    "x = Placeholder : float32[1,8,8,3]\nw = Const : float32[3,3,4,5] = 0.5\n"
    'y = Conv2D(x, w) {strides=[1, 1, 1, 1], padding="SAME"}'
)
_SEEN = ("x has 3 channels", "it must have 4")


class RefusedShape(InferenceRefusal):
    """Flag a node with a shape that shape inference refuses, or with data for a constant.

    Why: atc verifies every node that is left and infers its shapes before it looks for a kernel;
        the first one that is refused ends the conversion.
    Remedy: other sizes, or a constant where the size of an output depends on the input.
    Source: canndev, ops/built-in/op_proto, Verify and InferShape of the op.
    """

    id, name = "SHP006", "refused-shape"
    reasons = {Reason.INFERRED_SHAPE: "shape", Reason.INFERRED_CONSTANT: "constant"}
    messages = {"shape": REFUSED, "constant": REFUSED}
    remedies = {
        "shape": "give the sizes that the graph was built for with --input-shape, or export it "
        "again",
        "constant": "make a constant of it in the model, or cut the graph before the node",
    }
    examples = (
        Clean(_GRAPH.replace("3,3,4,5", "3,3,3,5")),
        Flagged(
            _GRAPH,
            at=("y",),
            messages=("shape",),
            given=answer("Conv2D", Reason.INFERRED_SHAPE, *_SEEN),
        ),
        Flagged(
            "x = Placeholder : float32[4]\nn = Placeholder : int32[]\ny = NthElement(x, n)",
            at=("y",),
            messages=("constant",),
            given=answer("NthElement", Reason.INFERRED_CONSTANT, *_SEEN),
            label="data for a constant",
        ),
    )
