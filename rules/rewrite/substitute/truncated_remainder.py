"""Remainders with the sign of the dividend."""

from __future__ import annotations

from linter.rules import (
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
from rules.rewrite.support.terms import FLOATS, INTEGERS, Terms, other_dtype, toward_zero

__all__ = ["TruncatedRemainder"]

BEFORE = """
x = Placeholder : float32[2,3]
z = Const : float32[] = 0.75
y = Mod(x, z)
"""

AFTER = """
x = Placeholder : float32[2,3]
z = Const : float32[] = 0.75
y/Abs = Abs(x)
y/Abs_1 = Abs(z)
y/FloorMod = FloorMod(y/Abs, y/Abs_1)
y/number = Const : float32[] = 0.0
y/Greater = Greater(y/number, x)
y/Cast = Cast(y/Greater) {DstT=float32}
y/number_1 = Const : float32[] = 2.0
y/Mul = Mul(y/Cast, y/number_1)
y/number_2 = Const : float32[] = 1.0
y/Sub = Sub(y/number_2, y/Mul)
y = Mul(y/FloorMod, y/Sub)
"""

WHOLE = """
x = Placeholder : int32[2,3]
z = Const : int32[] = 7
y = TruncateMod(x, z)
"""

WHOLE_AFTER = """
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
y/Add = Add(y/FloorDiv, y/Maximum)
y/Mul_1 = Mul(y/Add, z)
y = Sub(x, y/Mul_1)
"""


class TruncatedRemainder(RewriteRule):
    """Replace Mod and TruncateMod by FloorMod of the absolute values with the sign of x.

    Tolerance: of two positive numbers both remainders are the same; the product with the sign may
        lose a denormal number. Integers, which may have no absolute value, use ``x - z * q`` with
        the quotient cut off.
    Shapes: the operands broadcast alike.
    Source: TensorFlow op docs of Mod, TruncateMod, FloorMod and FloorDiv.
    """

    id, name, safety = "RWS130", "truncated-remainder", Safety.TOLERANCE
    rtol, atol = 1e-7, 1e-37
    pattern = op(("Mod", "TruncateMod"), var("x"), var("z"))
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=("Mod",)),
        Rewritten(WHOLE, after=WHOLE_AFTER, lacking=("TruncateMod",), label="integers"),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            WHOLE.replace("int32", "uint8"),
            lacking=("TruncateMod",),
            reason="uint8",
            label="without a sign",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """Floating point or signed integers."""
        return other_dtype(m, ("float16", *FLOATS, *INTEGERS))

    def build(self, m: Match, edit: GraphEditor) -> Value:
        """The remainder of the absolute values, or what the quotient leaves."""
        terms = Terms(edit, str(m.root.dtype))
        if m.root.dtype in INTEGERS:
            quotient = toward_zero(terms, m["x"], m["z"])
            return terms("Sub", m["x"], terms("Mul", quotient, m["z"]))
        rest = terms("FloorMod", terms("Abs", m["x"]), terms("Abs", m["z"]))
        minus = terms.mask(terms("Greater", 0.0, m["x"]))
        return terms("Mul", rest, terms("Sub", 1.0, terms("Mul", minus, 2.0)))
