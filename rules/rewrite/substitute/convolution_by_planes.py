"""Conv3D as convolutions of planes."""

from __future__ import annotations

from linter.infer.windows import reach, same_padding
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
from rules.rewrite.support.folding import folded, is_foldable
from rules.rewrite.support.rearrangement import reshaped

__all__ = ["ConvolutionByPlanes"]

BEFORE = """
x = Placeholder : float32[1,3,4,4,1]
w = Const : float32[2,1,1,1,2] = [[[[[1.0, 2.0]]]], [[[[3.0, 4.0]]]]]
y = Conv3D(x, w) {strides=[1, 1, 2, 2, 1], padding="SAME"}
"""

AFTER = """
x = Placeholder : float32[1,3,4,4,1]
y/zeros = Const : float32[1,1,4,4,1] = 0.0
y/axis = Const : int32[] = 1
y/ConcatV2 = ConcatV2(x, y/zeros, y/axis)
y/planes = Const : int32[3] = [0, 1, 2]
y/axis_1 = Const : int32[] = 1
y/GatherV2 = GatherV2(y/ConcatV2, y/planes, y/axis_1)
y/shape = Const : int32[4] = [3, 4, 4, 1]
y/Reshape = Reshape(y/GatherV2, y/shape)
y/filter = Const : float32[1,1,1,2] = [[[[1.0, 2.0]]]]
y/Conv2D = Conv2D(y/Reshape, y/filter) {dilations=[1, 1, 1, 1], padding="SAME", strides=[1, 2, 2, 1]}
y/planes_1 = Const : int32[3] = [1, 2, 3]
y/axis_2 = Const : int32[] = 1
y/GatherV2_1 = GatherV2(y/ConcatV2, y/planes_1, y/axis_2)
y/shape_1 = Const : int32[4] = [3, 4, 4, 1]
y/Reshape_1 = Reshape(y/GatherV2_1, y/shape_1)
y/filter_1 = Const : float32[1,1,1,2] = [[[[3.0, 4.0]]]]
y/Conv2D_1 = Conv2D(y/Reshape_1, y/filter_1) {dilations=[1, 1, 1, 1], padding="SAME", strides=[1, 2, 2, 1]}
y/Add = Add(y/Conv2D, y/Conv2D_1)
y/shape_2 = Const : int32[5] = [1, 3, 2, 2, 2]
y = Reshape(y/Add, y/shape_2)
"""  # noqa: E501 - one node a line

FLAT = """
x = Placeholder : float32[2,4,4,4,1]
w = Const : float32[1,3,3,1,2] = 0.5
y = Conv3D(x, w) {strides=[1, 2, 1, 1, 1], padding="VALID"}
"""

FLAT_AFTER = """
x = Placeholder : float32[2,4,4,4,1]
y/planes = Const : int32[2] = [0, 2]
y/axis = Const : int32[] = 1
y/GatherV2 = GatherV2(x, y/planes, y/axis)
y/shape = Const : int32[4] = [4, 4, 4, 1]
y/Reshape = Reshape(y/GatherV2, y/shape)
y/filter = Const : float32[3,3,1,2] = 0.5
y/Conv2D = Conv2D(y/Reshape, y/filter) {dilations=[1, 1, 1, 1], padding="VALID", strides=[1, 1, 1, 1]}
y/shape_1 = Const : int32[5] = 2
y = Reshape(y/Conv2D, y/shape_1)
"""  # noqa: E501 - one node a line

LACKING = ("Conv3D",)
_LIMIT = 32


class ConvolutionByPlanes(RewriteRule):
    """Replace Conv3D by a sum of Conv2D, one for each plane of the filter.

    Tolerance: the same products, summed in another order.
    Shapes: T[n, d, h, w, c] of known shape; the filter is constant and at most 32 planes deep.
    Source: TensorFlow op docs of Conv3D: the sum over the depth of the filter comes last.
    """

    id, name, safety = "RWS190", "convolution-by-planes", Safety.TOLERANCE
    rtol, atol = 1e-4, 1e-4
    pattern = op("Conv3D", var("x"), var("w"))
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=LACKING, label="two planes"),
        Rewritten(FLAT, after=FLAT_AFTER, lacking=LACKING, label="one plane, strided"),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            BEFORE.replace("[1,3,4,4,1]", "[1,?,4,4,1]"),
            lacking=LACKING,
            reason="shape",
            label="size unknown",
        ),
        Untouched(
            FLAT.replace("Const : float32[1,3,3,1,2] = 0.5", "Placeholder : float32[1,3,3,1,2]"),
            lacking=LACKING,
            reason="not constant",
            label="filter is data",
        ),
        Untouched(
            FLAT.replace("[1,3,3,1,2] = 0.5", "[33,1,1,1,2] = 0.5").replace("2,4,4", "2,40,4"),
            lacking=LACKING,
            reason="33 planes",
            label="deep filter",
        ),
        Untouched(
            FLAT.replace('"VALID"', '"VALID", data_format="NCDHW"'),
            lacking=LACKING,
            reason="NCDHW",
            label="channels first",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """Known shapes, channels last, and a constant filter that is not too deep."""
        if m.root.attrs["data_format"] != "NDHWC":
            return m.refuse(f"its layout is {m.root.attrs['data_format']}")
        shape, kernel = m["x"].static_shape, m["w"].static_shape
        if shape is None or kernel is None or m.root.static_shape is None or 0 in shape:
            return m.refuse("its shape is not known", at="x")
        if not is_foldable(m["w"]):
            return m.refuse("the filter is not constant", at="w")
        if kernel[0] > _LIMIT or shape[4] != kernel[3]:
            return m.refuse(f"the filter has {kernel[0]} planes, or its channels are grouped")
        return None

    def build(self, m: Match, edit: GraphEditor) -> Value | BoundValue:
        """The sum over the planes, the depth of the image being part of the batch."""
        shape, result = m["x"].static_shape or (), m.root.static_shape or ()
        attrs = m.root.attrs
        plain = {
            "dilations": (1, *attrs["dilations"][2:4], 1),
            "padding": attrs["padding"],
            "strides": (1, *attrs["strides"][2:4], 1),
        }
        weight = folded(m["w"])
        deep, front = _deepened(m, edit)
        total: Value | BoundValue | None = None
        planes = (result[0] * result[1], *shape[2:])
        for place in range(weight.shape[0]):
            step = attrs["strides"][1]
            first = place * attrs["dilations"][1]
            taken = tuple(first + index * step for index in range(result[1]))
            slab = deep if taken == tuple(range(front)) else _planes(edit, deep, taken)
            flat = reshaped(edit, slab, (result[0], result[1], *shape[2:]), planes)
            part = edit.add("Conv2D", [flat, edit.const(weight[place], name="filter")], plain)
            total = part if total is None else edit.add("Add", [total, part])
        assert total is not None  # a filter has planes
        return reshaped(edit, total, (planes[0], *result[2:]), result)


def _deepened(m: Match, edit: GraphEditor) -> tuple[Value | BoundValue, int]:
    """The image with planes of zeros in front and behind where SAME wants them, and its depth."""
    shape, kernel = m["x"].static_shape or (), m["w"].static_shape or ()
    attrs = m.root.attrs
    if attrs["padding"] != "SAME":
        return m["x"], shape[1]
    reached = reach(kernel[0], attrs["dilations"][1])
    ends = same_padding(shape[1], reached, attrs["strides"][1])
    if ends == (0, 0):
        return m["x"], shape[1]
    parts: list[Value | BoundValue] = [m["x"]]
    for place, count in ((0, ends[0]), (2, ends[1])):
        if count:
            zeros = (shape[0], count, *shape[2:])
            filler = edit.const(0.0, str(m["x"].dtype), shape=zeros, name="zeros")
            parts.insert(place, filler)
    axis = edit.const(1, "int32", name="axis")
    return edit.add("ConcatV2", [*parts, axis]), shape[1] + sum(ends)


def _planes(edit: GraphEditor, deep: Value | BoundValue, taken: tuple[int, ...]) -> Value:
    places = edit.const(taken, "int32", name="planes")
    return edit.add("GatherV2", [deep, places, edit.const(1, "int32", name="axis")])
