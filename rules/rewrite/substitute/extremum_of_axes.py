"""Max and Min over axes that the target does not reduce."""

from __future__ import annotations

from linter.graph.op_families import EXTREMUM_REDUCTIONS
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
from rules.rewrite.support.reduction import reduced_axes, reduced_rows

__all__ = ["ExtremumOfAxes"]

BEFORE = """
x = Placeholder : float32[2,5,3]
k = Const : int32[] = 1
y = Max(x, k)
"""

AFTER = """
x = Placeholder : float32[2,5,3]
y/perm = Const : int32[3] = [0, 2, 1]
y/Transpose = Transpose(x, y/perm)
y/shape = Const : int32[2] = [6, 5]
y/Reshape = Reshape(y/Transpose, y/shape)
y/axis = Const : int32[1] = [1]
y/Max = Max(y/Reshape, y/axis) {keep_dims=true}
y/shape_1 = Const : int32[2] = [2, 3]
y = Reshape(y/Max, y/shape_1)
"""

LIMIT = {"limits": {"Max": "rank == 2 and axes == [1] and keep_dims is True"}}


class ExtremumOfAxes(RewriteRule):
    """Replace Max and Min by the same over the rows of a matrix that holds what is reduced.

    Exact: the largest element does not depend on the order; Transpose and Reshape move elements.
    Shapes: T[...] of known shape without an axis of size 0.
    Source: TensorFlow op docs of Max and Min; the public operator table of OMG takes few axes.
    """

    id, name, safety = "RWS031", "extremum-of-axes", Safety.EXACT
    pattern = op(EXTREMUM_REDUCTIONS, var("x"), const("axes"))
    examples = (
        Rewritten(BEFORE, after=AFTER, given=LIMIT),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            BEFORE.replace("[2,5,3]", "[2,?,3]"), given=LIMIT, reason="shape", label="size unknown"
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """Shape and axes must be known."""
        shape = m["x"].static_shape
        if shape is None or m.root.static_shape is None or 0 in shape:
            return m.refuse("its shape is not known, or empty", at="x")
        return None if reduced_axes(m) else m.refuse("it reduces no axis", at="axes")

    def build(self, m: Match, edit: GraphEditor) -> Value:
        """The rows reduced, in the shape of the result."""
        axes = set(reduced_axes(m) or ())
        rows = reduced_rows(edit, m.root.node.op, m["x"], m["x"].static_shape or (), axes)
        shape = m.root.static_shape or ()
        return edit.add("Reshape", [rows, edit.const(shape, "int32", name="shape")])
