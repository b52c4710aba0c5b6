"""Cumsum."""

from __future__ import annotations

import math

from linter.infer.axes import axis_in
from linter.rules import (
    GraphEditor,
    Match,
    Refusal,
    RewriteRule,
    Rewritten,
    Safety,
    Untouched,
    Value,
    const,
    op,
    var,
)
from rules.rewrite.support.product import (
    arranged,
    restored,
    triangle,
)
from rules.rewrite.support.terms import FLOATS, other_dtype

__all__ = ["TriangularProduct"]

BEFORE = """
x = Placeholder : float32[2,3]
k = Const : int32[] = 1
y = Cumsum(x, k) {exclusive=true}
"""

AFTER = """
x = Placeholder : float32[2,3]
y/b = Const : float32[3,3] = [[0.0, 1.0, 1.0], [0.0, 0.0, 1.0], [0.0, 0.0, 0.0]]
y = MatMul(x, y/b)
"""

FIRST = """
x = Placeholder : float32[3,2,2]
k = Const : int32[] = 0
y = Cumsum(x, k) {reverse=true}
"""

FIRST_AFTER = """
x = Placeholder : float32[3,2,2]
y/perm = Const : int32[3] = [1, 2, 0]
y/Transpose = Transpose(x, y/perm)
y/shape = Const : int32[2] = [4, 3]
y/Reshape = Reshape(y/Transpose, y/shape)
y/b = Const : float32[3,3] = [[1.0, 0.0, 0.0], [1.0, 1.0, 0.0], [1.0, 1.0, 1.0]]
y/MatMul = MatMul(y/Reshape, y/b)
y/shape_1 = Const : int32[3] = [2, 2, 3]
y/Reshape_1 = Reshape(y/MatMul, y/shape_1)
y/perm_1 = Const : int32[3] = [2, 0, 1]
y = Transpose(y/Reshape_1, y/perm_1)
"""

_LONGEST = 2048


class TriangularProduct(RewriteRule):
    """Replace ``Cumsum(x, axis)`` by the product with a triangle of ones.

    Tolerance: the same sums, which MatMul may add in another order; an infinite element makes
        every sum along its axis NaN.
    Shapes: T[...] of known shape; the axis is a constant.
    Source: TensorFlow op docs of Cumsum, MatMul, Transpose and Reshape.
    """

    id, name, safety = "RWS137", "triangular-product", Safety.TOLERANCE
    rtol, atol = 1e-5, 1e-5
    pattern = op("Cumsum", var("x"), const("axis"))
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=("Cumsum",)),
        Rewritten(FIRST, after=FIRST_AFTER, lacking=("Cumsum",), label="the first axis, reversed"),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            BEFORE.replace("[2,3]", "[2,?]"),
            lacking=("Cumsum",),
            reason="shape",
            label="size unknown",
        ),
        Untouched(
            BEFORE.replace("[2,3]", "[2,4000]"),
            lacking=("Cumsum",),
            reason="4000",
            label="a long axis",
        ),
        Untouched(
            BEFORE.replace("float32", "int32"),
            lacking=("Cumsum",),
            reason="int32",
            label="integers",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """Floating point, a known shape and an axis that is not too long."""
        shape = m["x"].static_shape
        if not shape or 0 in shape:
            return m.refuse("its shape is not known, or empty", at="x")
        axis = axis_in(int(m["axis"].scalar), len(shape))
        if axis is None:
            return m.refuse("its axis lies outside the shape")
        length = shape[axis]
        if length > _LONGEST:
            return m.refuse(f"the axis has {length} elements; {_LONGEST} at most make a matrix")
        return other_dtype(m, FLOATS)

    def build(self, m: Match, edit: GraphEditor) -> Value:
        """The axis last, the product of the rows, and the axes back in place."""
        shape = m["x"].static_shape or ()
        axis = axis_in(int(m["axis"].scalar), len(shape))
        assert axis is not None  # the guard has looked
        length = shape[axis]
        order = [other for other in range(len(shape)) if other != axis] + [axis]
        rows = arranged(edit, m["x"], order, (math.prod(shape) // length, length))
        ones = triangle(m, length).T.astype(str(m.root.dtype))
        product = edit.add("MatMul", [rows, edit.const(ones.copy(), name="b")])
        return restored(edit, product, shape, order)
