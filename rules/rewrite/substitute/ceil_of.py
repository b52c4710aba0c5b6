"""Ceil."""

from __future__ import annotations

from linter.rules import Match, Refusal, RewriteRule, Rewritten, Safety, Untouched, op, var

__all__ = ["CeilOf"]

BEFORE = """
x = Placeholder : float32[2,3]
y = Ceil(x)
"""

AFTER = """
x = Placeholder : float32[2,3]
y/one = Const : float32[] = 1.0
y/Neg = Neg(x)
y/FloorDiv = FloorDiv(y/Neg, y/one)
y = Neg(y/FloorDiv)
"""


class CeilOf(RewriteRule):
    """Replace ``Ceil(x)`` by ``Neg(FloorDiv(Neg(x), 1))``.

    Exact: ceil(x) = -floor(-x), and x / 1 is x.
    Shapes: T[...] in and out.
    Source: TensorFlow op docs of Ceil and FloorDiv; cwise_ops.h, google_floor_div_real.
    """

    id, name, safety = "RWS038", "ceil-of", Safety.EXACT
    pattern = op("Ceil", var("x"))
    replacement = """
    one = Const : $root.dtype[] = 1.0
    Neg = Neg($x)
    FloorDiv = FloorDiv(Neg, one)
    Neg_1 = Neg(FloorDiv)
    """
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=("Ceil",)),
        Untouched(BEFORE, label="the target takes it"),
        Untouched("x = Unheard\ny = Ceil(x)", lacking=("Ceil",), reason="dtype", label="no dtype"),
    )

    def guard(self, m: Match) -> Refusal | None:
        """The dtype must be known."""
        return m.refuse("its dtype is unknown") if m.root.dtype is None else None
