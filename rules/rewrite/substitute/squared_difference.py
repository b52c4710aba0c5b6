"""SquaredDifference."""

from __future__ import annotations

from linter.rules import Match, Refusal, RewriteRule, Rewritten, Safety, Untouched, op, var

__all__ = ["SquaredDifference"]

BEFORE = """
x = Placeholder : float32[2,3]
z = Placeholder : float32[2,3]
y = SquaredDifference(x, z)
"""

AFTER = """
x = Placeholder : float32[2,3]
z = Placeholder : float32[2,3]
y/Sub = Sub(x, z)
y = Square(y/Sub)
"""


class SquaredDifference(RewriteRule):
    """Replace ``SquaredDifference(x, z)`` by ``Square(Sub(x, z))``.

    Exact: the kernel subtracts and squares likewise, for real numbers.
    Shapes: the operands broadcast alike.
    Source: TensorFlow op docs of SquaredDifference; cwise_ops.h, scalar_squared_difference_op.
    """

    id, name, safety = "RWS025", "squared-difference", Safety.EXACT
    pattern = op("SquaredDifference", var("x"), var("z"))
    replacement = """
    Sub = Sub($x, $z)
    Square = Square(Sub)
    """
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=("SquaredDifference",)),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            BEFORE.replace("float32", "complex64"),
            lacking=("SquaredDifference",),
            reason="complex",
            label="complex numbers",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """Complex numbers are multiplied with their conjugates."""
        if m.root.dtype is None or m.root.dtype.startswith("complex"):
            return m.refuse("its dtype is unknown or complex")
        return None
