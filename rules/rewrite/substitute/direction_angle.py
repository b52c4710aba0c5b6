"""Atan2."""

from __future__ import annotations

from linter.rules import (
    BoundValue,
    GraphEditor,
    Match,
    Refusal,
    RewriteRule,
    Rewritten,
    Safety,
    Untouched,
    Value,
    op,
    var,
)
from rules.rewrite.support.terms import FLOATS, Terms, computed, other_dtype

__all__ = ["DirectionAngle"]

BEFORE = """
x = Placeholder : float32[3,5]
z = Placeholder : float32[3,5]
y = Atan2(x, z)
"""

AFTER = """
x = Placeholder : float32[3,5]
z = Placeholder : float32[3,5]
y/Abs = Abs(x)
y/Abs_1 = Abs(z)
y/Maximum = Maximum(y/Abs, y/Abs_1)
y/number = Const : float32[] = 1e-37
y/Maximum_1 = Maximum(y/Maximum, y/number)
y/Minimum = Minimum(y/Abs, y/Abs_1)
y/RealDiv = RealDiv(y/Minimum, y/Maximum_1)
y/Atan = Atan(y/RealDiv)
y/Greater = Greater(y/Abs, y/Abs_1)
y/Cast = Cast(y/Greater) {DstT=float32}
y/Add = Add(y/Atan, y/Atan)
y/number_1 = Const : float32[] = 1.5707964
y/Sub = Sub(y/number_1, y/Add)
y/Mul = Mul(y/Cast, y/Sub)
y/Add_1 = Add(y/Atan, y/Mul)
y/number_2 = Const : float32[] = 1.0
y/RealDiv_1 = RealDiv(y/number_2, z)
y/number_3 = Const : float32[] = 0.0
y/Greater_1 = Greater(y/number_3, y/RealDiv_1)
y/Cast_1 = Cast(y/Greater_1) {DstT=float32}
y/Add_2 = Add(y/Add_1, y/Add_1)
y/number_4 = Const : float32[] = 3.1415927
y/Sub_1 = Sub(y/number_4, y/Add_2)
y/Mul_1 = Mul(y/Cast_1, y/Sub_1)
y/Add_3 = Add(y/Add_1, y/Mul_1)
y/RealDiv_2 = RealDiv(y/number_2, x)
y/Greater_2 = Greater(y/number_3, y/RealDiv_2)
y/Cast_2 = Cast(y/Greater_2) {DstT=float32}
y/number_5 = Const : float32[] = 2.0
y/Mul_2 = Mul(y/Cast_2, y/number_5)
y/Sub_2 = Sub(y/number_2, y/Mul_2)
y = Mul(y/Add_3, y/Sub_2)
"""

_HALF_TURN = 3.141592653589793


class DirectionAngle(RewriteRule):
    """Replace ``Atan2(y, x)`` by ``Atan`` of the smaller side over the larger, turned into place.

    Tolerance: the quotient and the turns by a quarter and a half round. Signs of zero count, as
        they do in Atan2, by the sign of their reciprocal; an infinite operand gives NaN.
    Shapes: the operands broadcast alike.
    Source: TensorFlow op docs of Atan2 and Atan; the identities of the octants.
    """

    id, name, safety = "RWS122", "direction-angle", Safety.TOLERANCE
    rtol, atol = 1e-5, 1e-6
    variants = (0, 1)
    pattern = op("Atan2", var("y"), var("x"))
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=("Atan2",)),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            BEFORE.replace("float32", "float16"),
            lacking=("Atan2",),
            reason="float16",
            label="half precision",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """Single or double precision."""
        return other_dtype(m, FLOATS)

    def build(self, m: Match, edit: GraphEditor) -> Value:
        """The angle of the octant, turned."""
        return computed(m, edit, ("y", "x"), _angle)


def _angle(terms: Terms, y: BoundValue, x: BoundValue) -> Value:
    rise, run = terms("Abs", y), terms("Abs", x)
    longer = terms("Maximum", terms("Maximum", rise, run), 1e-37)
    angle = terms("Atan", terms("RealDiv", terms("Minimum", rise, run), longer))
    steep = terms.mask(terms("Greater", rise, run))
    angle = _mirrored(terms, angle, steep, _HALF_TURN / 2)
    angle = _mirrored(terms, angle, _negative(terms, x), _HALF_TURN)
    sign = terms("Sub", 1.0, terms("Mul", _negative(terms, y), 2.0))
    return terms("Mul", angle, sign)


def _mirrored(terms: Terms, angle: Value, where: Value, turn: float) -> Value:
    """``turn - angle`` where the mask is 1."""
    other = terms("Sub", turn, terms("Add", angle, angle))
    return terms("Add", angle, terms("Mul", where, other))


def _negative(terms: Terms, value: BoundValue) -> Value:
    """1 where the sign is minus, that of a zero included."""
    return terms.mask(terms("Greater", 0.0, terms("RealDiv", 1.0, value)))
