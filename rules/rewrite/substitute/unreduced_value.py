"""Reductions over no axis, or over axes of size 1 only."""

from __future__ import annotations

from linter.infer.axes import axes_in
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

__all__ = ["UnreducedValue"]

BEFORE = """
x = Placeholder : float32[]
k = Const : int32[0] = []
m = Max(x, k)
y = Neg(m)
"""

AFTER = """
x = Placeholder : float32[]
y = Neg(x)
"""

SINGLE = """
x = Placeholder : int64[2,1,3]
k = Const : int32[1] = [-2]
y = Prod(x, k)
"""

SINGLE_AFTER = """
x = Placeholder : int64[2,1,3]
y/shape = Const : int32[2] = [2, 3]
y = Reshape(x, y/shape)
"""

LACKING = ("Max", "Prod")


class UnreducedValue(RewriteRule):
    """Replace a reduction over no element but one by a Reshape, or by its input.

    Exact: the largest, smallest, sum, product, mean, and, or of one element is that element.
    Shapes: T[...] of known shape; every reduced axis has size 1.
    Source: TensorFlow op docs of the reductions.
    """

    id, name, safety = "RWS179", "unreduced-value", Safety.EXACT
    pattern = op(("All", "Any", "Max", "Mean", "Min", "Prod", "Sum"), var("x"), var("axes"))
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=LACKING, label="no axis"),
        Rewritten(SINGLE, after=SINGLE_AFTER, lacking=LACKING, label="an axis of size 1"),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            SINGLE.replace("[2,1,3]", "[2,?,3]"),
            lacking=LACKING,
            reason="shape",
            label="size unknown",
        ),
        Untouched(
            SINGLE.replace("Const : int32[1] = [-2]", "Placeholder : int32[1]"),
            lacking=LACKING,
            reason="axes",
            label="axes are data",
        ),
        Untouched(SINGLE.replace("[2,1,3]", "[2,4,3]"), lacking=LACKING, label="it reduces"),
    )

    def guard(self, m: Match) -> Refusal | None:
        """Every reduced axis has size 1."""
        shape, axes = m["x"].static_shape, m["axes"].elements
        if axes is None:
            return m.refuse("its axes are not constant", at="axes")
        if shape is None or m.root.static_shape is None:
            return m.refuse("its shape is not known", at="x")
        reduced = axes_in(map(int, axes), len(shape))
        if reduced is None or any(shape[axis] != 1 for axis in reduced):
            return m.refuse("")
        return None

    def build(self, m: Match, edit: GraphEditor) -> Value | BoundValue:
        """The input in the shape of the result."""
        had, shape = m["x"].static_shape or (), m.root.static_shape or ()
        value = reshaped(edit, m["x"], had, shape)
        return m["x"] if value is m["x"] else value
