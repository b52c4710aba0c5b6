"""Expm1."""

from __future__ import annotations

from linter.rules import Match, Refusal, RewriteRule, Rewritten, Safety, Untouched, op, var

__all__ = ["ExpMinusOne"]

BEFORE = """
x = Placeholder : float32[2,3]
y = Expm1(x)
"""

AFTER = """
x = Placeholder : float32[2,3]
y/Exp = Exp(x)
y/one = Const : float32[] = 1.0
y = Sub(y/Exp, y/one)
"""


class ExpMinusOne(RewriteRule):
    """Replace ``Expm1(x)`` by ``Exp(x) - 1``.

    Tolerance: the difference rounds, which loses what small x hold.
    Shapes: T[...] in and out.
    Source: TensorFlow op docs of Expm1 and Exp.
    """

    id, name, safety = "RWS044", "exp-minus-one", Safety.TOLERANCE
    rtol, atol = 1e-5, 1e-6
    pattern = op("Expm1", var("x"))
    replacement = """
    Exp = Exp($x)
    one = Const : $root.dtype[] = 1.0
    Sub = Sub(Exp, one)
    """
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=("Expm1",)),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            BEFORE.replace("float32", "float16"),
            lacking=("Expm1",),
            reason="float16",
            label="half precision",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """Floating point of known dtype."""
        if m.root.dtype not in ("float32", "float64"):
            return m.refuse(f"its dtype is {m.root.dtype or 'unknown'}")
        return None
