"""ArgMin."""

from __future__ import annotations

from linter.rules import Match, Refusal, RewriteRule, Rewritten, Safety, Untouched, op, var

__all__ = ["ArgMin"]

BEFORE = """
x = Placeholder : float32[2,3]
k = Const : int32[] = 1
y = ArgMin(x, k)
"""

AFTER = """
x = Placeholder : float32[2,3]
k = Const : int32[] = 1
y/Neg = Neg(x)
y = ArgMax(y/Neg, k)
"""


class ArgMin(RewriteRule):
    """Replace ``ArgMin(x, axis)`` by ``ArgMax(Neg(x), axis)``.

    Exact: negation reverses the order of floating-point numbers; the first of equals wins.
    Shapes: float32[...] in, one axis less out.
    Source: TensorFlow op docs of ArgMin and ArgMax.
    """

    id, name, safety = "RWS048", "arg-min", Safety.EXACT
    pattern = op("ArgMin", var("x"), var("axis"))
    replacement = """
    Neg = Neg($x)
    ArgMax = ArgMax(Neg, $axis) {$root.attrs}
    """
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=("ArgMin",)),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            BEFORE.replace("float32", "int8"), lacking=("ArgMin",), reason="int8", label="integers"
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """Negation of integers may overflow."""
        if m["x"].dtype not in ("float32", "float64", "float16"):
            return m.refuse(f"its dtype is {m['x'].dtype or 'unknown'}", at="x")
        return None
