"""Transpose of more axes than a target takes."""

from __future__ import annotations

from itertools import pairwise
from math import prod

from linter.infer.axes import permutation
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
from rules.rewrite.support.blocks import merged_axes, permuted
from rules.rewrite.support.rearrangement import reshaped

__all__ = ["TransposeInSteps"]

_FEW = 4

SHUFFLE = """
x = Placeholder : float32[1,2,2,3,2]
p = Const : int32[5] = [0, 1, 2, 4, 3]
y = Transpose(x, p)
"""

SHUFFLED = """
x = Placeholder : float32[1,2,2,3,2]
y/shape = Const : int32[3] = [4, 3, 2]
y/Reshape = Reshape(x, y/shape)
y/perm = Const : int32[3] = [0, 2, 1]
y/Transpose = Transpose(y/Reshape, y/perm)
y/shape_1 = Const : int32[5] = [1, 2, 2, 2, 3]
y = Reshape(y/Transpose, y/shape_1)
"""


SPREAD = """
x = Placeholder : float32[2,3,2,3,2]
p = Const : int32[5] = [4, 3, 2, 1, 0]
y = Transpose(x, p)
"""

SPREAD_IN_STEPS = """
x = Placeholder : float32[2,3,2,3,2]
y/shape = Const : int32[2] = [36, 2]
y/Reshape = Reshape(x, y/shape)
y/perm = Const : int32[2] = [1, 0]
y/Transpose = Transpose(y/Reshape, y/perm)
y/shape_1 = Const : int32[3] = [2, 12, 3]
y/Reshape_1 = Reshape(y/Transpose, y/shape_1)
y/perm_1 = Const : int32[3] = [0, 2, 1]
y/Transpose_1 = Transpose(y/Reshape_1, y/perm_1)
y/shape_2 = Const : int32[3] = [6, 6, 2]
y/Reshape_2 = Reshape(y/Transpose_1, y/shape_2)
y/perm_2 = Const : int32[3] = [0, 2, 1]
y/Transpose_2 = Transpose(y/Reshape_2, y/perm_2)
y/shape_3 = Const : int32[3] = [12, 2, 3]
y/Reshape_3 = Reshape(y/Transpose_2, y/shape_3)
y/perm_3 = Const : int32[3] = [0, 2, 1]
y/Transpose_3 = Transpose(y/Reshape_3, y/perm_3)
y/shape_4 = Const : int32[5] = [2, 3, 2, 3, 2]
y = Reshape(y/Transpose_3, y/shape_4)
"""

LIMITS = {"limits": {"Transpose": "rank <= 4"}}


class TransposeInSteps(RewriteRule):
    """Replace Transpose of many axes by Transposes of at most four, between Reshapes.

    Exact: elements are moved. Axes that stay together move as one, which suffices for a channel
        shuffle; else blocks of neighbouring axes change places, one pair at a time.
    Shapes: T[...] of known shape and rank over 4; the permutation is constant.
    Source: TensorFlow op docs of Transpose and Reshape.
    """

    id, name, safety = "RWS213", "transpose-in-steps", Safety.EXACT
    pattern = op("Transpose", var("x"), var("perm"))
    examples = (
        Rewritten(SHUFFLE, after=SHUFFLED, given=LIMITS, label="a channel shuffle"),
        Rewritten(SPREAD, after=SPREAD_IN_STEPS, given=LIMITS, label="axes in reverse"),
        Untouched(SHUFFLE, label="the target takes it"),
        Untouched(
            SHUFFLE.replace("1,2,2,3,2]", "?,2,2,3,2]"),
            given=LIMITS,
            reason="shape",
            label="size unknown",
        ),
        Untouched(
            SHUFFLE.replace("Const : int32[5] = [0, 1, 2, 4, 3]", "Placeholder : int32[5]"),
            given=LIMITS,
            reason="permutation",
            label="the permutation is data",
        ),
        Untouched(
            "x = Placeholder : float32[2,3]\np = Const : int32[2] = [1, 0]\ny = Transpose(x, p)",
            lacking=("Transpose",),
            reason="axes",
            label="few axes",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """Known sizes, a constant permutation, and more axes than four."""
        shape = m["x"].static_shape
        if shape is None or 0 in shape:
            return m.refuse("its shape is not known")
        if len(shape) <= _FEW:
            return m.refuse(f"it has {len(shape)} axes")
        order = m["perm"].elements
        if order is None or permutation(order, len(shape)) is None:
            return m.refuse("its permutation is not constant")
        return None

    def build(self, m: Match, edit: GraphEditor) -> Value | BoundValue:
        """Blocks that change places until all are where they belong."""
        shape = m["x"].static_shape or ()
        found = permutation(m["perm"].elements or (), len(shape)) or ()
        order = tuple([axis for axis in found if axis is not None])
        result = tuple(shape[axis] for axis in order)
        sizes, wanted = merged_axes(shape, order)
        if len(sizes) <= _FEW:
            return permuted(edit, m["x"], shape, order, result)
        value: Value | BoundValue = m["x"]
        had, places = shape, list(range(len(sizes)))
        for start in range(len(places)):
            at = places.index(wanted[start])
            if at == start:
                continue
            end = at + 1
            while end < len(places) and places[end] == wanted[start + end - at]:
                end += 1
            cuts = (0, start, at, end, len(places))
            groups = [tuple(places[a:b]) for a, b in pairwise(cuts)]
            split = [prod(sizes[place] for place in group) for group in groups]
            swap = [group for group in (0, 2, 1, 3) if groups[group]]
            kept = sorted(swap)
            whole = reshaped(edit, value, had, tuple(split[group] for group in kept))
            perm = edit.const([kept.index(group) for group in swap], "int32", name="perm")
            value = edit.add("Transpose", [whole, perm])
            had = tuple(split[group] for group in swap)
            places = [place for group in (0, 2, 1, 3) for place in groups[group]]
        return reshaped(edit, value, had, result)
