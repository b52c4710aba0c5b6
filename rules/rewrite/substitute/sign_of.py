"""Sign."""

from __future__ import annotations

from linter.rules import Match, Refusal, RewriteRule, Rewritten, Safety, Untouched, op, var
from rules.rewrite.support.terms import FLOATS, INTEGERS, other_dtype

__all__ = ["SignOf"]

BEFORE = """
x = Placeholder : float32[2,3]
y = Sign(x)
"""

AFTER = """
x = Placeholder : float32[2,3]
y/zero = Const : float32[] = 0.0
y/Greater = Greater(x, y/zero)
y/Greater_1 = Greater(y/zero, x)
y/Cast = Cast(y/Greater) {DstT=float32}
y/Cast_1 = Cast(y/Greater_1) {DstT=float32}
y = Sub(y/Cast, y/Cast_1)
"""


class SignOf(RewriteRule):
    """Replace ``Sign(x)`` by ``Cast(x > 0) - Cast(0 > x)``.

    Tolerance: equal for all numbers, integers too; NaN gives 0 where Sign gives NaN.
    Shapes: T[...] in and out.
    Source: TensorFlow op docs of Sign, Greater and Cast.
    """

    id, name, safety = "RWS045", "sign-of", Safety.TOLERANCE
    rtol, atol = 1e-7, 0.0
    pattern = op("Sign", var("x"))
    replacement = """
    zero = Const : $root.dtype[] = 0
    Greater = Greater($x, zero)
    Greater_1 = Greater(zero, $x)
    Cast = Cast(Greater) {DstT=$root.dtype}
    Cast_1 = Cast(Greater_1) {DstT=$root.dtype}
    Sub = Sub(Cast, Cast_1)
    """
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=("Sign",)),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            BEFORE.replace("float32", "complex64"),
            lacking=("Sign",),
            reason="complex64",
            label="complex numbers",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """Numbers of known dtype that have a sign."""
        return other_dtype(m, ("float16", *FLOATS, *INTEGERS))
