"""EuclideanNorm."""

from __future__ import annotations

from linter.rules import Match, Refusal, RewriteRule, Rewritten, Safety, Untouched, op, var
from rules.rewrite.support.terms import FLOATS, other_dtype

__all__ = ["EuclideanNorm"]

BEFORE = """
x = Placeholder : float32[2,3]
k = Const : int32[1] = [1]
y = EuclideanNorm(x, k) {keep_dims=true}
"""

AFTER = """
x = Placeholder : float32[2,3]
k = Const : int32[1] = 1
y/Square = Square(x)
y/Sum = Sum(y/Square, k) {keep_dims=true}
y = Sqrt(y/Sum)
"""


class EuclideanNorm(RewriteRule):
    """Replace ``EuclideanNorm(x, axes)`` by ``Sqrt(Sum(Square(x), axes))``.

    Tolerance: the kernel may add in another order.
    Shapes: T[...] in, reduced over the axes; keep_dims stays.
    Source: TensorFlow op docs of EuclideanNorm, Sum, Square and Sqrt.
    """

    id, name, safety = "RWS132", "euclidean-norm", Safety.TOLERANCE
    rtol, atol = 1e-5, 1e-6
    pattern = op("EuclideanNorm", var("x"), var("axes"))
    replacement = """
    Square = Square($x)
    Sum = Sum(Square, $axes) {$root.attrs}
    Sqrt = Sqrt(Sum)
    """
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=("EuclideanNorm",)),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            BEFORE.replace("float32", "int32"),
            lacking=("EuclideanNorm",),
            reason="int32",
            label="integers",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """Single or double precision."""
        return other_dtype(m, FLOATS)
