"""DepthToSpace and SpaceToDepth."""

from __future__ import annotations

from linter.rules import (
    BoundValue,
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
from rules.rewrite.support.blocks import permuted

__all__ = ["DepthAndSpace"]

BEFORE = """
x = Placeholder : float32[1,2,3,8]
y = DepthToSpace(x) {block_size=2}
"""

AFTER = """
x = Placeholder : float32[1,2,3,8]
y/shape = Const : int32[4] = [2, 3, 2, 4]
y/Reshape = Reshape(x, y/shape)
y/perm = Const : int32[4] = [0, 2, 1, 3]
y/Transpose = Transpose(y/Reshape, y/perm)
y/shape_1 = Const : int32[4] = [1, 4, 6, 2]
y = Reshape(y/Transpose, y/shape_1)
"""

BACK = """
x = Placeholder : float32[2,4,6,2]
y = SpaceToDepth(x) {block_size=2}
"""

BACK_AFTER = """
x = Placeholder : float32[2,4,6,2]
y/shape = Const : int32[4] = [4, 2, 3, 4]
y/Reshape = Reshape(x, y/shape)
y/perm = Const : int32[4] = [0, 2, 1, 3]
y/Transpose = Transpose(y/Reshape, y/perm)
y/shape_1 = Const : int32[4] = [2, 2, 3, 8]
y = Reshape(y/Transpose, y/shape_1)
"""

LACKING = ("DepthToSpace", "SpaceToDepth")


class DepthAndSpace(RewriteRule):
    """Replace DepthToSpace and SpaceToDepth by Reshape, Transpose and Reshape.

    Exact: elements are moved only; axes that stay together move as one.
    Shapes: T[n, h, w, c] or T[n, c, h, w] of known shape.
    Source: TensorFlow op docs of both ops; public rewrite recipes.
    """

    id, name, safety = "RWS187", "depth-and-space", Safety.EXACT
    pattern = op(("DepthToSpace", "SpaceToDepth"), var("x"))
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=LACKING, label="to space"),
        Rewritten(BACK, after=BACK_AFTER, lacking=LACKING, label="to depth"),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            BEFORE.replace("1,2,3,8", "1,?,3,8"),
            lacking=LACKING,
            reason="shape",
            label="size unknown",
        ),
        Untouched(
            BEFORE.replace("=2}", '=2, data_format="NCHW_VECT_C"}').replace("8]", "8,4]"),
            lacking=LACKING,
            reason="NCHW_VECT_C",
            label="another layout",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """Known shape in one of two layouts."""
        layout = str(m.root.attrs["data_format"])
        if layout not in ("NHWC", "NCHW"):
            return m.refuse(f"its layout is {layout}")
        if m["x"].static_shape is None or m.root.static_shape is None:
            return m.refuse("its shape is not known", at="x")
        return None

    def build(self, m: Match, edit: GraphEditor) -> Value | BoundValue:
        """The block's places as axes of their own, then where they belong."""
        shape, result = m["x"].static_shape or (), m.root.static_shape or ()
        block = int(m.root.attrs["block_size"])
        last = m.root.attrs["data_format"] == "NHWC"
        to_space = m.root.node.op == "DepthToSpace"
        n, h, w, c = shape if last else (shape[0], shape[2], shape[3], shape[1])
        if to_space:
            depth = c // (block * block)
            split = (n, h, w, block, block, depth) if last else (n, block, block, depth, h, w)
            order = (0, 1, 3, 2, 4, 5) if last else (0, 3, 4, 1, 5, 2)
        else:
            h, w = h // block, w // block
            split = (n, h, block, w, block, c) if last else (n, c, h, block, w, block)
            order = (0, 1, 3, 2, 4, 5) if last else (0, 3, 5, 1, 2, 4)
        return permuted(edit, m["x"], split, order, result)
