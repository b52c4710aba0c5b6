"""An operand that only TensorFlow can compute from constants."""

from __future__ import annotations

from linter.rules import Match, Refusal, Rewritten, Safety, Untouched
from rules.rewrite.support.constants import EVALUATED, ConstantOperands
from rules.rewrite.support.evaluation import is_evaluable

__all__ = ["EvaluatedOperand"]

BEFORE = """
x = Placeholder : float32[2,2]
w = Const : float32[2,2] = [[0.0, 4.0], [1.0, -3.0]]
s = Softsign(w)
y = MatMul(x, s)
"""

AFTER = """
x = Placeholder : float32[2,2]
y/b = Const : float32[2,2] = [[0.0, 0.8], [0.5, -0.75]]
y = MatMul(x, y/b)
"""

DATA = BEFORE.replace(
    "w = Const : float32[2,2] = [[0.0, 4.0], [1.0, -3.0]]", "w = Placeholder : float32[2,2]"
)
LIMIT = {"limits": {"MatMul": "is_const(b)"}}


class EvaluatedOperand(ConstantOperands):
    """Give a node constants, which TensorFlow computes, in place of operands.

    Exact: the constant is what the CPU kernel gives, and is used only when one thread and several
        give the same bits. Ops with state, chance or functions are left alone.
    Shapes: nothing changes but where the operand comes from; it has at most 1 MiB, or eight times
        the constants that it is computed from where that is more, and never more than 64 MiB;
        those constants have at most 64 MiB.
    Source: TensorFlow op definitions (``is_stateful``); the kernel itself computes the value.
    Notes: needs TensorFlow; without it the node is named under the refused ones.
    """

    id, name, safety = "RWS231", "evaluated-operand", Safety.EXACT
    source = EVALUATED
    evaluates = True
    examples = (
        Rewritten(BEFORE, after=AFTER, given=LIMIT),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(DATA, given=LIMIT, label="the operand is data"),
        Untouched(
            BEFORE,
            lacking=("MatMul",),
            label="a constant would not help",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """A node that can be computed itself becomes the constant."""
        return m.refuse("") if is_evaluable(m.root) else super().guard(m)
