"""BatchMatMul whose second operand is one constant matrix."""

from __future__ import annotations

from math import prod

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

__all__ = ["BatchedWeight"]

BEFORE = """
x = Placeholder : float32[2,3,4]
w = Const : float32{shape} = 2.0
y = BatchMatMulV2(x, w)
"""

AFTER = """
x = Placeholder : float32[2,3,4]
y/shape = Const : int32[2] = [6, 4]
y/Reshape = Reshape(x, y/shape)
y/b = Const : float32[4,5] = 2.0
y/MatMul = MatMul(y/Reshape, y/b)
y/shape_1 = Const : int32[3] = [2, 3, 5]
y = Reshape(y/MatMul, y/shape_1)
"""


class BatchedWeight(RewriteRule):
    """Replace a batched product with one constant matrix by MatMul of the rows of the batch.

    Tolerance: the sums are the same, the kernel may add them in another order.
    Shapes: T[..., m, k] of known shape times T[k, n], or T[1, ..., k, n].
    Source: TensorFlow op docs of BatchMatMul, BatchMatMulV2 and MatMul.
    """

    id, name, safety = "RWS022", "batched-weight", Safety.TOLERANCE
    rtol, atol = 1e-5, 1e-5
    pattern = op(("BatchMatMul", "BatchMatMulV2"), var("x"), const("w"), adj_x=False)
    examples = (
        Rewritten(BEFORE.format(shape="[4,5]"), after=AFTER, lacking=("BatchMatMulV2",)),
        Untouched(BEFORE.format(shape="[4,5]"), label="the target takes it"),
        Untouched(
            BEFORE.format(shape="[2,4,5]"),
            lacking=("BatchMatMulV2",),
            reason="several",
            label="a matrix for each of the batch",
        ),
        Untouched(
            BEFORE.format(shape="[4,5]").replace("[2,3,4]", "[?,3,4]"),
            lacking=("BatchMatMulV2",),
            reason="shape",
            label="size unknown",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """Known shapes and a single matrix."""
        if m["x"].static_shape is None or m.root.static_shape is None:
            return m.refuse("its shape is not known", at="x")
        weight = m["w"].static_shape or ()
        if len(weight) < 2 or any(size != 1 for size in weight[:-2]):
            return m.refuse(f"the constant {list(weight)} holds several matrices", at="w")
        return None

    def build(self, m: Match, edit: GraphEditor) -> Value:
        """The product of the rows, in the shape of the result."""
        import numpy as np

        shape, tensor = m["x"].static_shape or (), m["w"].tensor
        assert tensor is not None
        matrix = tensor.array().reshape((m["w"].static_shape or ())[-2:])
        if m.root.attrs["adj_y"]:
            matrix = matrix.T
        rows = prod(shape[:-1])
        source = edit.add("Reshape", [m["x"], edit.const((rows, shape[-1]), "int32", name="shape")])
        product = edit.add("MatMul", [source, edit.const(np.ascontiguousarray(matrix), name="b")])
        result = edit.const(m.root.static_shape or (), "int32", name="shape")
        return edit.add("Reshape", [product, result])
