"""Resizing to the size that the images have."""

from __future__ import annotations

from linter.rules import (
    BoundValue,
    DType,
    GraphEditor,
    Match,
    Refusal,
    RewriteRule,
    Rewritten,
    Safety,
    Untouched,
    Value,
    op,
    var,
)
from rules.rewrite.support.interpolation import read_resizing

__all__ = ["UnchangedSize"]

BEFORE = """
x = Placeholder : float32[1,4,4,2]
s = Const : int32[2] = [4, 4]
r = ResizeBilinear(x, s) {align_corners=true}
y = Neg(r)
"""

AFTER = """
x = Placeholder : float32[1,4,4,2]
y = Neg(x)
"""

BYTES = BEFORE.replace("float32", "uint8")
BYTES_AFTER = """
x = Placeholder : uint8[1,4,4,2]
r = Cast(x) {DstT=float32}
y = Neg(r)
"""

LACKING = ("ResizeBilinear",)


class UnchangedSize(RewriteRule):
    """Drop a resize to the size that is there already.

    Exact: every place of the result falls on one element of the source.
    Shapes: T[n, h, w, c]; the size is constant and is h, w.
    Source: TensorFlow kernels of both ops: at equal sizes each element is copied.
    """

    id, name, safety = "RWS183", "unchanged-size", Safety.EXACT
    pattern = op(("ResizeBilinear", "ResizeNearestNeighbor"), var("x"), var("size"))
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=LACKING, label="floating point"),
        Rewritten(BYTES, after=BYTES_AFTER, lacking=LACKING, label="bytes"),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            BEFORE.replace("1,4,4,2", "1,?,4,2"),
            lacking=LACKING,
            reason="shape",
            label="size unknown",
        ),
        Untouched(BEFORE.replace("[4, 4]", "[4, 5]"), lacking=LACKING, label="another size"),
    )

    def guard(self, m: Match) -> Refusal | None:
        """The sizes must be equal."""
        resizing = read_resizing(m)
        if isinstance(resizing, str):
            return m.refuse(resizing)
        return None if resizing.size == resizing.image[1:3] else m.refuse("")

    def build(self, m: Match, edit: GraphEditor) -> Value | BoundValue:
        """The images, as float32 where the op makes that of them."""
        if m.root.dtype == m["x"].dtype:
            return m["x"]
        return edit.add("Cast", [m["x"]], {"DstT": DType(str(m.root.dtype))})
