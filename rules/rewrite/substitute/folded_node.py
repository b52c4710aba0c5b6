"""A node that is computed from constants alone."""

from __future__ import annotations

from linter.rules import Rewritten, Safety, Untouched
from rules.rewrite.support.constants import FOLDED, ConstantNode

__all__ = ["FoldedNode"]

BEFORE = """
x = Placeholder : float32[2]
a = Const : float32[2] = [1.0, 2.0]
n = Neg(a)
y = Mul(x, n)
"""

AFTER = """
x = Placeholder : float32[2]
n = Const : float32[2] = [-1.0, -2.0]
y = Mul(x, n)
"""

DATA = BEFORE.replace("a = Const : float32[2] = [1.0, 2.0]", "a = Placeholder : float32[2]")


class FoldedNode(ConstantNode):
    """Replace a node by a constant when constants alone determine it.

    Exact: only operations that move elements, or that IEEE 754 rounds correctly, are computed.
    Shapes: the constant has the shape of the value.
    Source: NumPy and TensorFlow op docs of the operations; IEEE 754, correctly rounded operations.
    """

    id, name, safety = "RWS008", "folded-node", Safety.EXACT
    source = FOLDED
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=("Neg",)),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(DATA, lacking=("Neg",), label="the operand is data"),
    )
