"""ResizeNearestNeighbor as a gather."""

from __future__ import annotations

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
from rules.rewrite.support.interpolation import Resizing, nearest_places, read_resizing

__all__ = ["NearestByGather"]

BEFORE = """
x = Placeholder : float32[1,2,3,1]
s = Const : int32[2] = [4, 2]
y = ResizeNearestNeighbor(x, s)
"""

AFTER = """
x = Placeholder : float32[1,2,3,1]
y/places = Const : int32[4] = [0, 0, 1, 1]
y/axis = Const : int32[] = 1
y/GatherV2 = GatherV2(x, y/places, y/axis)
y/places_1 = Const : int32[2] = [0, 1]
y/axis_1 = Const : int32[] = 2
y = GatherV2(y/GatherV2, y/places_1, y/axis_1)
"""

CENTRES = BEFORE.replace("(x, s)", "(x, s) {half_pixel_centers=true}")
CENTRES_AFTER = """
x = Placeholder : float32[1,2,3,1]
y/places = Const : int32[4] = [0, 0, 1, 1]
y/axis = Const : int32[] = 1
y/GatherV2 = GatherV2(x, y/places, y/axis)
y/places_1 = Const : int32[2] = [0, 2]
y/axis_1 = Const : int32[] = 2
y = GatherV2(y/GatherV2, y/places_1, y/axis_1)
"""

CORNERS = BEFORE.replace("(x, s)", "(x, s) {align_corners=true}").replace("[4, 2]", "[2, 5]")
CORNERS_AFTER = """
x = Placeholder : float32[1,2,3,1]
y/places = Const : int32[5] = [0, 1, 1, 2, 2]
y/axis = Const : int32[] = 2
y = GatherV2(x, y/places, y/axis)
"""

LACKING = ("ResizeNearestNeighbor",)


class NearestByGather(RewriteRule):
    """Replace ResizeNearestNeighbor by a gather along height and one along width.

    Exact: the result holds elements of the source; which ones follows from the sizes.
    Shapes: T[n, h, w, c] of known shape; the size is constant.
    Source: TensorFlow kernel of ResizeNearestNeighbor, with align_corners and half_pixel_centers.
    """

    id, name, safety = "RWS181", "nearest-by-gather", Safety.EXACT
    pattern = op("ResizeNearestNeighbor", var("x"), var("size"))
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=LACKING, label="plain"),
        Rewritten(CENTRES, after=CENTRES_AFTER, lacking=LACKING, label="half_pixel_centers"),
        Rewritten(CORNERS, after=CORNERS_AFTER, lacking=LACKING, label="align_corners"),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            BEFORE.replace("1,2,3,1", "1,?,3,1"),
            lacking=LACKING,
            reason="shape",
            label="size unknown",
        ),
        Untouched(
            BEFORE.replace("Const : int32[2] = [4, 2]", "Placeholder : int32[2]"),
            lacking=LACKING,
            reason="size is not constant",
            label="size is data",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """Known sizes."""
        resizing = read_resizing(m)
        return m.refuse(resizing) if isinstance(resizing, str) else None

    def build(self, m: Match, edit: GraphEditor) -> Value | BoundValue:
        """The gathers; an axis that keeps its elements needs none."""
        resizing = read_resizing(m)
        assert isinstance(resizing, Resizing)  # the guard has looked
        value: Value | BoundValue = m["x"]
        for axis in (0, 1):
            places = nearest_places(resizing, axis)
            if places == tuple(range(resizing.image[1 + axis])):
                continue
            indices = edit.const(places, "int32", name="places")
            number = edit.const(1 + axis, "int32", name="axis")
            value = edit.add("GatherV2", [value, indices, number], {"Taxis": DType("int32")})
        return value
