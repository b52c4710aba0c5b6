"""L2Loss."""

from __future__ import annotations

from linter.rules import Match, Refusal, RewriteRule, Rewritten, Safety, Untouched, op, var

__all__ = ["HalfSquaredNorm"]

BEFORE = """
x = Placeholder : float32[2,3]
y = L2Loss(x)
"""

AFTER = """
x = Placeholder : float32[2,3]
y/Square = Square(x)
y/axes = Const : int32[2] = [0, 1]
y/Sum = Sum(y/Square, y/axes)
y/half = Const : float32[] = 0.5
y = Mul(y/Sum, y/half)
"""


class HalfSquaredNorm(RewriteRule):
    """Replace ``L2Loss(x)`` by ``Sum(Square(x)) * 0.5``.

    Tolerance: the kernel may add in another order.
    Shapes: T[...] of known rank in, a scalar out.
    Source: TensorFlow op docs of L2Loss.
    """

    id, name, safety = "RWS058", "half-squared-norm", Safety.TOLERANCE
    rtol, atol = 1e-5, 1e-6
    pattern = op("L2Loss", var("x"))
    replacement = """
    Square = Square($x)
    axes = Const : int32[$x.rank] = $x.axes
    Sum = Sum(Square, axes)
    half = Const : $x.dtype[] = 0.5
    Mul = Mul(Sum, half)
    """
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=("L2Loss",)),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            BEFORE.replace("[2,3]", ""), lacking=("L2Loss",), reason="rank", label="rank unknown"
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """The rank and the dtype must be known."""
        known = m["x"].rank is not None and m["x"].dtype is not None
        return None if known else m.refuse("its rank or dtype is unknown", at="x")
