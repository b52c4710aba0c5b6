"""BatchMatMul with several constant matrices."""

from __future__ import annotations

import math

from linter.graph.op_families import BATCH_MATMULS
from linter.rules import (
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
from rules.rewrite.support.folding import folded, is_foldable
from rules.rewrite.support.product import (
    arranged,
)

__all__ = ["MatrixEach"]

BEFORE = """
x = Placeholder : float32[1,2,3,4]
w = Const : float32[1,2,4,5] = 0.5
y = BatchMatMulV2(x, w)
"""

AFTER = """
x = Placeholder : float32[1,2,3,4]
y/shape = Const : int32[3] = [2, 3, 4]
y/Reshape = Reshape(x, y/shape)
y/Unpack = Unpack(y/Reshape) {axis=0, num=2}
y/b = Const : float32[4,5] = 0.5
y/MatMul = MatMul(y/Unpack, y/b) {transpose_a=false}
y/b_1 = Const : float32[4,5] = 0.5
y/MatMul_1 = MatMul(y/Unpack:1, y/b_1) {transpose_a=false}
y/Pack = Pack(y/MatMul, y/MatMul_1) {axis=0}
y/shape_1 = Const : int32[4] = [1, 2, 3, 5]
y = Reshape(y/Pack, y/shape_1)
"""

_MOST = 64


class MatrixEach(RewriteRule):
    """Replace a batched product with constant matrices by one MatMul for each of the batch.

    Tolerance: the same sums, which the kernels may add in another order.
    Shapes: T[..., m, k] of known shape and constants T[..., k, n] of the same batch.
    Source: TensorFlow op docs of BatchMatMulV2, MatMul, Unpack and Pack.
    """

    id, name, safety = "RWS136", "matrix-each", Safety.TOLERANCE
    rtol, atol = 1e-5, 1e-5
    pattern = op(BATCH_MATMULS, var("x"), var("w"))
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=("BatchMatMulV2",)),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            BEFORE.replace("Const : float32[1,2,4,5] = 0.5", "Placeholder : float32[1,2,4,5]"),
            lacking=("BatchMatMulV2",),
            reason="constant",
            label="the matrices are data",
        ),
        Untouched(
            BEFORE.replace("[1,2,", "[1,65,"),
            lacking=("BatchMatMulV2",),
            reason="65",
            label="too many",
        ),
        Untouched(
            BEFORE.replace("[1,2,3,4]", "[?,2,3,4]"),
            lacking=("BatchMatMulV2",),
            reason="shape",
            label="size unknown",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """Constant matrices, as many as the batch has, and not too many."""
        first, second = m["x"].static_shape, m["w"].static_shape
        if first is None or second is None:
            return m.refuse("its shape is not known")
        if not is_foldable(m["w"]):
            return m.refuse("the second operand is not constant", at="w")
        count = math.prod(first[:-2])
        if first[:-2] != second[:-2] or not 1 < count <= _MOST:
            return m.refuse(f"the batches are {list(first[:-2])} and {list(second[:-2])}")
        if any(value.dtype != m.root.dtype for value in m.root.inputs):
            return m.refuse(f"the result is {m.root.dtype or 'of unknown dtype'}")
        return None

    def build(self, m: Match, edit: GraphEditor) -> Value:
        """The products, packed."""
        import numpy as np

        shape, weights = m["x"].static_shape or (), folded(m["w"])
        count = math.prod(shape[:-2])
        weights = weights.reshape(count, *weights.shape[-2:])
        if m.root.attrs["adj_y"]:
            weights = weights.transpose(0, 2, 1)
        rows = arranged(edit, m["x"], range(len(shape)), (count, *shape[-2:]))
        parts = edit.add("Unpack", [rows], {"num": count, "axis": 0})
        flags = {"transpose_a": bool(m.root.attrs["adj_x"])}
        products = [
            edit.add(
                "MatMul",
                [parts._replace(port=port), edit.const(np.ascontiguousarray(weight), name="b")],
                flags,
            )
            for port, weight in enumerate(weights)
        ]
        packed = edit.add("Pack", products, {"axis": 0})
        result = edit.const(m.root.static_shape or (), "int32", name="shape")
        return edit.add("Reshape", [packed, result])
