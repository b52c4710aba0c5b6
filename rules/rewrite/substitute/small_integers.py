"""Arithmetic of small integers."""

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
)
from rules.rewrite.support.narrowing import in_other_dtype

__all__ = ["SmallIntegers"]

BEFORE = """
x = Placeholder : uint8[4]
z = Placeholder : uint8[4]
y = Add(x, z)
"""

AFTER = """
x = Placeholder : uint8[4]
z = Placeholder : uint8[4]
y/Cast = Cast(x) {DstT=int32}
y/Cast_1 = Cast(z) {DstT=int32}
y/Add = Add(y/Cast, y/Cast_1)
y = Cast(y/Add) {DstT=uint8}
"""

_SMALL = ("int8", "uint8", "int16", "uint16")
_WRAPPING = (
    "Abs",
    "Add",
    "AddV2",
    "Equal",
    "FloorMod",
    "Greater",
    "GreaterEqual",
    "Less",
    "LessEqual",
    "Max",
    "Maximum",
    "Min",
    "Minimum",
    "Mul",
    "Neg",
    "NotEqual",
    "Relu",
    "Square",
    "SquaredDifference",
    "Sub",
    "Sum",
)
LIMIT = {"limits": {"Add": "T == 'int32'"}}


class SmallIntegers(RewriteRule):
    """Compute in int32 what is computed with integers of 8 or 16 bits, between two Casts.

    Exact: what overflows wraps around, in the operation or in the Cast back.
    Shapes: int8, uint8, int16 or uint16[...] in and out.
    Source: TensorFlow op docs of Cast; two's complement.
    """

    id, name, safety = "RWS142", "small-integers", Safety.EXACT
    pattern = op(_WRAPPING)
    examples = (
        Rewritten(BEFORE, after=AFTER, given=LIMIT),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(BEFORE.replace("uint8", "int64"), given=LIMIT, label="long integers"),
    )

    def guard(self, m: Match) -> Refusal | None:
        """Integers that int32 holds."""
        return None if m.root.inputs[0].dtype in _SMALL else m.refuse("")

    def build(self, m: Match, edit: GraphEditor) -> tuple[Value, ...]:
        """The node in int32, its results as they were."""
        return in_other_dtype(m, edit, str(m.root.inputs[0].dtype), "int32")
