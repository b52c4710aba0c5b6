"""Arithmetic of long integers."""

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
from rules.rewrite.support.ranges import INT32, MOVES, integer_bounds

__all__ = ["LongIntegers"]

BEFORE = """
x = Placeholder : float32[2,9]
k = Const : int32[] = 1
a = ArgMax(x, k)
w = Const : int64[] = 100
y = Mul(a, w)
"""

AFTER = """
x = Placeholder : float32[2,9]
k = Const : int32[] = 1
a = ArgMax(x, k)
y/Cast = Cast(a) {DstT=int32}
y/y = Const : int32[] = 100
y/Mul = Mul(y/Cast, y/y)
y = Cast(y/Mul) {DstT=int64}
"""

OPEN = """
x = Placeholder : int64[2]
y = Neg(x)
"""

_ARITHMETIC = (
    "Add",
    "AddV2",
    "Equal",
    "FloorDiv",
    "FloorMod",
    "Greater",
    "GreaterEqual",
    "Less",
    "LessEqual",
    "Maximum",
    "Minimum",
    "Mul",
    "Neg",
    "NotEqual",
    "Size",
    "Sub",
)
LIMIT = {"limits": {"Mul": "T == 'int32'"}}


class LongIntegers(RewriteRule):
    """Compute in int32 what is computed in int64, between two Casts, where int32 holds it all.

    Exact: the bounds of operands and result follow from constants, sizes, positions of an extremum
        and shorter integers.
    Shapes: int64[...] in and out.
    Source: TensorFlow op docs of Cast and of the operations; OMG lists many for int32 only.
    """

    id, name, safety = "RWS144", "long-integers", Safety.EXACT
    pattern = op((*_ARITHMETIC, *MOVES))
    examples = (
        Rewritten(BEFORE, after=AFTER, given=LIMIT),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            BEFORE.replace("100", "1000000000"),
            given=LIMIT,
            reason="8000000000",
            label="the product is too long",
        ),
        Untouched(OPEN, lacking=("Neg",), reason="any integer", label="nothing is known of it"),
        Untouched(OPEN.replace("int64", "float32"), lacking=("Neg",), label="no integer"),
    )

    def guard(self, m: Match) -> Refusal | None:
        """Every long integer in and out must be known to be short."""
        ports = [m.root.output(port) for port in m.used_outputs()]
        values = [value for value in (*m.root.inputs, *ports) if value.dtype == "int64"]
        if not values:
            return m.refuse("")
        for value in values:
            bounds = integer_bounds(value)
            if bounds is None:
                return m.refuse(f"{value} may be any integer")
            if bounds[0] < INT32[0] or bounds[1] > INT32[1]:
                return m.refuse(f"{value} may be {bounds[0]} to {bounds[1]}")
        return None

    def build(self, m: Match, edit: GraphEditor) -> tuple[Value, ...]:
        """The node in int32, its results as they were."""
        return in_other_dtype(m, edit, "int64", "int32")
