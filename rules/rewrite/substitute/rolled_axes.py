"""Roll by constants."""

from __future__ import annotations

from linter.infer.axes import axes_in, axis_in
from linter.rules import (
    BoundValue,
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

__all__ = ["RolledAxes"]

BEFORE = """
x = Placeholder : float32[2,5]
s = Const : int32[] = -3
k = Const : int32[] = 1
y = Roll(x, s, k)
"""

AFTER = """
x = Placeholder : float32[2,5]
y/begin = Const : int32[2] = [0, 3]
y/size = Const : int32[2] = 2
y/Slice = Slice(x, y/begin, y/size)
y/begin_1 = Const : int32[2] = 0
y/size_1 = Const : int32[2] = [2, 3]
y/Slice_1 = Slice(x, y/begin_1, y/size_1)
y/axis = Const : int32[] = 1
y = ConcatV2(y/Slice, y/Slice_1, y/axis)
"""

STILL = """
x = Placeholder : float32[2,5]
s = Const : int32[2] = [7, -7]
k = Const : int32[2] = [1, -1]
r = Roll(x, s, k)
y = Neg(r)
"""

STILL_AFTER = """
x = Placeholder : float32[2,5]
y = Neg(x)
"""

LACKING = ("Roll",)


class RolledAxes(RewriteRule):
    """Replace Roll by two slices for each axis that moves, in the other order.

    Exact: elements are moved only; shifts along one axis add up.
    Shapes: T[...] of known shape; shifts and axes are constant.
    Source: TensorFlow op docs of Roll: element i goes to i + shift, around the end.
    """

    id, name, safety = "RWS184", "rolled-axes", Safety.EXACT
    pattern = op("Roll", var("x"), var("shift"), var("axis"))
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=LACKING, label="one axis"),
        Rewritten(STILL, after=STILL_AFTER, lacking=LACKING, label="nothing moves"),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            BEFORE.replace("[2,5]", "[2,?]"), lacking=LACKING, reason="shape", label="size unknown"
        ),
        Untouched(
            BEFORE.replace("s = Const : int32[] = -3", "s = Placeholder : int32[]"),
            lacking=LACKING,
            reason="shifts",
            label="shift is data",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """Known shape, constant shifts."""
        shape, axes = m["x"].static_shape, m["axis"].elements
        if shape is None:
            return m.refuse("its shape is not known", at="x")
        if m["shift"].elements is None or axes is None:
            return m.refuse("its shifts or axes are not constant")
        if axes_in(map(int, axes), len(shape)) is None:
            return m.refuse("one of its axes lies outside the shape")
        return None

    def build(self, m: Match, edit: GraphEditor) -> Value | BoundValue:
        """The tail in front of the head, axis by axis."""
        shape = m["x"].static_shape or ()
        moves = dict.fromkeys(range(len(shape)), 0)
        for shift, axis in zip(m["shift"].elements or (), m["axis"].elements or (), strict=True):
            place = axis_in(int(axis), len(shape))
            assert place is not None  # the guard has looked
            moves[place] += int(shift)
        value: Value | BoundValue = m["x"]
        for axis, shift in moves.items():
            if shape[axis] and shift % shape[axis]:
                value = _rolled(edit, value, shape, axis, shift % shape[axis])
        return value


def _rolled(
    edit: GraphEditor, value: Value | BoundValue, shape: tuple[int, ...], axis: int, shift: int
) -> Value:
    """``value`` with its last ``shift`` places along ``axis`` moved to the front."""
    head = shape[axis] - shift
    parts = []
    for begin, size in ((head, shift), (0, head)):
        begins = tuple(begin if a == axis else 0 for a in range(len(shape)))
        sizes = tuple(size if a == axis else extent for a, extent in enumerate(shape))
        first = edit.const(begins, "int32", name="begin")
        parts.append(edit.add("Slice", [value, first, edit.const(sizes, "int32", name="size")]))
    return edit.add("ConcatV2", [*parts, edit.const(axis, "int32", name="axis")])
