"""Pow with a constant exponent."""

from __future__ import annotations

import math

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
    const,
    op,
    var,
)
from rules.rewrite.support.terms import FLOATS, INTEGERS, Terms, computed, other_dtype

__all__ = ["ConstantPower"]

BEFORE = """
x = Placeholder : float32[2,3]
e = Const : float32[] = 3.0
y = Pow(x, e)
"""

AFTER = """
x = Placeholder : float32[2,3]
y/Mul = Mul(x, x)
y = Mul(y/Mul, x)
"""

ROOT = """
x = Placeholder : float32[2,3]
a = Abs(x)
e = Const : float32[] = -0.5
y = Pow(a, e)
"""

ROOT_AFTER = """
x = Placeholder : float32[2,3]
a = Abs(x)
y = Rsqrt(a)
"""

_LARGEST = 16


class ConstantPower(RewriteRule):
    """Replace ``Pow(x, c)`` by Sqrt, Rsqrt, Reciprocal, Square or a few products.

    Tolerance: each operation rounds where Pow rounds once.
    Shapes: T[...] in and out; c is one number: a whole one up to 16, or 0.5, or minus such a one.
    Source: TensorFlow op docs of Pow, Sqrt, Rsqrt, Reciprocal and Square; IEEE 754.
    """

    id, name, safety = "RWS123", "constant-power", Safety.TOLERANCE
    rtol, atol = 2e-6, 0.0
    variants = (0, 1)
    pattern = op("Pow", var("x"), const("c"))
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=("Pow",)),
        Rewritten(ROOT, after=ROOT_AFTER, lacking=("Pow",), label="a reciprocal root"),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            BEFORE.replace("3.0", "2.2"), lacking=("Pow",), reason="2.2", label="another exponent"
        ),
        Untouched(
            BEFORE.replace("3.0", "inf"), lacking=("Pow",), reason="inf", label="without end"
        ),
        Untouched(
            BEFORE.replace("float32[] = 3.0", "float32[3] = [1.0, 2.0, 3.0]"),
            lacking=("Pow",),
            reason="one number",
            label="several exponents",
        ),
        Untouched(
            BEFORE.replace("float32", "float16"),
            lacking=("Pow",),
            reason="float16",
            label="half precision",
        ),
        Untouched(
            BEFORE.replace("float32", "int32").replace("3.0", "-1"),
            lacking=("Pow",),
            reason="-1",
            label="an integer has no reciprocal",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """An exponent that few operations make up."""
        exponent = m["c"].scalar
        if exponent is None or (m["c"].rank or 0) > (m["x"].rank or 0):
            return m.refuse("the exponent is not one number", at="c")
        if not isinstance(exponent, int | float) or not math.isfinite(exponent):
            return m.refuse(f"the exponent is {exponent}", at="c")
        whole = exponent == int(exponent) and 0 < abs(exponent) <= _LARGEST
        if not whole and abs(exponent) != 0.5:
            return m.refuse(f"the exponent is {exponent}", at="c")
        if m.root.dtype in INTEGERS:
            return m.refuse(f"the exponent is {exponent}", at="c") if exponent < 0 else None
        return other_dtype(m, FLOATS)

    def build(self, m: Match, edit: GraphEditor) -> Value:
        """The power of the absolute exponent, or its reciprocal."""
        exponent = float(m["c"].scalar)
        return computed(m, edit, ("x",), lambda terms, x: _power(terms, x, exponent))


def _power(terms: Terms, x: Value | BoundValue, exponent: float) -> Value:
    if exponent in (0.5, -0.5):
        return terms("Sqrt" if exponent > 0 else "Rsqrt", x)
    if exponent < 0:
        return terms("Reciprocal", x if exponent == -1 else _power(terms, x, -exponent))
    if exponent == 1:
        return terms("Identity", x)
    half = x if exponent in (2, 3) else _power(terms, x, exponent // 2)
    square = terms("Mul", half, half)
    return terms("Mul", square, x) if exponent % 2 else square
