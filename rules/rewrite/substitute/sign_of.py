"""Sign."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.graph import DType
from linter.results.finding import Safety
from linter.rules import RewriteRule
from linter.rules.examples import Rewritten, Untouched
from linter.rules.match import op, var
from rules.rewrite.support.terms import FLOATS, INTEGERS, other_dtype

if TYPE_CHECKING:
    from linter.graph import Value
    from linter.rules.edit import GraphEditor
    from linter.rules.match import Match, Refusal

__all__ = ["SignOf"]

BEFORE = """
x = Placeholder : float32[2,3]
y = Sign(x)
"""

AFTER = """
x = Placeholder : float32[2,3]
y/zero = Const : float32[] = 0.0
y/Greater = Greater(x, y/zero)
y/Greater_1 = Greater(y/zero, x)
y/Cast = Cast(y/Greater) {DstT=float32}
y/Cast_1 = Cast(y/Greater_1) {DstT=float32}
y = Sub(y/Cast, y/Cast_1)
"""


class SignOf(RewriteRule):
    """Replace ``Sign(x)`` by ``Cast(x > 0) - Cast(0 > x)``.

    Tolerance: equal for all numbers, integers too; NaN gives 0 where Sign gives NaN.
    Shapes: T[...] in and out.
    Source: TensorFlow op docs of Sign, Greater and Cast.
    """

    id, name, safety = "RWS045", "sign-of", Safety.TOLERANCE
    rtol, atol = 1e-7, 0.0
    pattern = op("Sign", var("x"))
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=("Sign",)),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            BEFORE.replace("float32", "complex64"),
            lacking=("Sign",),
            reason="complex64",
            label="complex numbers",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """Numbers of known dtype that have a sign."""
        return other_dtype(m, ("float16", *FLOATS, *INTEGERS))

    def build(self, m: Match, edit: GraphEditor) -> Value:
        """The difference of two masks."""
        dtype = str(m.root.dtype)
        zero = edit.const(0.0 if dtype.startswith("float") else 0, dtype, name="zero")
        sides = [edit.add("Greater", [m["x"], zero]), edit.add("Greater", [zero, m["x"]])]
        masks = [edit.add("Cast", [side], {"DstT": DType(dtype)}) for side in sides]
        return edit.add("Sub", masks)
