"""Max and Min over several axes that are too many for one reduction."""

from __future__ import annotations

from linter.graph.op_families import EXTREMUM_REDUCTIONS
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
    const,
    op,
    var,
)
from rules.rewrite.support.reduction import reduced_axes, reduced_rows

__all__ = ["ExtremumByAxis"]

BEFORE = """
x = Placeholder : float32[2,4,6]
k = Const : int32[2] = [1, 2]
y = Min(x, k)
"""

AFTER = """
x = Placeholder : float32[2,4,6]
y/shape = Const : int32[2] = [8, 6]
y/Reshape = Reshape(x, y/shape)
y/axis = Const : int32[1] = [1]
y/Min = Min(y/Reshape, y/axis) {keep_dims=true}
y/shape_1 = Const : int32[2] = [2, 4]
y/Reshape_1 = Reshape(y/Min, y/shape_1)
y/shape_2 = Const : int32[2] = [2, 4]
y/Reshape_2 = Reshape(y/Reshape_1, y/shape_2)
y/axis_1 = Const : int32[1] = [1]
y/Min_1 = Min(y/Reshape_2, y/axis_1) {keep_dims=true}
y/shape_3 = Const : int32[1] = [2]
y = Reshape(y/Min_1, y/shape_3)
"""

LIMIT = {"limits": {"Min": "rank == 2 and axes == [1] and in_c <= 10"}}


class ExtremumByAxis(RewriteRule):
    """Replace Max and Min over several axes by one reduction after the other, last axis first.

    Exact: the largest of the largest is the largest; Transpose and Reshape move elements.
    Shapes: T[...] of known shape without an axis of size 0.
    Source: TensorFlow op docs of Max and Min; the public operator table of OMG limits the row.
    """

    id, name, safety = "RWS032", "extremum-by-axis", Safety.EXACT
    pattern = op(EXTREMUM_REDUCTIONS, var("x"), const("axes"))
    examples = (
        Rewritten(BEFORE, after=AFTER, given=LIMIT),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(BEFORE.replace("[2,4,6]", "[2,?,6]"), given=LIMIT, label="size unknown"),
        Untouched(
            BEFORE.replace("int32[2] = [1, 2]", "int32[] = 1"),
            lacking=("Min",),
            label="a single axis",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """Shape and axes must be known, and the axes several."""
        shape, axes = m["x"].static_shape, reduced_axes(m)
        known = shape is not None and m.root.static_shape is not None and 0 not in shape
        return None if known and axes is not None and len(axes) > 1 else m.refuse("")

    def build(self, m: Match, edit: GraphEditor) -> Value:
        """The axes reduced one by one, in the shape of the result."""
        shape = list(m["x"].static_shape or ())
        value: Value | BoundValue = m["x"]
        for axis in reversed(reduced_axes(m) or ()):
            rows = reduced_rows(edit, m.root.node.op, value, tuple(shape), {axis})
            del shape[axis]
            extents = shape if axis != (reduced_axes(m) or ())[0] else m.root.static_shape or ()
            value = edit.add("Reshape", [rows, edit.const(tuple(extents), "int32", name="shape")])
        assert not isinstance(value, BoundValue)
        return value
