"""Quotients that are cut off."""

from __future__ import annotations

from linter.rules import Match, Refusal, RewriteRule, Rewritten, Safety, Untouched, op, var
from rules.rewrite.support.terms import INTEGERS, other_dtype

__all__ = ["TruncatedQuotient"]

BEFORE = """
x = Placeholder : int32[2,3]
z = Const : int32[] = 7
y = TruncateDiv(x, z)
"""

AFTER = """
x = Placeholder : int32[2,3]
z = Const : int32[] = 7
y/FloorDiv = FloorDiv(x, z)
y/number = Const : int32[] = 0
y/Greater = Greater(y/number, y/FloorDiv)
y/Cast = Cast(y/Greater) {DstT=int32}
y/Mul = Mul(y/FloorDiv, z)
y/Equal = Equal(y/Mul, x)
y/Cast_1 = Cast(y/Equal) {DstT=int32}
y/Sub = Sub(y/Cast, y/Cast_1)
y/Maximum = Maximum(y/Sub, y/number)
y = Add(y/FloorDiv, y/Maximum)
"""


class TruncatedQuotient(RewriteRule):
    """Replace ``TruncateDiv(x, z)`` by FloorDiv, plus 1 where that is below 0 and inexact.

    Exact: the two quotients differ exactly there; Div of integers is TruncateDiv.
    Shapes: the operands broadcast alike.
    Source: TensorFlow op docs of TruncateDiv, Div and FloorDiv.
    """

    id, name, safety = "RWS129", "truncated-quotient", Safety.EXACT
    pattern = op(("TruncateDiv", "Div"), var("x"), var("z"))
    replacement = """
    FloorDiv = FloorDiv($x, $z)
    number = Const : $root.dtype[] = 0
    Greater = Greater(number, FloorDiv)
    Cast = Cast(Greater) {DstT=$root.dtype}
    Mul = Mul(FloorDiv, $z)
    Equal = Equal(Mul, $x)
    Cast_1 = Cast(Equal) {DstT=$root.dtype}
    Sub = Sub(Cast, Cast_1)
    Maximum = Maximum(Sub, number)
    Add = Add(FloorDiv, Maximum)
    """
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=("TruncateDiv",)),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            BEFORE.replace("TruncateDiv", "Div").replace("int32", "float32"),
            lacking=("Div",),
            reason="float32",
            label="numbers with a fraction",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """Signed integers."""
        return other_dtype(m, INTEGERS)
