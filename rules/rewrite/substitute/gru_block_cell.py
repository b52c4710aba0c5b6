"""GRUBlockCell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.results.finding import Safety
from linter.rules import RewriteRule
from linter.rules.examples import Rewritten, Untouched
from linter.rules.match import op, var

if TYPE_CHECKING:
    from linter.graph import Value
    from linter.rules.edit import GraphEditor
    from linter.rules.match import Match, Refusal

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

    def build(self, m: Match, edit: GraphEditor) -> tuple[Value, ...]:
        """The four outputs: r, u, c, h."""
        axis = edit.const(1, "int32", name="axis")
        joined = edit.add("ConcatV2", [m["x"], m["h_prev"], axis])
        gates = edit.add("BiasAdd", [edit.add("MatMul", [joined, m["w_ru"]]), m["b_ru"]])
        split = edit.add("Split", [axis, edit.add("Sigmoid", [gates])], {"num_split": 2})
        update = split._replace(port=1)
        reset = edit.add("Mul", [m["h_prev"], split])
        joined = edit.add("ConcatV2", [m["x"], reset, axis])
        inner = edit.add("BiasAdd", [edit.add("MatMul", [joined, m["w_c"]]), m["b_c"]])
        c = edit.add("Tanh", [inner])
        rest = edit.add("Sub", [edit.const(1.0, "float32", name="one"), update])
        kept = [edit.add("Mul", [rest, c]), edit.add("Mul", [update, m["h_prev"]])]
        return split, update, c, edit.add("Add", kept)
