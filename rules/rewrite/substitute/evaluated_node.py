"""A node that only TensorFlow can compute from constants."""

from __future__ import annotations

from linter.rules import Match, Refusal, Rewritten, Safety, Untouched
from rules.rewrite.support.constants import EVALUATED, ConstantNode
from rules.rewrite.support.evaluation import is_wanted

__all__ = ["EvaluatedNode"]

BEFORE = """
x = Placeholder : float32[2]
a = Const : float32[2] = [0.0, 4.0]
s = Softsign(a)
y = Mul(x, s)
"""

AFTER = """
x = Placeholder : float32[2]
s = Const : float32[2] = [0.0, 0.8]
y = Mul(x, s)
"""

CHAIN = """
x = Placeholder : float32[2]
a = Const : float32[2] = [-1.0, 4.0]
r = Relu(a)
s = Softsign(r)
y = Mul(x, s)
"""

DATA = BEFORE.replace("a = Const : float32[2] = [0.0, 4.0]", "a = Placeholder : float32[2]")
CHANCE = BEFORE.replace("a = Const : float32[2] = [0.0, 4.0]", "").replace(
    "s = Softsign(a)", "n = Const : int32[1] = [2]\ns = RandomUniform(n) {dtype=float32}"
)
LARGE = """
n = Const : int32[] = 0
m = Const : int32[] = 300000
d = Const : int32[] = 1
x = Placeholder : int32[300000]
r = Range(n, m, d)
y = Add(x, r)
"""

HEAVY = """
x = Placeholder : float32[]
a = Const : float32[20000000] = 1.0
k = Const : int32[] = 0
m = Max(a, k)
y = Mul(x, m)
"""


class EvaluatedNode(ConstantNode):
    """Replace a node by a constant that TensorFlow computes.

    Exact: the constant is what the CPU kernel gives, and is used only when one thread and several
        give the same bits. Ops with state, chance or functions are left alone.
    Shapes: the constant has the shape of the value; at most 1 MiB, or eight times the constants
        that it is computed from where that is more, and never more than 64 MiB; those
        constants have at most 64 MiB.
    Source: TensorFlow op definitions (``is_stateful``); the kernel itself computes the value.
    Notes: needs TensorFlow; without it the node is named under the refused ones.
    """

    id, name, safety = "RWS230", "evaluated-node", Safety.EXACT
    source = EVALUATED
    evaluates = True
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=("Softsign",)),
        Rewritten(CHAIN, after=AFTER, lacking=("Softsign", "Relu"), label="chain"),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(DATA, lacking=("Softsign",), label="the operand is data"),
        Untouched(CHANCE, lacking=("RandomUniform",), label="chance"),
        Untouched(
            HEAVY, lacking=("Max",), reason="computed from 80,000,004 bytes", label="much to read"
        ),
        Untouched(LARGE, lacking=("Range",), reason="would have 1,200,000 bytes", label="large"),
    )

    def guard(self, m: Match) -> Refusal | None:
        """Nor may everything that reads it become a constant as well."""
        if not m.used_outputs():
            return m.refuse("")
        refusal = super().guard(m)
        wanted = refusal is None and is_wanted(m.root.node, m.context)
        return refusal if refusal or wanted else m.refuse("")
