"""Unpack by slices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.infer.axes import axis_in
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
from rules.rewrite.support.rearrangement import reshaped

if TYPE_CHECKING:
    from collections.abc import Sequence


__all__ = ["UnpackedBySlices"]

BEFORE = """
x = Placeholder : int64[3,2]
u = Unpack(x) {num=2, axis=1}
y = Neg(u)
z = Neg(u:1)
"""
AFTER = """
x = Placeholder : int64[3,2]
u/size = Const : int32[2] = [3, 1]
u/begin = Const : int32[2] = 0
u/Slice = Slice(x, u/begin, u/size)
u/shape = Const : int32[1] = 3
u/begin_1 = Const : int32[2] = [0, 1]
u/Slice_1 = Slice(x, u/begin_1, u/size)
u/shape_1 = Const : int32[1] = 3
u/Reshape_1 = Reshape(u/Slice_1, u/shape_1)
u = Reshape(u/Slice, u/shape)
y = Neg(u)
z = Neg(u/Reshape_1)
"""

LACKING = ("Unpack",)


class UnpackedBySlices(RewriteRule):
    """Replace Unpack by a Slice and a Reshape for every output that is read.

    Exact: elements are moved only.
    Shapes: T[...] of known shape; the axis that is taken apart goes.
    Source: TensorFlow op docs of Unpack.
    """

    id, name, safety = "RWS203", "unpacked-by-slices", Safety.EXACT
    pattern = op("Unpack", var("x"))
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=LACKING),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            BEFORE.replace("[3,2]", "[?,2]"), lacking=LACKING, reason="shape", label="size unknown"
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """A known shape that has the axis."""
        shape = m["x"].static_shape
        if not shape:
            return m.refuse("its shape is not known", at="x")
        if axis_in(int(m.root.attrs["axis"]), len(shape)) is None:
            return m.refuse("its axis lies outside the shape")
        return None

    def build(self, m: Match, edit: GraphEditor) -> Sequence[Value | BoundValue]:
        """One slice each, less the axis."""
        shape = m["x"].static_shape or ()
        axis = axis_in(int(m.root.attrs["axis"]), len(shape))
        assert axis is not None  # the guard has looked
        sizes = tuple(1 if place == axis else size for place, size in enumerate(shape))
        rest = tuple(size for place, size in enumerate(shape) if place != axis)
        size = edit.const(sizes, "int32", name="size")
        results: list[Value | BoundValue] = []
        for number in range(shape[axis]):
            begin = tuple(number if place == axis else 0 for place in range(len(shape)))
            first = edit.const(begin, "int32", name="begin")
            taken = edit.add("Slice", [m["x"], first, size])
            results.append(reshaped(edit, taken, sizes, rest))
        return results
