"""An operand that the target wants constant and that shapes determine."""

from __future__ import annotations

from linter.rules import Rewritten, Safety, Untouched
from rules.rewrite.support.constants import KNOWN, ConstantOperands

__all__ = ["ComputedOperand"]

BEFORE = """
x = Placeholder : float32[2,3]
z = Placeholder : float32[6]
s = Shape(x)
y = Reshape(z, s)
"""

AFTER = """
x = Placeholder : float32[2,3]
z = Placeholder : float32[6]
y/shape = Const : int32[2] = [2, 3]
y = Reshape(z, y/shape)
"""

UNKNOWN = BEFORE.replace("x = Placeholder : float32[2,3]", "x = Placeholder : float32[?,3]")


class ComputedOperand(ConstantOperands):
    """Give a node constants in place of operands whose value is the same on every run.

    Exact: integers and booleans only; dimension arithmetic does not round.
    Shapes: nothing changes but where the operand comes from.
    Source: TensorFlow op docs of the ops that shape inference follows.
    """

    id, name, safety = "RWS006", "computed-operand", Safety.EXACT
    source = KNOWN
    examples = (
        Rewritten(BEFORE, after=AFTER, given={"limits": {"Reshape": "is_const(shape)"}}),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            UNKNOWN,
            given={"limits": {"Reshape": "is_const(shape)"}},
            label="a size is not known",
        ),
    )
