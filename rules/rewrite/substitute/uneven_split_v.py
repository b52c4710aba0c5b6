"""SplitV into pieces of given sizes."""

from __future__ import annotations

from linter.infer.axes import axis_in
from linter.infer.joins import split_sizes
from linter.rules import (
    GraphEditor,
    Match,
    Refusal,
    RewriteRule,
    Rewritten,
    Safety,
    Untouched,
    Value,
    const,
    op,
    var,
)

__all__ = ["UnevenSplitV"]

BEFORE = """
x = Placeholder : float32[2,6]
sizes = Const : int32[2] = {sizes}
axis = Const : int32[] = -1
s = SplitV(x, sizes, axis) {{num_split=2}}
y = Relu(s)
z = Neg(s:1)
"""

AFTER = """
x = Placeholder : float32[2,6]
s/begin = Const : int32[2] = [0, 0]
s/size = Const : int32[2] = [-1, 4]
s/begin_1 = Const : int32[2] = [0, 4]
s/size_1 = Const : int32[2] = [-1, 2]
s/Slice_1 = Slice(x, s/begin_1, s/size_1)
s = Slice(x, s/begin, s/size)
y = Relu(s)
z = Neg(s/Slice_1)
"""


class UnevenSplitV(RewriteRule):
    """Replace SplitV by one Slice for each piece.

    Exact: the pieces are the same slices.
    Shapes: T[...] of known rank, the sizes along one axis given.
    Source: TensorFlow op docs of SplitV and Slice.
    """

    id, name, safety = "RWS015", "uneven-split-v", Safety.EXACT
    pattern = op("SplitV", var("x"), const("sizes"), const("axis"))
    examples = (
        Rewritten(BEFORE.format(sizes="[4, 2]"), after=AFTER, lacking=("SplitV",)),
        Untouched(
            BEFORE.format(sizes="[4, 2]").replace("float32[2,6]", "float32"),
            lacking=("SplitV",),
            reason="rank",
            label="rank unknown",
        ),
        Untouched(
            BEFORE.format(sizes="[4, -1]").replace("[2,6]", "[2,?]"),
            lacking=("SplitV",),
            reason="open",
            label="a size is not known",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """Rank and sizes must be known."""
        if m["x"].rank is None:
            return m.refuse("the rank of the input is unknown", at="x")
        return None if _sizes(m) else m.refuse("a size is open", at="sizes")

    def build(self, m: Match, edit: GraphEditor) -> tuple[Value, ...]:
        """The slices."""
        rank = m["x"].rank or 0
        axis = axis_in(int(m["axis"].scalar), rank)
        assert axis is not None  # the guard has looked
        pieces: list[Value] = []
        start = 0
        for size in _sizes(m) or ():
            begin, extent = [0] * rank, [-1] * rank
            begin[axis], extent[axis] = start, size
            first = edit.const(begin, "int32", name="begin")
            length = edit.const(extent, "int32", name="size")
            pieces.append(edit.add("Slice", [m["x"], first, length]))
            start += size
        return tuple(pieces)


def _sizes(m: Match) -> tuple[int, ...] | None:
    """The sizes with an open one worked out; ``None`` where that or the axis is not known."""
    sizes = [int(size) for size in m["sizes"].elements or ()]
    shape, axis = m["x"].shape, m["axis"].scalar
    if not sizes or shape is None or axis is None:
        return None
    place = axis_in(int(axis), len(shape))
    found = [None] if place is None else split_sizes(sizes, shape[place])
    known = tuple(size for size in found if size is not None)
    return known if len(known) == len(found) else None
