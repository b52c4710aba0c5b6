"""ApproximateEqual."""

from __future__ import annotations

from linter.rules import Match, Refusal, RewriteRule, Rewritten, Safety, Untouched, op, var
from rules.rewrite.support.terms import other_dtype

__all__ = ["ApproximateEqual"]

BEFORE = """
x = Placeholder : float32[2,3]
z = Placeholder : float32[2,3]
y = ApproximateEqual(x, z) {tolerance=0.5}
"""

AFTER = """
x = Placeholder : float32[2,3]
z = Placeholder : float32[2,3]
y/Sub = Sub(x, z)
y/Abs = Abs(y/Sub)
y/number = Const : float32[] = 0.5
y = GreaterEqual(y/number, y/Abs)
"""


class ApproximateEqual(RewriteRule):
    """Replace ``ApproximateEqual(x, z)`` by ``GreaterEqual(tolerance, Abs(x - z))``.

    Exact: the kernel computes the same; its docs say that a distance of just the tolerance is too
        much, and the kernel lets it pass.
    Shapes: both operands have one shape; bool out.
    Source: TensorFlow op docs and kernel of ApproximateEqual, op docs of GreaterEqual and Abs.
    """

    id, name, safety = "RWS128", "approximate-equal", Safety.EXACT
    pattern = op("ApproximateEqual", var("x"), var("z"))
    replacement = """
    Sub = Sub($x, $z)
    Abs = Abs(Sub)
    number = Const : float32[] = $root.attr.tolerance
    GreaterEqual = GreaterEqual(number, Abs)
    """
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=("ApproximateEqual",)),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            BEFORE.replace("float32", "int32"),
            lacking=("ApproximateEqual",),
            reason="int32",
            label="integers",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """The tolerance is a float32."""
        return other_dtype(m, ("float32",), at="x")
