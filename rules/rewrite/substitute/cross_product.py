"""Cross."""

from __future__ import annotations

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
from rules.rewrite.support.terms import FLOATS, INTEGERS, other_dtype

__all__ = ["CrossProduct"]

BEFORE = """
x = Placeholder : float32[2,3]
z = Placeholder : float32[2,3]
y = Cross(x, z)
"""

AFTER = """
x = Placeholder : float32[2,3]
z = Placeholder : float32[2,3]
y/axis = Const : int32[] = 1
y/left = Const : int32[3] = [1, 2, 0]
y/right = Const : int32[3] = [2, 0, 1]
y/GatherV2 = GatherV2(x, y/left, y/axis)
y/GatherV2_1 = GatherV2(z, y/right, y/axis)
y/GatherV2_2 = GatherV2(x, y/right, y/axis)
y/GatherV2_3 = GatherV2(z, y/left, y/axis)
y/Mul = Mul(y/GatherV2, y/GatherV2_1)
y/Mul_1 = Mul(y/GatherV2_2, y/GatherV2_3)
y = Sub(y/Mul, y/Mul_1)
"""


class CrossProduct(RewriteRule):
    """Replace ``Cross(x, z)`` by two products of their turned elements.

    Tolerance: the kernel may keep the products unrounded before it subtracts.
    Shapes: T[..., 3] in and out.
    Source: TensorFlow op docs of Cross and GatherV2; the definition of the cross product.
    """

    id, name, safety = "RWS139", "cross-product", Safety.TOLERANCE
    rtol, atol = 1e-5, 1e-6
    pattern = op("Cross", var("x"), var("z"))
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=("Cross",)),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            BEFORE.replace("[2,3]", "[...]"),
            lacking=("Cross",),
            reason="rank",
            label="rank unknown",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """The number of the last axis must be known."""
        if m["x"].rank is None:
            return m.refuse("its rank is not known", at="x")
        return other_dtype(m, (*FLOATS, *INTEGERS))

    def build(self, m: Match, edit: GraphEditor) -> Value:
        """The difference of the products."""
        axis = edit.const((m["x"].rank or 1) - 1, "int32", name="axis")
        left = edit.const((1, 2, 0), "int32", name="left")
        right = edit.const((2, 0, 1), "int32", name="right")
        turned = [
            edit.add("GatherV2", [value, indices, axis])
            for value, indices in ((m["x"], left), (m["z"], right), (m["x"], right), (m["z"], left))
        ]
        return edit.add("Sub", [edit.add("Mul", turned[:2]), edit.add("Mul", turned[2:])])
