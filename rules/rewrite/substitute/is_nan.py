"""IsNan."""

from __future__ import annotations

from linter.rules import RewriteRule, Rewritten, Safety, Untouched, op, var

__all__ = ["IsNan"]

BEFORE = """
x = Placeholder : float32[2,3]
y = IsNan(x)
"""

AFTER = """
x = Placeholder : float32[2,3]
y/Equal = Equal(x, x)
y = LogicalNot(y/Equal)
"""


class IsNan(RewriteRule):
    """Replace ``IsNan(x)`` by ``LogicalNot(Equal(x, x))``.

    Exact: NaN alone does not equal itself.
    Shapes: float32[...] in, bool[...] out.
    Source: TensorFlow op docs of IsNan and Equal.
    """

    id, name, safety = "RWS047", "is-nan", Safety.EXACT
    pattern = op("IsNan", var("x"))
    replacement = """
    Equal = Equal($x, $x)
    LogicalNot = LogicalNot(Equal)
    """
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=("IsNan",)),
        Untouched(BEFORE, label="the target takes it"),
    )
