"""Select by a gather from both operands."""

from __future__ import annotations

from math import prod

from linter.graph.op_families import SELECTS
from linter.rules import (
    BoundValue,
    DType,
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
from rules.rewrite.support.broadcast import tiled
from rules.rewrite.support.rearrangement import NUMBER_LIMIT, reshaped

__all__ = ["GatheredSelect"]

BEFORE = """
c = Placeholder : bool[2,2]
a = Placeholder : float32[2,2]
b = Placeholder : float32[2,2]
y = Select(c, a, b)
"""

AFTER = """
c = Placeholder : bool[2,2]
a = Placeholder : float32[2,2]
b = Placeholder : float32[2,2]
y/Cast = Cast(c) {DstT=int32}
y/axis = Const : int32[] = 0
y/shape = Const : int32[1] = 4
y/Reshape = Reshape(y/Cast, y/shape)
y/jump = Const : int32[] = 4
y/Mul = Mul(y/Reshape, y/jump)
y/places = Const : int32[4] = [0, 1, 2, 3]
y/Add = Add(y/Mul, y/places)
y/shape_1 = Const : int32[1] = 4
y/Reshape_1 = Reshape(b, y/shape_1)
y/shape_2 = Const : int32[1] = 4
y/Reshape_2 = Reshape(a, y/shape_2)
y/ConcatV2 = ConcatV2(y/Reshape_1, y/Reshape_2, y/axis)
y/GatherV2 = GatherV2(y/ConcatV2, y/Add, y/axis)
y/shape_3 = Const : int32[2] = 2
y = Reshape(y/GatherV2, y/shape_3)
"""

SCALAR = BEFORE.replace("bool[2,2]", "bool[]").replace("float32", "int32")

SCALAR_AFTER = """
c = Placeholder : bool[]
a = Placeholder : int32[2,2]
b = Placeholder : int32[2,2]
y/Cast = Cast(c) {DstT=int32}
y/axis = Const : int32[] = 0
y/Pack = Pack(b, a) {axis=0}
y = GatherV2(y/Pack, y/Cast, y/axis)
"""

ROWS = BEFORE.replace("bool[2,2]", "bool[2]")

ROWS_AFTER = """
c = Placeholder : bool[2]
a = Placeholder : float32[2,2]
b = Placeholder : float32[2,2]
y/Cast = Cast(c) {DstT=int32}
y/axis = Const : int32[] = 0
y/jump = Const : int32[] = 2
y/Mul = Mul(y/Cast, y/jump)
y/places = Const : int32[2] = [0, 1]
y/Add = Add(y/Mul, y/places)
y/ConcatV2 = ConcatV2(b, a, y/axis)
y = GatherV2(y/ConcatV2, y/Add, y/axis)
"""

SPREAD = BEFORE.replace("bool[2,2]", "bool[2,1]").replace("Select(", "SelectV2(")

SPREAD_AFTER = """
c = Placeholder : bool[2,1]
a = Placeholder : float32[2,2]
b = Placeholder : float32[2,2]
y/Cast = Cast(c) {DstT=int32}
y/axis = Const : int32[] = 0
y/multiples = Const : int32[2] = [1, 2]
y/Tile = Tile(y/Cast, y/multiples)
y/shape = Const : int32[1] = 4
y/Reshape = Reshape(y/Tile, y/shape)
y/jump = Const : int32[] = 4
y/Mul = Mul(y/Reshape, y/jump)
y/places = Const : int32[4] = [0, 1, 2, 3]
y/Add = Add(y/Mul, y/places)
y/shape_1 = Const : int32[1] = 4
y/Reshape_1 = Reshape(b, y/shape_1)
y/shape_2 = Const : int32[1] = 4
y/Reshape_2 = Reshape(a, y/shape_2)
y/ConcatV2 = ConcatV2(y/Reshape_1, y/Reshape_2, y/axis)
y/GatherV2 = GatherV2(y/ConcatV2, y/Add, y/axis)
y/shape_3 = Const : int32[2] = 2
y = Reshape(y/GatherV2, y/shape_3)
"""


_SMALL = frozenset({"bool", "int8", "uint8", "int16", "uint16"})


class GatheredSelect(RewriteRule):
    """Replace Select by a gather from both operands, at places that the condition moves.

    Exact: element i of the result is element i of the second operand, or element n + i of both
        behind each other; infinite values and NaN that are not selected do not count.
    Shapes: T[...] of known shape; the condition has it too, is a scalar, has an element for each
        row, or broadcasts (SelectV2).
    Source: TensorFlow op docs of Select, SelectV2 and GatherV2.
    """

    id, name, safety = "RWS171", "gathered-select", Safety.EXACT
    variants = (0, 1)
    pattern = op(SELECTS, var("c"), var("a"), var("b"))
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=("Select",), label="elements"),
        Rewritten(SCALAR, after=SCALAR_AFTER, lacking=("Select",), label="one condition"),
        Rewritten(ROWS, after=ROWS_AFTER, lacking=("Select",), label="a condition for each row"),
        Rewritten(SPREAD, after=SPREAD_AFTER, lacking=("SelectV2",), label="broadcast"),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            BEFORE.replace("2,2", "?,2"), lacking=("Select",), reason="shape", label="size unknown"
        ),
        Untouched(
            BEFORE.replace("2,2", "3000,3000"),
            lacking=("Select",),
            reason="9000000 places",
            label="large",
        ),
        Untouched(
            BEFORE.replace("bool[2,2]", "bool[1,2]"),
            lacking=("Select",),
            reason="does not fit",
            label="Select does not broadcast",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """Known shapes and not too many places."""
        shape, condition = m.root.static_shape, m["c"].static_shape
        if shape is None or condition is None or any(m[n].static_shape is None for n in "ab"):
            return m.refuse("its shape, or that of an operand, is not known")
        if m.root.node.op == "Select" and condition not in ((), shape[:1], shape):
            return m.refuse("the condition does not fit the operands")
        if m.root.dtype is None:
            return m.refuse("its dtype is not known")
        count = prod(_spread(m))
        if not 0 < count <= NUMBER_LIMIT or 0 in shape:
            return m.refuse(f"it selects at {count} places, more than {NUMBER_LIMIT} or none")
        return None

    def build(self, m: Match, edit: GraphEditor) -> Value | BoundValue:
        """The gather; of integers and bool by way of int32 when the target wants that."""
        shape = m.root.static_shape or ()
        dtype = str(m.root.dtype)
        through = "int32" if m.variant and dtype in _SMALL else dtype
        both = [_cast(m, edit, m[n], through) for n in "ba"]
        taken = _gather(m, edit, [tiled(edit, value, shape) for value in both])
        return taken if through == dtype else edit.add("Cast", [taken], {"DstT": DType(dtype)})


def _spread(m: Match) -> tuple[int, ...]:
    """The shape that the condition is spread to: none, the rows, or that of the result."""
    condition, shape = m["c"].static_shape or (), m.root.static_shape or ()
    if not condition or (m.root.node.op == "Select" and condition == shape[:1]):
        return condition
    return shape


def _gather(m: Match, edit: GraphEditor, both: list[Value | BoundValue]) -> Value | BoundValue:
    """The operand that the condition names, place by place; the second one comes first."""
    import numpy as np

    shape, spread = m.root.static_shape or (), _spread(m)
    choice = edit.add("Cast", [m["c"]], {"DstT": DType("int32")})
    zero = edit.const(0, "int32", name="axis")
    if not spread:
        stacked = edit.add("Pack", both, {"axis": 0})
        return edit.add("GatherV2", [stacked, choice, zero])
    count = prod(spread)
    whole = tiled(edit, m.context.bind(choice), spread)
    flat = reshaped(edit, whole, spread, (count,))
    jump = edit.add("Mul", [flat, edit.const(count, "int32", name="jump")])
    own = edit.const(np.arange(count, dtype=np.int32), name="places")
    places = edit.add("Add", [jump, own])
    rows = (count, *shape[len(spread) :])
    parts = [reshaped(edit, value, shape, rows) for value in both]
    taken = edit.add("GatherV2", [edit.add("ConcatV2", [*parts, zero]), places, zero])
    return reshaped(edit, taken, rows, shape)


def _cast(m: Match, edit: GraphEditor, value: BoundValue, dtype: str) -> BoundValue:
    if value.dtype == dtype:
        return value
    return m.context.bind(edit.add("Cast", [value], {"DstT": DType(dtype)}))
