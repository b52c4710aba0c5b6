"""Reductions over segments that are known."""

from __future__ import annotations

from typing import Any

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
from rules.rewrite.support.rounds import ROUND_LIMIT, combined, extreme, members, with_filler

__all__ = ["ConstantSegments"]

BEFORE = """
x = Placeholder : float32[4,2]
ids = Const : int32[4] = [2, 0, 2, -1]
n = Const : int32[] = 3
y = UnsortedSegmentSum(x, ids, n)
"""

AFTER = """
x = Placeholder : float32[4,2]
y/filler = Const : float32[1,2] = 0.0
y/axis = Const : int32[] = 0
y/ConcatV2 = ConcatV2(x, y/filler, y/axis)
y/places = Const : int32[3] = [1, 4, 0]
y/axis_1 = Const : int32[] = 0
y/GatherV2 = GatherV2(y/ConcatV2, y/places, y/axis_1)
y/places_1 = Const : int32[3] = [4, 4, 2]
y/axis_2 = Const : int32[] = 0
y/GatherV2_1 = GatherV2(y/ConcatV2, y/places_1, y/axis_2)
y = Add(y/GatherV2, y/GatherV2_1)
"""

MAX = BEFORE.replace("SegmentSum", "SegmentMax").replace("float32", "int32")
MAX_AFTER = """
x = Placeholder : int32[4,2]
y/filler = Const : int32[1,2] = -2147483648
y/axis = Const : int32[] = 0
y/ConcatV2 = ConcatV2(x, y/filler, y/axis)
y/places = Const : int32[3] = [1, 4, 0]
y/axis_1 = Const : int32[] = 0
y/GatherV2 = GatherV2(y/ConcatV2, y/places, y/axis_1)
y/places_1 = Const : int32[3] = [1, 4, 2]
y/axis_2 = Const : int32[] = 0
y/GatherV2_1 = GatherV2(y/ConcatV2, y/places_1, y/axis_2)
y = Maximum(y/GatherV2, y/GatherV2_1)
"""

MEAN = """
x = Placeholder : float32[4]
ids = Const : int32[4] = [0, 0, 2, 2]
y = SegmentMean(x, ids)
"""
MEAN_AFTER = """
x = Placeholder : float32[4]
y/filler = Const : float32[1] = 0.0
y/axis = Const : int32[] = 0
y/ConcatV2 = ConcatV2(x, y/filler, y/axis)
y/places = Const : int32[3] = [0, 4, 2]
y/axis_1 = Const : int32[] = 0
y/GatherV2 = GatherV2(y/ConcatV2, y/places, y/axis_1)
y/places_1 = Const : int32[3] = [1, 4, 3]
y/axis_2 = Const : int32[] = 0
y/GatherV2_1 = GatherV2(y/ConcatV2, y/places_1, y/axis_2)
y/Add = Add(y/GatherV2, y/GatherV2_1)
y/const = Const : float32[3] = [2.0, 1.0, 2.0]
y = RealDiv(y/Add, y/const)
"""

_KINDS = ("Max", "Mean", "Min", "Prod", "Sum")
_OPS = (
    *(f"Segment{kind}" for kind in _KINDS),
    *(f"UnsortedSegment{kind}" for kind in _KINDS if kind != "Mean"),
)
_COMBINE = {"Max": "Maximum", "Mean": "Add", "Min": "Minimum", "Prod": "Mul", "Sum": "Add"}
_FILL = {"Mean": 0, "Prod": 1, "Sum": 0}
LACKING = ("SegmentMean", "UnsortedSegmentMax", "UnsortedSegmentSum")


class ConstantSegments(RewriteRule):
    """Replace a reduction over segments by gathers and element-wise operations between them.

    Tolerance: the same elements; sums and products round in another order.
    Shapes: T[n, ...] of known shape; segment ids are constant, and at most 64 rows are in one.
    Source: TensorFlow op docs of the segment reductions: what an empty segment holds, and that a
        negative id is left out.
    """

    id, name, safety = "RWS193", "constant-segments", Safety.TOLERANCE
    rtol, atol = 1e-5, 1e-5
    pattern = op(_OPS)
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=LACKING, label="sum"),
        Rewritten(MAX, after=MAX_AFTER, lacking=LACKING, label="largest"),
        Rewritten(MEAN, after=MEAN_AFTER, lacking=LACKING, label="mean"),
        Untouched(
            MEAN.replace("float32", "int32"), lacking=LACKING, reason="int32", label="whole mean"
        ),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            BEFORE.replace("[4,2]", "[4,?]"), lacking=LACKING, reason="shape", label="size unknown"
        ),
        Untouched(
            BEFORE.replace("Const : int32[4] = [2, 0, 2, -1]", "Placeholder : int32[4]"),
            lacking=LACKING,
            reason="not constant",
            label="ids are data",
        ),
        Untouched(
            BEFORE.replace("[2, 0, 2, -1]", "0").replace("[4", "[65"),
            lacking=LACKING,
            reason="65 rows",
            label="a long segment",
        ),
        Untouched(
            BEFORE.replace(
                "ids = Const : int32[4] = [2, 0, 2, -1]", "ids = Const : int32[4,2] = 1"
            ),
            lacking=LACKING,
            reason="8 ids",
            label="ids of elements",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """Known shape, one constant id for each row, and segments of a few rows."""
        data, ids = m.root.inputs[:2]
        shape, places = data.static_shape, ids.elements
        if places is None:
            return m.refuse("the segment ids are not constant")
        if shape is not None and ids.static_shape != shape[:1]:
            return m.refuse(f"it has {len(places)} ids for {shape[:1]} rows")
        rows = _rows(m)
        if not shape or rows is None or 0 in (rows, *shape):
            return m.refuse("its shape is not known, or empty")
        longest = max(map(len, members(places, rows)), default=0)
        if longest > ROUND_LIMIT:
            return m.refuse(f"a segment has {longest} rows, more than {ROUND_LIMIT}")
        whole = "float" not in str(data.dtype) and _kind(m) == "Mean"
        if _fill(m) is None or whole:
            return m.refuse(f"its dtype is {data.dtype or 'unknown'}")
        return None

    def build(self, m: Match, edit: GraphEditor) -> Value | BoundValue:
        """In round k the k-th row of every segment."""
        data, ids = m.root.inputs[:2]
        shape = data.static_shape or ()
        kind = _kind(m)
        groups = members(ids.elements or (), _rows(m) or 0)
        count = max(1, *map(len, groups))
        filler = shape[0]
        rounds = []
        for number in range(count):
            spare = [group[0] if group and kind in ("Max", "Min") else filler for group in groups]
            rounds.append(
                [g[number] if number < len(g) else s for g, s in zip(groups, spare, strict=True)]
            )
        rows = with_filler(edit, data, shape, str(data.dtype), _fill(m))
        total = combined(edit, rows, rounds, _COMBINE[kind])
        if kind != "Mean":
            return total
        sizes = tuple(float(max(1, len(group))) for group in groups)
        spread = (len(groups), *(1,) * (len(shape) - 1))
        return edit.add("RealDiv", [total, edit.const(sizes, str(data.dtype), shape=spread)])


def _rows(m: Match) -> int | None:
    """How many segments there are."""
    if m.root.node.op.startswith("Unsorted"):
        count = m.root.inputs[2].scalar
        return None if count is None else int(count)
    return max(m.root.inputs[1].elements or (), default=-1) + 1


def _kind(m: Match) -> str:
    return m.root.node.op.partition("Segment")[2]


def _fill(m: Match) -> Any:
    """What an empty segment holds."""
    kind, dtype = _kind(m), str(m.root.dtype)
    if extreme(dtype, lowest=True) is None:
        return None
    if kind in _FILL:
        return float(_FILL[kind]) if "float" in dtype else _FILL[kind]
    if m.root.node.op.startswith("Unsorted"):
        return extreme(dtype, lowest=kind == "Max")
    return 0.0 if "float" in dtype else 0
