"""Products of two matrices that are data."""

from __future__ import annotations

import math

from linter.graph.op_families import BATCH_MATMULS
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
from rules.rewrite.support.evaluation import is_evaluable
from rules.rewrite.support.product import (
    PRODUCT_LIMIT,
    Extents,
    arranged,
    summed_product,
)

__all__ = ["ProductBySum"]

BEFORE = """
x = Placeholder : float32[2,3,4]
z = Placeholder : float32[2,5,4]
y = BatchMatMulV2(x, z) {adj_y=true}
"""

AFTER = """
x = Placeholder : float32[2,3,4]
z = Placeholder : float32[2,5,4]
y/shape = Const : int32[4] = [2, 3, 1, 4]
y/Reshape = Reshape(x, y/shape)
y/shape_1 = Const : int32[4] = [2, 1, 5, 4]
y/Reshape_1 = Reshape(z, y/shape_1)
y/Mul = Mul(y/Reshape, y/Reshape_1)
y/axis = Const : int32[1] = 3
y/Sum = Sum(y/Mul, y/axis)
y/shape_2 = Const : int32[3] = [2, 3, 5]
y = Reshape(y/Sum, y/shape_2)
"""

PLAIN = """
x = Placeholder : float32[3,4]
z = Placeholder : float32[4,5]
y = MatMul(x, z)
"""

PLAIN_AFTER = """
x = Placeholder : float32[3,4]
z = Placeholder : float32[4,5]
y/shape = Const : int32[4] = [1, 3, 1, 4]
y/Reshape = Reshape(x, y/shape)
y/perm = Const : int32[2] = [1, 0]
y/Transpose = Transpose(z, y/perm)
y/shape_1 = Const : int32[4] = [1, 1, 5, 4]
y/Reshape_1 = Reshape(y/Transpose, y/shape_1)
y/multiples = Const : int32[4] = [1, 1, 5, 1]
y/Tile = Tile(y/Reshape, y/multiples)
y/multiples_1 = Const : int32[4] = [1, 3, 1, 1]
y/Tile_1 = Tile(y/Reshape_1, y/multiples_1)
y/Mul = Mul(y/Tile, y/Tile_1)
y/axis = Const : int32[1] = 3
y/Sum = Sum(y/Mul, y/axis)
y/shape_2 = Const : int32[2] = [3, 5]
y = Reshape(y/Sum, y/shape_2)
"""

WIDE = PLAIN.replace("[3,4]", "[3,2000]").replace("[4,5]", "[2000,5000]")
_TYPES = BATCH_MATMULS | {"MatMul"}
DATA = {"limits": {"MatMul": "is_const(b)"}}


class ProductBySum(RewriteRule):
    """Replace a small product of two matrices by ``Sum(Mul(x, z))`` over their common axis.

    Tolerance: the same products, which Sum may add in another order.
    Shapes: T[..., m, k] and T[..., k, n] of known shape and one batch, with few enough products
        to be held at once.
    Source: TensorFlow op docs of MatMul, BatchMatMulV2, Mul and Sum; the public operator table of
        OMG takes a constant matrix only.
    """

    id, name, safety = "RWS135", "product-by-sum", Safety.TOLERANCE
    rtol, atol = 1e-5, 1e-5
    variants = (0, 1)
    pattern = op(_TYPES, var("x"), var("z"))
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=("BatchMatMulV2",)),
        Rewritten(
            PLAIN,
            after=PLAIN_AFTER,
            given={"limits": {**DATA["limits"], "Mul": "x_shape == y_shape"}},
            label="two matrices, no broadcasting",
        ),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(WIDE, given=DATA, reason="30000000 products", label="too many products"),
        Untouched(
            PLAIN.replace("[3,4]", "[?,4]"), given=DATA, reason="shape", label="size unknown"
        ),
        Untouched(PLAIN.replace("[3,4]", "[4]"), given=DATA, reason="1 axes", label="a vector"),
        Untouched(
            BEFORE.replace("[2,5,4]", "[1,5,4]"),
            lacking=("BatchMatMulV2",),
            reason="[1]",
            label="the batch broadcasts",
        ),
        Untouched(
            PLAIN.replace("float32", "complex64"), given=DATA, reason="complex64", label="complex"
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """Known shapes, one batch and few products; no operand that may become a constant."""
        if m.context.evaluator is not None and is_evaluable(m["z"]):
            return m.refuse("")
        first, second = m["x"].static_shape, m["z"].static_shape
        if first is None or second is None:
            return m.refuse("the shape of an operand is not known")
        if min(len(first), len(second)) < 2:
            return m.refuse(f"an operand has {min(len(first), len(second))} axes")
        if m.root.dtype is None or m.root.dtype.startswith("complex"):
            return m.refuse(f"its dtype is {m.root.dtype or 'unknown'}")
        if any(value.dtype != m.root.dtype for value in (m["x"], m["z"])):
            return m.refuse(f"the result is {m.root.dtype}, the operands are not")
        if first[:-2] != second[:-2]:
            return m.refuse(f"the batches are {list(first[:-2])} and {list(second[:-2])}")
        products = _extents(m).products
        if not 0 < products <= PRODUCT_LIMIT:
            return m.refuse(f"it makes {products} products; {PRODUCT_LIMIT} at most are held")
        return None

    def build(self, m: Match, edit: GraphEditor) -> Value:
        """The sum over the last axis of all products, in the shape of the result."""
        extents = _extents(m)
        first_flag, second_flag = _flags(m)
        first, second = m["x"], m["z"]
        shape = (extents.batch, extents.rows, 1, extents.inner)
        left = arranged(edit, first, _order(first, swap=first_flag), shape)
        shape = (extents.batch, 1, extents.columns, extents.inner)
        right = arranged(edit, second, _order(second, swap=not second_flag), shape)
        product = summed_product(edit, left, right, extents, tile=m.variant == 1)
        result = edit.const(m.root.static_shape or (), "int32", name="shape")
        return edit.add("Reshape", [product, result])


def _flags(m: Match) -> tuple[bool, bool]:
    """Whether the operands are transposed."""
    names = ("transpose_a", "transpose_b") if m.root.node.op == "MatMul" else ("adj_x", "adj_y")
    first, second = (bool(m.root.attrs[name]) for name in names)
    return first, second


def _extents(m: Match) -> Extents:
    first_flag, second_flag = _flags(m)
    first, second = m["x"].static_shape or (), m["z"].static_shape or ()
    rows, inner = first[-2:][::-1] if first_flag else first[-2:]
    columns = second[-2] if second_flag else second[-1]
    return Extents(math.prod(first[:-2]), rows, inner, columns)


def _order(value: BoundValue, *, swap: bool) -> tuple[int, ...]:
    """All axes, the last two swapped if asked for."""
    *batch, row, column = range(value.rank or 0)
    return (*batch, column, row) if swap else (*batch, row, column)
