"""A node that only TensorFlow can compute from constants."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.results.finding import Safety
from linter.rules import RewriteRule
from linter.rules.examples import Rewritten, Untouched
from linter.rules.match import op
from rules.rewrite.support.evaluation import evaluated, is_evaluable, is_wanted, oversize

if TYPE_CHECKING:
    from linter.graph import Value
    from linter.rules.edit import GraphEditor
    from linter.rules.match import Match, Refusal

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


class EvaluatedNode(RewriteRule):
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
    early = True
    pattern = op(())
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
        """All outputs in use must be computable, and what they become small enough."""
        values = [m.root.output(port) for port in m.used_outputs()]
        if m.root.node.op == "Const" or not values or not all(map(is_evaluable, values)):
            return m.refuse("")
        for value in values:
            if reason := oversize(value):
                return m.refuse(reason)
        if m.context.evaluator is None:
            return m.refuse("needs TensorFlow, which would compute it from constants")
        for value in values:
            found = evaluated(value)
            if found.array is None:
                return m.refuse(f"TensorFlow cannot compute it: {found.fault}")
            if reason := oversize(value, found.array.nbytes):
                return m.refuse(reason)
        return None if is_wanted(m.root.node, m.context) else m.refuse("")

    def build(self, m: Match, edit: GraphEditor) -> tuple[Value, ...]:
        """One constant for each output in use."""
        ports = m.used_outputs()
        made = dict.fromkeys(range(max(ports) + 1), m.root.value)
        for port in ports:
            array = evaluated(m.root.output(port)).array
            assert array is not None
            made[port] = edit.const(array)
        return tuple(made.values())
