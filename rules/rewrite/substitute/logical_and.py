"""LogicalAnd."""

from __future__ import annotations

from linter.rules import RewriteRule, Rewritten, Safety, Untouched, op, var

__all__ = ["LogicalAnd"]

BEFORE = """
x = Placeholder : bool[2,3]
z = Placeholder : bool[2,3]
y = LogicalAnd(x, z)
"""

AFTER = """
x = Placeholder : bool[2,3]
z = Placeholder : bool[2,3]
y/LogicalNot = LogicalNot(x)
y/LogicalNot_1 = LogicalNot(z)
y/LogicalOr = LogicalOr(y/LogicalNot, y/LogicalNot_1)
y = LogicalNot(y/LogicalOr)
"""


class LogicalAnd(RewriteRule):
    """Replace ``LogicalAnd(x, z)`` by ``LogicalNot(LogicalOr(LogicalNot(x), LogicalNot(z)))``.

    Exact: De Morgan's law.
    Shapes: the operands broadcast alike; bool out.
    Source: TensorFlow op docs of the four ops.
    """

    id, name, safety = "RWS035", "logical-and", Safety.EXACT
    pattern = op("LogicalAnd", var("x"), var("z"))
    replacement = """
    LogicalNot = LogicalNot($x)
    LogicalNot_1 = LogicalNot($z)
    LogicalOr = LogicalOr(LogicalNot, LogicalNot_1)
    LogicalNot_2 = LogicalNot(LogicalOr)
    """
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=("LogicalAnd",)),
        Untouched(BEFORE, label="the target takes it"),
    )
