"""Pad and PadV2 as joins with constants."""

from __future__ import annotations

from math import prod
from typing import Any

from linter.graph.op_families import PADS
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
)
from rules.rewrite.support.rearrangement import NUMBER_LIMIT, zero_of

__all__ = ["PaddingByConcat"]

BEFORE = """
x = Placeholder : float32[1,2,1,1,3]
p = Const : int32[5,2] = [[0, 0], [1, 2], [0, 0], [0, 0], [0, 1]]
y = Pad(x, p)
"""
AFTER = """
x = Placeholder : float32[1,2,1,1,3]
y/filler = Const : float32[1,1,1,1,3] = 0.0
y/filler_1 = Const : float32[1,2,1,1,3] = 0.0
y/axis = Const : int32[] = 1
y/ConcatV2 = ConcatV2(y/filler, x, y/filler_1, y/axis)
y/filler_2 = Const : float32[1,5,1,1,1] = 0.0
y/axis_1 = Const : int32[] = 4
y = ConcatV2(y/ConcatV2, y/filler_2, y/axis_1)
"""

VALUE = """
x = Placeholder : int32[2,3]
p = Const : int64[2,2] = [[0, 0], [1, 0]]
v = Const : int32[] = 7
y = PadV2(x, p, v)
"""
VALUE_AFTER = """
x = Placeholder : int32[2,3]
y/filler = Const : int32[2,1] = 7
y/axis = Const : int32[] = 1
y = ConcatV2(y/filler, x, y/axis)
"""

NOTHING = BEFORE.replace("[1, 2]", "[0, 0]").replace("[0, 1]", "[0, 0]") + "z = Neg(y)\n"
NOTHING_AFTER = """
x = Placeholder : float32[1,2,1,1,3]
z = Neg(x)
"""

LACKING = ("Pad", "PadV2")


class PaddingByConcat(RewriteRule):
    """Replace Pad and PadV2 by joins with constants, axis by axis.

    Exact: the elements are moved, and one value stands around them.
    Shapes: T[...] of known shape; paddings and value are constant.
    Source: TensorFlow op docs of Pad and PadV2.
    """

    id, name, safety = "RWS202", "padding-by-concat", Safety.EXACT
    pattern = op(PADS)
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=LACKING, label="zeros"),
        Rewritten(VALUE, after=VALUE_AFTER, lacking=LACKING, label="a value"),
        Rewritten(NOTHING, after=NOTHING_AFTER, lacking=LACKING, label="nothing"),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            BEFORE.replace("1,2,1,1,3", "1,?,1,1,3"),
            lacking=LACKING,
            reason="shape",
            label="size unknown",
        ),
        Untouched(
            BEFORE.replace(
                "Const : int32[5,2] = [[0, 0], [1, 2], [0, 0], [0, 0], [0, 1]]",
                "Placeholder : int32[5,2]",
            ),
            lacking=LACKING,
            reason="not constant",
            label="paddings are data",
        ),
        Untouched(
            BEFORE.replace("1,2,1,1,3", "1,2,1,4096,1024"),
            lacking=LACKING,
            reason="8388608 elements",
            label="large",
        ),
        Rewritten(
            VALUE.replace("v = Const : int32[] = 7\n", "")
            .replace("PadV2(x, p, v)", "Pad(x, p)")
            .replace("x = Placeholder : int32", "x = Placeholder : string"),
            after=VALUE_AFTER.replace(
                "x = Placeholder : int32", "x = Placeholder : string"
            ).replace("int32[2,1] = 7", 'string[2,1] = ""'),
            lacking=LACKING,
            label="texts",
        ),
        Untouched(
            BEFORE.replace("int32[5,2]", "int32[10,1]").replace(
                "[[0, 0], [1, 2], [0, 0], [0, 0], [0, 1]]", "1"
            ),
            lacking=LACKING,
            reason="shape",
            label="paddings that do not fit",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """Known shape, constant paddings and value, and constants of bearable size."""
        source, *rest = m.root.inputs
        shape = source.static_shape
        if shape is None or m.root.dtype is None or m.root.shape is None:
            return m.refuse("its shape is not known")
        for value in rest:
            if value.elements is None:
                return m.refuse(f"{value} is not constant")
        for axis, pair in enumerate(_pairs(m)):
            others = prod(extent for place, extent in enumerate(shape) if place != axis)
            if max(pair) * others > NUMBER_LIMIT:
                return m.refuse(f"it puts {max(pair) * others} elements on a side")
        return None

    def build(self, m: Match, edit: GraphEditor) -> Value | BoundValue:
        """A constant in front and one behind, for each axis that grows."""
        source = m.root.inputs[0]
        shape, dtype = list(source.static_shape or ()), str(m.root.dtype)
        fill: Any = m.root.inputs[2].scalar if m.root.node.op == "PadV2" else zero_of(dtype)
        value: Value | BoundValue = source
        for axis, (front, behind) in enumerate(_pairs(m)):
            parts: list[Value | BoundValue] = [value]
            for place, count in ((0, front), (len(parts) + bool(front), behind)):
                if count:
                    form = tuple(count if a == axis else size for a, size in enumerate(shape))
                    parts.insert(place, edit.const(fill, dtype, shape=form, name="filler"))
            if len(parts) > 1:
                value = edit.add("ConcatV2", [*parts, edit.const(axis, "int32", name="axis")])
            shape[axis] += front + behind
        return value


def _pairs(m: Match) -> list[tuple[int, int]]:
    flat = [int(entry) for entry in m.root.inputs[1].elements or ()]
    return list(zip(flat[::2], flat[1::2], strict=True))
