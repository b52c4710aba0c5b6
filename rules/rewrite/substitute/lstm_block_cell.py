"""LSTMBlockCell."""

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

__all__ = ["LSTMBlockCell"]

BEFORE = """
x = Placeholder : float32[1,3]
c = Placeholder : float32[1,2]
h = Placeholder : float32[1,2]
w = Const : float32[5,8] = 0.1
p = Const : float32[2] = 0.2
b = Const : float32[8] = 0.3
n = LSTMBlockCell(x, c, h, w, p, p, p, b) {forget_bias=1.0, cell_clip=0.5, use_peephole=true}
y = Neg(n:6)
z = Neg(n:1)
"""

AFTER = """
x = Placeholder : float32[1,3]
c = Placeholder : float32[1,2]
h = Placeholder : float32[1,2]
w = Const : float32[5,8] = 0.1
p = Const : float32[2] = 0.2
b = Const : float32[8] = 0.3
n/one = Const : int32[] = 1
n/ConcatV2 = ConcatV2(x, h, n/one)
n/MatMul = MatMul(n/ConcatV2, w)
n/BiasAdd = BiasAdd(n/MatMul, b)
n/Split = Split(n/one, n/BiasAdd) {num_split=4}
n/forget_bias = Const : float32[] = 1.0
n/Add = Add(n/Split:2, n/forget_bias)
n/Mul = Mul(c, p)
n/Add_1 = Add(n/Split, n/Mul)
n/Sigmoid = Sigmoid(n/Add_1)
n/Mul_1 = Mul(c, p)
n/Add_2 = Add(n/Add, n/Mul_1)
n/Sigmoid_1 = Sigmoid(n/Add_2)
n/Tanh = Tanh(n/Split:1)
n/Mul_2 = Mul(n/Tanh, n/Sigmoid)
n/Mul_3 = Mul(c, n/Sigmoid_1)
n/Add_3 = Add(n/Mul_2, n/Mul_3)
n/upper = Const : float32[] = 0.5
n/Minimum = Minimum(n/Add_3, n/upper)
n/lower = Const : float32[] = -0.5
n/Maximum = Maximum(n/Minimum, n/lower)
n/Mul_4 = Mul(n/Maximum, p)
n/Add_4 = Add(n/Split:3, n/Mul_4)
n/Sigmoid_2 = Sigmoid(n/Add_4)
n/Tanh_1 = Tanh(n/Maximum)
n/Mul_5 = Mul(n/Tanh_1, n/Sigmoid_2)
y = Neg(n/Mul_5)
z = Neg(n/Maximum)
"""


class LSTMBlockCell(RewriteRule):
    """Write one step of LSTMBlockCell out in elementary operations.

    Tolerance: the same formula; the fused kernel may round in another order.
    Shapes: x float32[b, n], states float32[b, m], weights float32[n + m, 4 m].
    Source: TensorFlow op docs of LSTMBlockCell, which state the formula; gates in the order i, ci,
        f, o.
    """

    id, name, safety = "RWS051", "lstm-block-cell", Safety.TOLERANCE
    rtol, atol = 1e-5, 1e-5
    pattern = op(
        "LSTMBlockCell",
        *(var(n) for n in ("x", "cs_prev", "h_prev", "w", "wci", "wcf", "wco", "b")),
    )
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=("LSTMBlockCell",)),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            BEFORE.replace("float32", "float16"),
            lacking=("LSTMBlockCell",),
            reason="float16",
            label="half precision",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """Single precision only."""
        dtype = m["x"].dtype
        return None if dtype == "float32" else m.refuse(f"its dtype is {dtype or 'unknown'}")

    def build(self, m: Match, edit: GraphEditor) -> tuple[Value, ...]:
        """The seven outputs: i, cs, f, o, ci, co, h."""
        attrs, previous = m.root.attrs, m["cs_prev"]
        one = edit.const(1, "int32", name="one")
        joined = edit.add("ConcatV2", [m["x"], m["h_prev"], one])
        gates = edit.add("BiasAdd", [edit.add("MatMul", [joined, m["w"]]), m["b"]])
        split = edit.add("Split", [one, gates], {"num_split": 4})
        bias = edit.const(float(attrs["forget_bias"]), "float32", name="forget_bias")
        forget = edit.add("Add", [split._replace(port=2), bias])
        i = edit.add("Sigmoid", [_with_peephole(m, edit, split, previous, "wci")])
        f = edit.add("Sigmoid", [_with_peephole(m, edit, forget, previous, "wcf")])
        ci = edit.add("Tanh", [split._replace(port=1)])
        kept = [edit.add("Mul", [ci, i]), edit.add("Mul", [previous, f])]
        cs = _clipped(edit, edit.add("Add", kept), float(attrs["cell_clip"]))
        o = edit.add("Sigmoid", [_with_peephole(m, edit, split._replace(port=3), cs, "wco")])
        co = edit.add("Tanh", [cs])
        return i, cs, f, o, ci, co, edit.add("Mul", [co, o])


def _with_peephole(
    m: Match, edit: GraphEditor, gate: Value, cell: Value | BoundValue, weight: str
) -> Value:
    """The gate with what it sees of the cell."""
    if not m.root.attrs["use_peephole"]:
        return gate
    return edit.add("Add", [gate, edit.add("Mul", [cell, m[weight]])])


def _clipped(edit: GraphEditor, value: Value, limit: float) -> Value:
    if limit <= 0:
        return value
    upper = edit.add("Minimum", [value, edit.const(limit, "float32", name="upper")])
    return edit.add("Maximum", [upper, edit.const(-limit, "float32", name="lower")])
