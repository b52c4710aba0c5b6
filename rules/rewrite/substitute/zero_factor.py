"""Xlogy, Xdivy and Xlog1py."""

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

__all__ = ["ZeroFactor"]

BEFORE = """
x = Placeholder : float32[2,3]
z = Placeholder : float32[2,3]
p = Softplus(z)
y = Xlogy(x, p)
"""

AFTER = """
x = Placeholder : float32[2,3]
z = Placeholder : float32[2,3]
p = Softplus(z)
y/number = Const : float32[] = 0.0
y/Equal = Equal(x, y/number)
y/Cast = Cast(y/Equal) {DstT=float32}
y/number_1 = Const : float32[] = 1.0
y/Sub = Sub(y/number_1, y/Cast)
y/Mul = Mul(p, y/Sub)
y/Sub_1 = Sub(y/Sub, y/number_1)
y/Sub_2 = Sub(y/Mul, y/Sub_1)
y/Log = Log(y/Sub_2)
y = Mul(x, y/Log)
"""

QUOTIENT = """
x = Placeholder : float32[2,3]
z = Placeholder : float32[2,3]
y = Xdivy(x, z)
"""

QUOTIENT_AFTER = """
x = Placeholder : float32[2,3]
z = Placeholder : float32[2,3]
y/number = Const : float32[] = 0.0
y/Equal = Equal(x, y/number)
y/Cast = Cast(y/Equal) {DstT=float32}
y/number_1 = Const : float32[] = 1.0
y/Sub = Sub(y/number_1, y/Cast)
y/Mul = Mul(z, y/Sub)
y/Sub_1 = Sub(y/Sub, y/number_1)
y/Sub_2 = Sub(y/Mul, y/Sub_1)
y = RealDiv(x, y/Sub_2)
"""


class ZeroFactor(RewriteRule):
    """Replace Xlogy, Xdivy and Xlog1py by the plain operation with 1 for z where x is 0.

    Tolerance: the same where x is not 0, and 0 where it is; an infinite z under a zero gives NaN.
        Log1p becomes the logarithm of the sum, which loses what small z hold.
    Shapes: the operands broadcast alike.
    Source: TensorFlow op docs of Xlogy, Xdivy, Xlog1py, Equal and Log.
    """

    id, name, safety = "RWS131", "zero-factor", Safety.TOLERANCE
    rtol, atol = 1e-5, 1e-6
    variants = (0, 1)
    pattern = op(("Xlogy", "Xdivy", "Xlog1py"), var("x"), var("z"))
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=("Xlogy",)),
        Rewritten(QUOTIENT, after=QUOTIENT_AFTER, lacking=("Xdivy",), label="a quotient"),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            BEFORE.replace("float32", "float16"),
            lacking=("Xlogy",),
            reason="float16",
            label="half precision",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """Single or double precision."""
        return other_dtype(m, FLOATS)

    def build(self, m: Match, edit: GraphEditor) -> Value:
        """The product or quotient with a harmless operand where x is 0."""
        return computed(m, edit, ("x", "z"), _FORMULAS[m.root.node.op])


def _logarithm(terms: Terms, x: BoundValue, z: Value | BoundValue) -> Value:
    return terms("Mul", x, terms("Log", _shielded(terms, x, z)))


def _quotient(terms: Terms, x: BoundValue, z: BoundValue) -> Value:
    return terms("RealDiv", x, _shielded(terms, x, z))


def _of_sum(terms: Terms, x: BoundValue, z: BoundValue) -> Value:
    return _logarithm(terms, x, terms("Add", z, 1.0))


def _shielded(terms: Terms, x: BoundValue, z: Value | BoundValue) -> Value:
    """``z``, the sign of a zero included, where x is not 0, else 1."""
    kept = terms("Sub", 1.0, terms.mask(terms("Equal", x, 0.0)))
    return terms("Sub", terms("Mul", z, kept), terms("Sub", kept, 1.0))


_FORMULAS = {"Xlogy": _logarithm, "Xdivy": _quotient, "Xlog1py": _of_sum}
