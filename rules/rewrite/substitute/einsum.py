"""Einsum."""

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
)
from rules.rewrite.support.contraction import Contraction, read_contraction
from rules.rewrite.support.product import PRODUCT_LIMIT, Extents, arranged, summed_product

__all__ = ["Einsum"]

BEFORE = """
x = Placeholder : float32[2,3,4]
w = Const : float32[4,5,6] = 0.5
y = Einsum(x, w) {equation="btd,dnh->btnh"}
"""

AFTER = """
x = Placeholder : float32[2,3,4]
y/shape = Const : int32[2] = [6, 4]
y/Reshape = Reshape(x, y/shape)
y/const = Const : float32[4,30] = 0.5
y/MatMul = MatMul(y/Reshape, y/const)
y/shape_1 = Const : int32[4] = [2, 3, 5, 6]
y = Reshape(y/MatMul, y/shape_1)
"""

BATCH = """
q = Placeholder : float32[2,3,4,5]
k = Placeholder : float32[2,6,4,5]
y = Einsum(q, k) {equation="bfnh,btnh->bnft"}
"""

BATCH_AFTER = """
q = Placeholder : float32[2,3,4,5]
k = Placeholder : float32[2,6,4,5]
y/perm = Const : int32[4] = [0, 2, 1, 3]
y/Transpose = Transpose(q, y/perm)
y/shape = Const : int32[3] = [8, 3, 5]
y/Reshape = Reshape(y/Transpose, y/shape)
y/perm_1 = Const : int32[4] = [0, 2, 3, 1]
y/Transpose_1 = Transpose(k, y/perm_1)
y/shape_1 = Const : int32[3] = [8, 5, 6]
y/Reshape_1 = Reshape(y/Transpose_1, y/shape_1)
y/BatchMatMulV2 = BatchMatMulV2(y/Reshape, y/Reshape_1)
y/shape_2 = Const : int32[4] = [2, 4, 3, 6]
y = Reshape(y/BatchMatMulV2, y/shape_2)
"""

SINGLE = """
x = Placeholder : float32[2,3,4]
y = Einsum(x) {equation="ijk->ki"}
"""

SINGLE_AFTER = """
x = Placeholder : float32[2,3,4]
y/axes = Const : int32[1] = 1
y/Sum = Sum(x, y/axes)
y/perm = Const : int32[2] = [1, 0]
y = Transpose(y/Sum, y/perm)
"""


class Einsum(RewriteRule):
    """Replace Einsum of one or two operands by Transpose, Reshape, Sum and one product.

    Tolerance: the same sums, which the kernels may add in another order.
    Shapes: operands of known shape without a label that occurs twice in one of them; sizes agree.
    Source: TensorFlow op docs of Einsum, MatMul and BatchMatMulV2; the summation convention.
    """

    id, name, safety = "RWS140", "einsum", Safety.TOLERANCE
    rtol, atol = 1e-5, 1e-5
    variants = (0, 1, 2)
    pattern = op("Einsum")
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=("Einsum",), label="a dense layer"),
        Rewritten(BATCH, after=BATCH_AFTER, lacking=("Einsum",), label="scores of attention"),
        Rewritten(SINGLE, after=SINGLE_AFTER, lacking=("Einsum",), label="one operand"),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            SINGLE.replace("ijk->ki", "iij->j"),
            lacking=("Einsum",),
            reason="repeated",
            label="a diagonal",
        ),
        Untouched(
            SINGLE.replace("[2,3,4]", "[2,?,4]"),
            lacking=("Einsum",),
            reason="shape",
            label="size unknown",
        ),
        Untouched(
            BATCH.replace("[2,6,4,5]", "[2,6,1,5]"),
            lacking=("Einsum",),
            reason="sizes 4 and 1",
            label="an axis broadcasts",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """Known shapes and an equation of plain contractions."""
        if len(m.root.inputs) > 2:
            return m.refuse(f"it has {len(m.root.inputs)} operands")
        if m.root.dtype is None:
            return m.refuse("its dtype is unknown")
        if any(value.static_shape is None for value in m.root.inputs):
            return m.refuse("the shape of an operand is not known")
        contraction = _read(m)
        return m.refuse(contraction) if isinstance(contraction, str) else None

    def build(self, m: Match, edit: GraphEditor) -> Value:
        """The product of the operands laid out as matrices, laid out as the result."""
        contraction = _read(m)
        assert not isinstance(contraction, str)
        labels = list(contraction.operands)
        values: list[Value | BoundValue] = []
        for place, value in enumerate(m.root.inputs):
            lone = contraction.lone(place)
            axes = [labels[place].index(label) for label in lone]
            labels[place] = "".join(label for label in labels[place] if label not in lone)
            source: Value | BoundValue = value
            if axes:
                source = edit.add("Sum", [value, edit.const(axes, "int32", name="axes")])
            values.append(source)
        bound = [v if isinstance(v, BoundValue) else edit.context.bind(v) for v in values]
        if len(bound) == 1:
            order = [labels[0].index(label) for label in contraction.result]
            only = arranged(edit, bound[0], order, contraction.shape(contraction.result))
            return only if isinstance(only, Value) else edit.add("Identity", [only])
        if m.root.inputs[0].tensor is not None:
            bound.reverse()
            labels.reverse()
        return _product(edit, contraction, (labels[0], labels[1]), (bound[0], bound[1]), m.variant)


def _read(m: Match) -> Contraction | str:
    shapes = [value.static_shape or () for value in m.root.inputs]
    return read_contraction(str(m.root.attrs["equation"]), shapes)


def _product(
    edit: GraphEditor,
    contraction: Contraction,
    labels: tuple[str, str],
    values: tuple[BoundValue, BoundValue],
    variant: int,
) -> Value:
    """The product over the common axes, batched over those that the result has as well."""
    first, second = labels
    batch = "".join(label for label in contraction.result if label in first and label in second)
    inner = "".join(label for label in first if label in second and label not in batch)
    rows = "".join(label for label in contraction.result if label in first and label not in batch)
    columns = "".join(
        label for label in contraction.result if label in second and label not in batch
    )
    extents = Extents(*(contraction.extent(part) for part in (batch, rows, inner, columns)))
    order = [first.index(label) for label in batch + rows + inner]
    kept = [second.index(label) for label in batch + columns + inner]
    turned = [second.index(label) for label in batch + inner + columns]
    b, m, k, n = extents.batch, extents.rows, extents.inner, extents.columns
    if variant == 2 and extents.products <= PRODUCT_LIMIT:
        left = arranged(edit, values[0], order, (b, m, 1, k))
        right = arranged(edit, values[1], kept, (b, 1, n, k))
        product = summed_product(edit, left, right, extents, tile=True)
    elif batch:
        left = arranged(edit, values[0], order, (b, m, k))
        right = arranged(edit, values[1], turned, (b, k, n))
        product = edit.add(("BatchMatMulV2", "BatchMatMul")[variant % 2], [left, right])
    else:
        left = arranged(edit, values[0], order, (m, k))
        product = edit.add("MatMul", [left, arranged(edit, values[1], turned, (k, n))])
    made = batch + rows + columns
    back = [made.index(label) for label in contraction.result]
    shaped = edit.add(
        "Reshape", [product, edit.const(contraction.shape(made), "int32", name="shape")]
    )
    result = arranged(edit, edit.context.bind(shaped), back, contraction.shape(contraction.result))
    assert isinstance(result, Value) or result.value == shaped
    return result if isinstance(result, Value) else shaped
