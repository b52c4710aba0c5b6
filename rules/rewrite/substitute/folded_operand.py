"""An operand that is computed from constants alone."""

from __future__ import annotations

from linter.rules import Rewritten, Safety, Untouched
from rules.rewrite.support.constants import FOLDED, ConstantOperands

__all__ = ["FoldedOperand"]

BEFORE = """
x = Placeholder : float32[2,2]
w = Const : float32[4] = [1.0, 2.0, 3.0, 4.0]
s = Const : int32[2] = [2, 2]
r = Reshape(w, s)
y = MatMul(x, r)
"""

AFTER = """
x = Placeholder : float32[2,2]
y/b = Const : float32[2,2] = [[1.0, 2.0], [3.0, 4.0]]
y = MatMul(x, y/b)
"""

DATA = BEFORE.replace(
    "w = Const : float32[4] = [1.0, 2.0, 3.0, 4.0]", "w = Placeholder : float32[4]"
)
LIMIT = {"limits": {"MatMul": "is_const(b)"}}


class FoldedOperand(ConstantOperands):
    """Give a node constants in place of operands that are computed from constants alone.

    Exact: only operations that move elements, or that IEEE 754 rounds correctly, are computed.
    Shapes: nothing changes but where the operand comes from.
    Source: NumPy and TensorFlow op docs of the operations; IEEE 754, correctly rounded operations.
    """

    id, name, safety = "RWS007", "folded-operand", Safety.EXACT
    source = FOLDED
    examples = (
        Rewritten(BEFORE, after=AFTER, given=LIMIT),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(DATA, given=LIMIT, label="an operand is data"),
    )
