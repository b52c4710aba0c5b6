"""Log1p."""

from __future__ import annotations

from linter.rules import Match, Refusal, RewriteRule, Rewritten, Safety, Untouched, op, var

__all__ = ["LogOnePlus"]

BEFORE = """
x = Placeholder : float32[2,3]
y = Log1p(x)
"""

AFTER = """
x = Placeholder : float32[2,3]
y/one = Const : float32[] = 1.0
y/Add = Add(x, y/one)
y = Log(y/Add)
"""


class LogOnePlus(RewriteRule):
    """Replace ``Log1p(x)`` by ``Log(x + 1)``.

    Tolerance: x + 1 rounds, which loses what small x hold.
    Shapes: T[...] in and out.
    Source: TensorFlow op docs of Log1p and Log.
    """

    id, name, safety = "RWS043", "log-one-plus", Safety.TOLERANCE
    rtol, atol = 1e-5, 1e-6
    pattern = op("Log1p", var("x"))
    replacement = """
    one = Const : $root.dtype[] = 1.0
    Add = Add($x, one)
    Log = Log(Add)
    """
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=("Log1p",)),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            BEFORE.replace("float32", "float16"),
            lacking=("Log1p",),
            reason="float16",
            label="half precision",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """Floating point of known dtype."""
        if m.root.dtype not in ("float32", "float64"):
            return m.refuse(f"its dtype is {m.root.dtype or 'unknown'}")
        return None
