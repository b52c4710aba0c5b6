"""IsInf."""

from __future__ import annotations

import math

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
from rules.rewrite.support.terms import FLOATS, Terms, other_dtype

__all__ = ["IsInf"]

BEFORE = """
x = Placeholder : float32[4]
y = IsInf(x)
"""

AFTER = """
x = Placeholder : float32[4]
y/Abs = Abs(x)
y/number = Const : float32[] = inf
y = Equal(y/Abs, y/number)
"""


class IsInf(RewriteRule):
    """Replace ``IsInf(x)`` by ``Equal(Abs(x), infinity)``, or by comparisons with both infinities.

    Exact: infinity equals nothing but itself, and NaN nothing at all.
    Shapes: T[...] in, bool[...] out.
    Source: TensorFlow op docs of IsInf, Equal, Abs and LogicalOr; IEEE 754.
    """

    id, name, safety = "RWS134", "is-inf", Safety.EXACT
    variants = (0, 1)
    pattern = op("IsInf", var("x"))
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=("IsInf",)),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            BEFORE.replace("Placeholder : float32[4]", "Unheard() {U=float32}"),
            lacking=("IsInf",),
            reason="unknown",
            label="dtype unknown",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """Floating point of known dtype."""
        return other_dtype(m, ("float16", *FLOATS), at="x")

    def build(self, m: Match, edit: GraphEditor) -> Value:
        """The comparison with infinity, on one side or on both."""
        terms = Terms(edit, str(m["x"].dtype))
        if m.variant == 0:
            return terms("Equal", terms("Abs", m["x"]), math.inf)
        sides = (terms("Equal", m["x"], math.inf), terms("Equal", m["x"], -math.inf))
        return terms("LogicalOr", *sides)
