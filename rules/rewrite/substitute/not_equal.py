"""NotEqual."""

from __future__ import annotations

from linter.rules import RewriteRule, Rewritten, Safety, Untouched, op, var

__all__ = ["NotEqual"]

BEFORE = """
x = Placeholder : float32[2,3]
z = Placeholder : float32[2,3]
y = NotEqual(x, z)
"""

AFTER = """
x = Placeholder : float32[2,3]
z = Placeholder : float32[2,3]
y/Equal = Equal(x, z)
y = LogicalNot(y/Equal)
"""


class NotEqual(RewriteRule):
    """Replace ``NotEqual(x, z)`` by ``LogicalNot(Equal(x, z))``.

    Exact: the negation holds for NaN as well, which equals nothing.
    Shapes: the operands broadcast alike; bool out.
    Source: TensorFlow op docs of NotEqual, Equal and LogicalNot.
    """

    id, name, safety = "RWS034", "not-equal", Safety.EXACT
    pattern = op("NotEqual", var("x"), var("z"))
    replacement = """
    Equal = Equal($x, $z) {$root.attrs}
    LogicalNot = LogicalNot(Equal)
    """
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=("NotEqual",)),
        Untouched(BEFORE, label="the target takes it"),
    )
