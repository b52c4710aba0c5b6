"""IsFinite."""

from __future__ import annotations

from linter.rules import Match, Refusal, RewriteRule, Rewritten, Safety, Untouched, op, var

__all__ = ["IsFinite"]

BEFORE = """
x = Placeholder : float32[2,3]
y = IsFinite(x)
"""

AFTER = """
x = Placeholder : float32[2,3]
y/Sub = Sub(x, x)
y/zero = Const : float32[] = 0.0
y = Equal(y/Sub, y/zero)
"""


class IsFinite(RewriteRule):
    """Replace ``IsFinite(x)`` by ``Equal(x - x, 0)``.

    Exact: the difference is 0 for every finite number and NaN for all others.
    Shapes: float32[...] in, bool[...] out.
    Source: TensorFlow op docs of IsFinite, Sub and Equal; IEEE 754.
    """

    id, name, safety = "RWS056", "is-finite", Safety.EXACT
    pattern = op("IsFinite", var("x"))
    replacement = """
    Sub = Sub($x, $x)
    zero = Const : $x.dtype[] = 0.0
    Equal = Equal(Sub, zero)
    """
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=("IsFinite",)),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            "x = Unheard\ny = IsFinite(x)",
            lacking=("IsFinite",),
            reason="dtype",
            label="dtype unknown",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """The dtype must be known."""
        return m.refuse("its dtype is unknown", at="x") if m["x"].dtype is None else None
