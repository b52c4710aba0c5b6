"""Abs of integers."""

from __future__ import annotations

from linter.rules import Match, Refusal, RewriteRule, Rewritten, Safety, Untouched, op, var
from rules.rewrite.support.terms import INTEGERS, other_dtype

__all__ = ["IntegerMagnitude"]

BEFORE = """
x = Placeholder : int32[2,3]
y = Abs(x)
"""

AFTER = """
x = Placeholder : int32[2,3]
y/Neg = Neg(x)
y = Maximum(x, y/Neg)
"""


class IntegerMagnitude(RewriteRule):
    """Replace Abs of integers by ``Maximum(x, Neg(x))``.

    Exact: the larger of the two is the magnitude; the least integer, which has none, stays.
    Shapes: T[...] in and out.
    Source: TensorFlow op docs of Abs, Maximum and Neg; two's complement.
    """

    id, name, safety = "RWS143", "integer-magnitude", Safety.EXACT
    pattern = op("Abs", var("x"))
    replacement = """
    Neg = Neg($x)
    Maximum = Maximum($x, Neg)
    """
    examples = (
        Rewritten(BEFORE, after=AFTER, given={"limits": {"Abs": "T == 'float32'"}}),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            BEFORE.replace("int32", "float16"),
            lacking=("Abs",),
            reason="float16",
            label="no integer",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """Signed integers."""
        return other_dtype(m, INTEGERS)
