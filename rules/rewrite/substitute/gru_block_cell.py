"""GRUBlockCell."""

from __future__ import annotations

from linter.rules import Match, Refusal, RewriteRule, Rewritten, Safety, Untouched, op, var

__all__ = ["GRUBlockCell"]

BEFORE = """
x = Placeholder : float32[1,3]
h = Placeholder : float32[1,2]
w = Const : float32[5,4] = 0.1
v = Const : float32[5,2] = 0.2
b = Const : float32[4] = 0.3
d = Const : float32[2] = 0.4
n = GRUBlockCell(x, h, w, v, b, d)
y = Neg(n:3)
"""

AFTER = """
x = Placeholder : float32[1,3]
h = Placeholder : float32[1,2]
w = Const : float32[5,4] = 0.1
v = Const : float32[5,2] = 0.2
b = Const : float32[4] = 0.3
d = Const : float32[2] = 0.4
n/axis = Const : int32[] = 1
n/ConcatV2 = ConcatV2(x, h, n/axis)
n/MatMul = MatMul(n/ConcatV2, w)
n/BiasAdd = BiasAdd(n/MatMul, b)
n/Sigmoid = Sigmoid(n/BiasAdd)
n/Split = Split(n/axis, n/Sigmoid) {num_split=2}
n/Mul = Mul(h, n/Split)
n/ConcatV2_1 = ConcatV2(x, n/Mul, n/axis)
n/MatMul_1 = MatMul(n/ConcatV2_1, v)
n/BiasAdd_1 = BiasAdd(n/MatMul_1, d)
n/Tanh = Tanh(n/BiasAdd_1)
n/one = Const : float32[] = 1.0
n/Sub = Sub(n/one, n/Split:1)
n/Mul_1 = Mul(n/Sub, n/Tanh)
n/Mul_2 = Mul(n/Split:1, h)
n/Add = Add(n/Mul_1, n/Mul_2)
y = Neg(n/Add)
"""


class GRUBlockCell(RewriteRule):
    """Write one step of GRUBlockCell out in elementary operations.

    Tolerance: the same formula; the fused kernel may round in another order.
    Shapes: x float32[b, n], state float32[b, m], weights float32[n + m, 2 m] and float32[n + m, m].
    Source: TensorFlow op docs of GRUBlockCell, which state the formula.
    """

    id, name, safety = "RWS052", "gru-block-cell", Safety.TOLERANCE
    rtol, atol = 1e-5, 1e-5
    pattern = op("GRUBlockCell", *(var(n) for n in ("x", "h_prev", "w_ru", "w_c", "b_ru", "b_c")))
    replacement = """
    axis = Const : int32[] = 1
    ConcatV2 = ConcatV2($x, $h_prev, axis)
    MatMul = MatMul(ConcatV2, $w_ru)
    BiasAdd = BiasAdd(MatMul, $b_ru)
    Sigmoid = Sigmoid(BiasAdd)
    Split = Split(axis, Sigmoid) {num_split=2}
    Mul = Mul($h_prev, Split)
    ConcatV2_1 = ConcatV2($x, Mul, axis)
    MatMul_1 = MatMul(ConcatV2_1, $w_c)
    BiasAdd_1 = BiasAdd(MatMul_1, $b_c)
    Tanh = Tanh(BiasAdd_1)
    one = Const : float32[] = 1.0
    Sub = Sub(one, Split:1)
    Mul_1 = Mul(Sub, Tanh)
    Mul_2 = Mul(Split:1, $h_prev)
    Add = Add(Mul_1, Mul_2)
    -> Split, Split:1, Tanh, Add
    """
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=("GRUBlockCell",)),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            BEFORE.replace("float32", "float16"),
            lacking=("GRUBlockCell",),
            reason="float16",
            label="half precision",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """Single precision only."""
        dtype = m["x"].dtype
        return None if dtype == "float32" else m.refuse(f"its dtype is {dtype or 'unknown'}")
