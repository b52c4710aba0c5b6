"""DivNoNan."""

from __future__ import annotations

from linter.rules import Match, Refusal, RewriteRule, Rewritten, Safety, Untouched, op, var

__all__ = ["DivNoNan"]

BEFORE = """
x = Placeholder : float32[2,3]
z = Placeholder : float32[2,3]
y = DivNoNan(x, z)
"""

AFTER = """
x = Placeholder : float32[2,3]
z = Placeholder : float32[2,3]
y/zero = Const : float32[] = 0.0
y/Equal = Equal(z, y/zero)
y/Cast = Cast(y/Equal) {DstT=float32}
y/one = Const : float32[] = 1.0
y/Sub = Sub(y/one, y/Cast)
y/Mul = Mul(x, y/Sub)
y/Add = Add(z, y/Cast)
y = RealDiv(y/Mul, y/Add)
"""


class DivNoNan(RewriteRule):
    """Replace ``DivNoNan(x, z)`` by ``x * nonzero / (z + zero)`` with masks of z.

    Tolerance: the same quotient for finite x; an infinite x over 0 gives NaN in place of 0.
    Shapes: the operands broadcast alike.
    Source: TensorFlow op docs of DivNoNan.
    """

    id, name, safety = "RWS039", "div-no-nan", Safety.TOLERANCE
    rtol, atol = 1e-6, 0.0
    pattern = op("DivNoNan", var("x"), var("z"))
    replacement = """
    zero = Const : $root.dtype[] = 0.0
    Equal = Equal($z, zero)
    Cast = Cast(Equal) {DstT=$root.dtype}
    one = Const : $root.dtype[] = 1.0
    Sub = Sub(one, Cast)
    Mul = Mul($x, Sub)
    Add = Add($z, Cast)
    RealDiv = RealDiv(Mul, Add)
    """
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=("DivNoNan",)),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            BEFORE.replace("float32", "complex64"),
            lacking=("DivNoNan",),
            reason="complex64",
            label="complex numbers",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """Floating point of known dtype."""
        if m.root.dtype not in ("float32", "float64", "float16"):
            return m.refuse(f"its dtype is {m.root.dtype or 'unknown'}")
        return None
