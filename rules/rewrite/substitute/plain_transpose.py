"""Transpose of a dtype that has no conjugate."""

from __future__ import annotations

from linter.rules import Match, Refusal, RewriteRule, Rewritten, Safety, Untouched, op, var

__all__ = ["PlainTranspose"]

BEFORE = """
x = Placeholder : float32[2,3]
p = Const : int32[2] = [1, 0]
y = ConjugateTranspose(x, p)
"""

AFTER = """
x = Placeholder : float32[2,3]
p = Const : int32[2] = [1, 0]
y = Transpose(x, p)
"""

LACKING = ("ConjugateTranspose",)


class PlainTranspose(RewriteRule):
    """Replace ConjugateTranspose of real numbers by Transpose.

    Exact: a real number is its own conjugate.
    Shapes: T[...] of any rank; T is not complex.
    Source: TensorFlow op docs of ConjugateTranspose.
    """

    id, name, safety = "RWS176", "plain-transpose", Safety.EXACT
    pattern = op("ConjugateTranspose", var("x"), var("perm"))
    replacement = "Transpose = Transpose($x, $perm)"
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=LACKING),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            BEFORE.replace("float32", "complex64"),
            lacking=LACKING,
            reason="complex64",
            label="complex numbers",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """Real numbers only."""
        dtype = m.root.dtype
        if dtype is None or dtype.startswith("complex"):
            return m.refuse(f"its dtype is {dtype or 'unknown'}")
        return None
