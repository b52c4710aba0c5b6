"""Cumsum and Cumprod."""

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
    PRODUCT_LIMIT,
    arranged,
    restored,
    triangle,
)
from rules.rewrite.support.terms import FLOATS, INTEGERS, other_dtype

__all__ = ["MaskedAccumulation"]

BEFORE = """
x = Placeholder : int32[2,3]
k = Const : int32[] = 1
y = Cumsum(x, k)
"""

AFTER = """
x = Placeholder : int32[2,3]
y/multiples = Const : int32[2] = [1, 3]
y/Tile = Tile(x, y/multiples)
y/mask = Const : int32[9] = [1, 0, 0, 1, 1, 0, 1, 1, 1]
y/Mul = Mul(y/Tile, y/mask)
y/shape = Const : int32[3] = [2, 3, 3]
y/axis = Const : int32[1] = 2
y/Reshape = Reshape(y/Mul, y/shape)
y = Sum(y/Reshape, y/axis)
"""

PRODUCT = """
x = Placeholder : float32[3,2]
k = Const : int32[] = -2
y = Cumprod(x, k) {exclusive=true, reverse=true}
"""

PRODUCT_AFTER = """
x = Placeholder : float32[3,2]
y/perm = Const : int32[2] = [1, 0]
y/Transpose = Transpose(x, y/perm)
y/multiples = Const : int32[2] = [1, 3]
y/Tile = Tile(y/Transpose, y/multiples)
y/mask = Const : float32[9] = [0.0, 1.0, 1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0]
y/Mul = Mul(y/Tile, y/mask)
y/rest = Const : float32[9] = [1.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0, 1.0]
y/Add = Add(y/Mul, y/rest)
y/shape = Const : int32[3] = [2, 3, 3]
y/axis = Const : int32[1] = 2
y/Reshape = Reshape(y/Add, y/shape)
y/Prod = Prod(y/Reshape, y/axis)
y/perm_1 = Const : int32[2] = [1, 0]
y = Transpose(y/Prod, y/perm_1)
"""


class MaskedAccumulation(RewriteRule):
    """Replace Cumsum and Cumprod by Sum and Prod of copies of x, each with its later part masked.

    Tolerance: the same sums and products, which the reduction may make in another order; an
        infinite element under the mask gives NaN.
    Shapes: T[...] of known shape, with few enough elements to be held once for each of the axis;
        the axis is a constant.
    Source: TensorFlow op docs of Cumsum, Cumprod, Tile, Sum and Prod.
    """

    id, name, safety = "RWS138", "masked-accumulation", Safety.TOLERANCE
    rtol, atol = 1e-5, 1e-5
    pattern = op(("Cumsum", "Cumprod"), var("x"), const("axis"))
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=("Cumsum",)),
        Rewritten(PRODUCT, after=PRODUCT_AFTER, lacking=("Cumprod",), label="products"),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            BEFORE.replace("[2,3]", "[2,?]"),
            lacking=("Cumsum",),
            reason="shape",
            label="size unknown",
        ),
        Untouched(
            BEFORE.replace("[2,3]", "[2,3000]"),
            lacking=("Cumsum",),
            reason="18000000",
            label="too many elements",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """A known dtype and shape, and few elements."""
        shape = m["x"].static_shape
        if not shape or 0 in shape:
            return m.refuse("its shape is not known, or empty", at="x")
        axis = axis_in(int(m["axis"].scalar), len(shape))
        if axis is None:
            return m.refuse("its axis lies outside the shape")
        elements = math.prod(shape) * shape[axis]
        if elements > PRODUCT_LIMIT:
            return m.refuse(f"it makes {elements} elements; {PRODUCT_LIMIT} at most are held")
        return other_dtype(m, (*FLOATS, *INTEGERS))

    def build(self, m: Match, edit: GraphEditor) -> Value:
        """The reduction of the masked copies, and the axes back in place."""
        shape = m["x"].static_shape or ()
        axis = axis_in(int(m["axis"].scalar), len(shape))
        assert axis is not None  # the guard has looked
        order = [other for other in range(len(shape)) if other != axis] + [axis]
        return restored(edit, _reduced(m, edit, order), shape, order)


def _reduced(m: Match, edit: GraphEditor, order: list[int]) -> Value:
    """``[rows, length]``, of rows that hold what is accumulated."""
    shape = m["x"].static_shape or ()
    length = shape[order[-1]]
    rows = math.prod(shape) // length
    source = arranged(edit, m["x"], order, (rows, length))
    repeats = edit.const((1, length), "int32", name="multiples")
    mask = triangle(m, length).astype(str(m.root.dtype)).reshape(-1)
    value = edit.add(
        "Mul", [edit.add("Tile", [source, repeats]), edit.const(mask.copy(), name="mask")]
    )
    if m.root.node.op == "Cumprod":
        value = edit.add("Add", [value, edit.const(1 - mask, name="rest")])
    cube = edit.const((rows, length, length), "int32", name="shape")
    last = edit.const((2,), "int32", name="axis")
    reduction = "Sum" if m.root.node.op == "Cumsum" else "Prod"
    return edit.add(reduction, [edit.add("Reshape", [value, cube]), last])
