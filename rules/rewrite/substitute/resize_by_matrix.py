"""Resizing of images by two products with matrices."""

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
from rules.rewrite.support.interpolation import Resizing, read_resizing, weights
from rules.rewrite.support.rearrangement import reshaped

__all__ = ["ResizeByMatrix"]

BEFORE = """
x = Placeholder : float32[1,2,2,1]
s = Const : int32[2] = [4, 4]
y = ResizeBilinear(x, s) {half_pixel_centers=true}
"""

AFTER = """
x = Placeholder : float32[1,2,2,1]
y/perm = Const : int32[4] = [0, 1, 3, 2]
y/Transpose = Transpose(x, y/perm)
y/shape = Const : int32[2] = 2
y/Reshape = Reshape(y/Transpose, y/shape)
y/weights = Const : float32[2,4] = [[1.0, 0.75, 0.25, 0.0], [0.0, 0.25, 0.75, 1.0]]
y/MatMul = MatMul(y/Reshape, y/weights)
y/shape_1 = Const : int32[4] = [1, 2, 1, 4]
y/Reshape_1 = Reshape(y/MatMul, y/shape_1)
y/perm_1 = Const : int32[4] = [0, 1, 3, 2]
y/Transpose_1 = Transpose(y/Reshape_1, y/perm_1)
y/perm_2 = Const : int32[4] = [0, 2, 3, 1]
y/Transpose_2 = Transpose(y/Transpose_1, y/perm_2)
y/shape_2 = Const : int32[2] = [4, 2]
y/Reshape_2 = Reshape(y/Transpose_2, y/shape_2)
y/weights_1 = Const : float32[2,4] = [[1.0, 0.75, 0.25, 0.0], [0.0, 0.25, 0.75, 1.0]]
y/MatMul_1 = MatMul(y/Reshape_2, y/weights_1)
y/shape_3 = Const : int32[4] = [1, 4, 1, 4]
y/Reshape_3 = Reshape(y/MatMul_1, y/shape_3)
y/perm_3 = Const : int32[4] = [0, 3, 1, 2]
y = Transpose(y/Reshape_3, y/perm_3)
"""

CUBIC = """
x = Placeholder : float32[1,4,5,1]
s = Const : int32[2] = [3, 5]
y = ResizeBicubic(x, s) {half_pixel_centers=true}
"""

CUBIC_AFTER = """
x = Placeholder : float32[1,4,5,1]
y/perm = Const : int32[4] = [0, 2, 3, 1]
y/Transpose = Transpose(x, y/perm)
y/shape = Const : int32[2] = [5, 4]
y/Reshape = Reshape(y/Transpose, y/shape)
y/weights = Const : float32[4,3] = [[0.8859396, -0.0625, 0.0], [0.12503913, 0.5625, -0.010978705], [-0.010978705, 0.5625, 0.12503913], [0.0, -0.0625, 0.8859396]]
y/MatMul = MatMul(y/Reshape, y/weights)
y/shape_1 = Const : int32[4] = [1, 5, 1, 3]
y/Reshape_1 = Reshape(y/MatMul, y/shape_1)
y/perm_1 = Const : int32[4] = [0, 3, 1, 2]
y = Transpose(y/Reshape_1, y/perm_1)
"""  # noqa: E501 - one node a line

AREA = """
x = Placeholder : int32[1,3,4,1]
s = Const : int32[2] = [3, 2]
y = ResizeArea(x, s)
"""

AREA_AFTER = """
x = Placeholder : int32[1,3,4,1]
y/Cast = Cast(x) {DstT=float32}
y/perm = Const : int32[4] = [0, 1, 3, 2]
y/Transpose = Transpose(y/Cast, y/perm)
y/shape = Const : int32[2] = [3, 4]
y/Reshape = Reshape(y/Transpose, y/shape)
y/weights = Const : float32[4,2] = [[0.5, 0.0], [0.5, 0.0], [0.0, 0.5], [0.0, 0.5]]
y/MatMul = MatMul(y/Reshape, y/weights)
y/shape_1 = Const : int32[4] = [1, 3, 1, 2]
y/Reshape_1 = Reshape(y/MatMul, y/shape_1)
y/perm_1 = Const : int32[4] = [0, 1, 3, 2]
y = Transpose(y/Reshape_1, y/perm_1)
"""

CORNERS = """
x = Placeholder : float32[1,3,3,1]
s = Const : int32[2] = [3, 2]
y = ResizeBicubic(x, s) {align_corners=true}
"""

CORNERS_AFTER = """
x = Placeholder : float32[1,3,3,1]
y/perm = Const : int32[4] = [0, 1, 3, 2]
y/Transpose = Transpose(x, y/perm)
y/shape = Const : int32[2] = 3
y/Reshape = Reshape(y/Transpose, y/shape)
y/weights = Const : float32[3,2] = [[1.0, 0.0], [0.0, 0.0], [0.0, 1.0]]
y/MatMul = MatMul(y/Reshape, y/weights)
y/shape_1 = Const : int32[4] = [1, 3, 1, 2]
y/Reshape_1 = Reshape(y/MatMul, y/shape_1)
y/perm_1 = Const : int32[4] = [0, 1, 3, 2]
y = Transpose(y/Reshape_1, y/perm_1)
"""

LACKING = ("ResizeArea", "ResizeBicubic", "ResizeBilinear")
_LIMIT = 1 << 22


class ResizeByMatrix(RewriteRule):
    """Replace bilinear, bicubic and area resizing by a product along height and one along width.

    Tolerance: the same weighted sums, rounded in another order.
    Shapes: T[n, h, w, c] of known shape; the size is constant; the result is float32.
    Source: TensorFlow kernels of ResizeBilinear, ResizeBicubic and ResizeArea.
    """

    id, name, safety = "RWS182", "resize-by-matrix", Safety.TOLERANCE
    rtol, atol = 1e-3, 1e-3
    pattern = op(("ResizeArea", "ResizeBicubic", "ResizeBilinear"), var("x"), var("size"))
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=LACKING, label="bilinear"),
        Rewritten(CUBIC, after=CUBIC_AFTER, lacking=LACKING, label="one axis, bicubic"),
        Rewritten(AREA, after=AREA_AFTER, lacking=LACKING, label="area of integers"),
        Rewritten(CORNERS, after=CORNERS_AFTER, lacking=LACKING, label="bicubic by corners"),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(BEFORE.replace("[4, 4]", "[2, 2]"), lacking=LACKING, label="nothing to resize"),
        Untouched(
            BEFORE.replace("1,2,2,1", "1,?,2,1"),
            lacking=LACKING,
            reason="shape",
            label="size unknown",
        ),
        Untouched(
            BEFORE.replace("Const : int32[2] = [4, 4]", "Placeholder : int32[2]"),
            lacking=LACKING,
            reason="size is not constant",
            label="size is data",
        ),
        Untouched(
            AREA.replace("[1,3,4,1]", "[1,1,4,1]").replace("(x, s)", "(x, s) {align_corners=true}"),
            lacking=LACKING,
            reason="1 element is shared out",
            label="one element",
        ),
        Untouched(
            BEFORE.replace("[1,2,2,1]", "[1,3000,2,1]").replace("[4, 4]", "[3001, 4]"),
            lacking=LACKING,
            reason="9003000 weights",
            label="large",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """Known sizes, and matrices that are not too large."""
        resizing = read_resizing(m)
        if isinstance(resizing, str):
            return m.refuse(resizing)
        if m.root.node.op == "ResizeBilinear" and resizing.size == resizing.image[1:3]:
            return m.refuse("")
        for axis in (0, 1):
            if m.root.node.op == "ResizeArea" and resizing.scale(axis) == 0:
                return m.refuse("1 element is shared out by corners")
            count = resizing.image[1 + axis] * resizing.size[axis]
            if count > _LIMIT:
                return m.refuse(f"a matrix of {count} weights is more than {_LIMIT}")
        return m.refuse("its dtype is unknown", at="x") if m["x"].dtype is None else None

    def build(self, m: Match, edit: GraphEditor) -> Value | BoundValue:
        """The products; an axis that keeps its elements needs none."""
        resizing = read_resizing(m)
        assert isinstance(resizing, Resizing)  # the guard has looked
        value: Value | BoundValue = m["x"]
        if m["x"].dtype != "float32":
            value = edit.add("Cast", [value], {"DstT": DType("float32")})
        shape = resizing.image
        for axis in (1, 0):
            value, shape = _along(edit, value, shape, axis, weights(m.root.node.op, resizing, axis))
        return value


def _along(
    edit: GraphEditor,
    value: Value | BoundValue,
    shape: tuple[int, ...],
    axis: int,
    matrix: object,
) -> tuple[Value | BoundValue, tuple[int, ...]]:
    """The value multiplied along height (0) or width (1), and its shape."""
    import numpy as np

    table = np.asarray(matrix, np.float32)
    if table.shape[0] == table.shape[1] and np.array_equal(table, np.eye(len(table))):
        return value, shape
    order = (0, 1, 3, 2) if axis else (0, 2, 3, 1)
    back = (0, 1, 3, 2) if axis else (0, 3, 1, 2)
    moved = tuple(shape[place] for place in order)
    turned = edit.add("Transpose", [value, edit.const(order, "int32", name="perm")])
    rows = moved[0] * moved[1] * moved[2]
    flat = reshaped(edit, turned, moved, (rows, moved[3]))
    product = edit.add("MatMul", [flat, edit.const(table, name="weights")])
    made = (*moved[:3], table.shape[1])
    whole = reshaped(edit, product, (rows, table.shape[1]), made)
    result = edit.add("Transpose", [whole, edit.const(back, "int32", name="perm")])
    return result, tuple(made[place] for place in back)
