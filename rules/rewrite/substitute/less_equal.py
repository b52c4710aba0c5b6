"""LessEqual."""

from __future__ import annotations

from linter.rules import RewriteRule, Rewritten, Safety, Untouched, op, var

__all__ = ["LessEqual"]

BEFORE = """
x = Placeholder : float32[2,3]
z = Placeholder : float32[2,3]
y = LessEqual(x, z)
"""

AFTER = """
x = Placeholder : float32[2,3]
z = Placeholder : float32[2,3]
y = GreaterEqual(z, x)
"""


class LessEqual(RewriteRule):
    """Replace ``LessEqual(x, z)`` by ``GreaterEqual(z, x)``.

    Exact: x <= z and z >= x agree for all numbers and for NaN.
    Shapes: the operands broadcast alike; bool out.
    Source: TensorFlow op docs of LessEqual and GreaterEqual.
    """

    id, name, safety = "RWS033", "less-equal", Safety.EXACT
    pattern = op("LessEqual", var("x"), var("z"))
    replacement = "GreaterEqual = GreaterEqual($z, $x)"
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=("LessEqual",)),
        Untouched(BEFORE, label="the target takes it"),
    )
