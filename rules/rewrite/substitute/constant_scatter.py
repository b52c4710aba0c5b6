"""Scattering of updates to places that are known."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

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
from rules.rewrite.support.rearrangement import NUMBER_LIMIT, reshaped
from rules.rewrite.support.rounds import ROUND_LIMIT, combined, extreme, members, with_filler

__all__ = ["ConstantScatter"]

BEFORE = """
i = Const : int32[2,1] = [[2], [0]]
u = Placeholder : float32[2,3]
s = Const : int32[2] = [4, 3]
y = ScatterNd(i, u, s)
"""
AFTER = """
u = Placeholder : float32[2,3]
y/filler = Const : float32[1,3] = 0.0
y/axis = Const : int32[] = 0
y/ConcatV2 = ConcatV2(u, y/filler, y/axis)
y/places = Const : int32[4] = [1, 2, 0, 2]
y/axis_1 = Const : int32[] = 0
y = GatherV2(y/ConcatV2, y/places, y/axis_1)
"""

TWICE = BEFORE.replace("[[2], [0]]", "[[2], [2]]")
TWICE_AFTER = """
u = Placeholder : float32[2,3]
y/filler = Const : float32[1,3] = 0.0
y/axis = Const : int32[] = 0
y/ConcatV2 = ConcatV2(u, y/filler, y/axis)
y/places = Const : int32[4] = [2, 2, 0, 2]
y/axis_1 = Const : int32[] = 0
y/GatherV2 = GatherV2(y/ConcatV2, y/places, y/axis_1)
y/places_1 = Const : int32[4] = [2, 2, 1, 2]
y/axis_2 = Const : int32[] = 0
y/GatherV2_1 = GatherV2(y/ConcatV2, y/places_1, y/axis_2)
y = Add(y/GatherV2, y/GatherV2_1)
"""

UPDATE = """
x = Placeholder : float32[2,2]
i = Const : int32[1,2] = [[0, 1]]
u = Placeholder : float32[1]
y = TensorScatterUpdate(x, i, u)
"""
UPDATE_AFTER = """
x = Placeholder : float32[2,2]
u = Placeholder : float32[1]
y/shape = Const : int32[2] = 1
y/Reshape = Reshape(u, y/shape)
y/shape_1 = Const : int32[2] = [4, 1]
y/Reshape_1 = Reshape(x, y/shape_1)
y/axis = Const : int32[] = 0
y/ConcatV2 = ConcatV2(y/Reshape_1, y/Reshape, y/axis)
y/places = Const : int32[4] = [0, 4, 2, 3]
y/axis_1 = Const : int32[] = 0
y/GatherV2 = GatherV2(y/ConcatV2, y/places, y/axis_1)
y/shape_2 = Const : int32[2] = 2
y = Reshape(y/GatherV2, y/shape_2)
"""

MAX = UPDATE.replace("Update(", "Max(").replace("float32", "int32")
MAX_AFTER = """
x = Placeholder : int32[2,2]
u = Placeholder : int32[1]
y/shape = Const : int32[2] = 1
y/Reshape = Reshape(u, y/shape)
y/shape_1 = Const : int32[2] = [4, 1]
y/Reshape_1 = Reshape(x, y/shape_1)
y/filler = Const : int32[1,1] = -2147483648
y/axis = Const : int32[] = 0
y/ConcatV2 = ConcatV2(y/Reshape, y/filler, y/axis)
y/places = Const : int32[4] = [1, 0, 1, 1]
y/axis_1 = Const : int32[] = 0
y/GatherV2 = GatherV2(y/ConcatV2, y/places, y/axis_1)
y/Maximum = Maximum(y/Reshape_1, y/GatherV2)
y/shape_2 = Const : int32[2] = 2
y = Reshape(y/Maximum, y/shape_2)
"""

_COMBINE = {"Add": "Add", "Max": "Maximum", "Min": "Minimum", "Sub": "Sub"}
_OPS = ("ScatterNd", *(f"TensorScatter{kind}" for kind in ("Add", "Max", "Min", "Sub", "Update")))
LACKING = ("ScatterNd", "TensorScatterMax", "TensorScatterUpdate")


@dataclass(frozen=True, slots=True)
class _Scatter:
    """The base (none: zeros), the updates as rows, and which row of the result each goes to."""

    base: BoundValue | None
    updates: BoundValue
    shape: tuple[int, ...]
    rows: int
    inner: tuple[int, ...]
    places: tuple[int, ...]


class ConstantScatter(RewriteRule):
    """Replace ScatterNd and TensorScatter ops by gathers of the updates.

    Tolerance: the same elements; several updates of one place round in another order.
    Shapes: T[...] of known shape; the indices are constant, and at most 64 name one place.
    Source: TensorFlow op docs of ScatterNd and of the TensorScatter ops.
    """

    id, name, safety = "RWS194", "constant-scatter", Safety.TOLERANCE
    rtol, atol = 1e-5, 1e-5
    pattern = op(_OPS)
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=LACKING, label="rows"),
        Rewritten(TWICE, after=TWICE_AFTER, lacking=LACKING, label="one place twice"),
        Rewritten(UPDATE, after=UPDATE_AFTER, lacking=LACKING, label="elements"),
        Rewritten(MAX, after=MAX_AFTER, lacking=LACKING, label="largest"),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            BEFORE.replace("Const : int32[2,1] = [[2], [0]]", "Placeholder : int32[2,1]"),
            lacking=LACKING,
            reason="not constant",
            label="indices are data",
        ),
        Untouched(
            UPDATE.replace("x = Placeholder : float32[2,2]", "x = Placeholder : float32[?,2]"),
            lacking=LACKING,
            reason="shape",
            label="size unknown",
        ),
        Untouched(
            UPDATE.replace("[1,2] = [[0, 1]]", "[2,2] = [[0, 1], [0, 1]]").replace("[1]", "[2]"),
            lacking=LACKING,
            reason="named twice",
            label="which update wins is not defined",
        ),
        Untouched(
            UPDATE.replace("[[0, 1]]", "[[0, 7]]"),
            lacking=LACKING,
            reason="outside",
            label="an index outside",
        ),
        Untouched(
            UPDATE.replace("x = Placeholder : float32[2,2]", "x = Placeholder : float32[4]"),
            lacking=LACKING,
            reason="2 axes of 1",
            label="more axes than there are",
        ),
        Untouched(
            UPDATE.replace("float32", "string"), lacking=LACKING, reason="string", label="texts"
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """Known shapes, constant indices inside them."""
        scatter = _read(m)
        if isinstance(scatter, str):
            return m.refuse(scatter)
        most = max(map(len, members(scatter.places, scatter.rows)), default=0)
        if most > (1 if m.root.node.op.endswith("Update") else ROUND_LIMIT):
            return m.refuse(f"a place is named {'twice' if most == 2 else f'{most} times'}")
        if extreme(str(m.root.dtype), lowest=True) is None:
            return m.refuse(f"its dtype is {m.root.dtype or 'unknown'}")
        return None

    def build(self, m: Match, edit: GraphEditor) -> Value | BoundValue:
        """For every row of the result its own row, or the updates that name it."""
        scatter = _read(m)
        assert not isinstance(scatter, str)  # the guard has looked
        size = prod(scatter.inner)
        dtype, count = str(m.root.dtype), len(scatter.places)
        whole = scatter.updates.static_shape or ()
        updates = reshaped(edit, scatter.updates, whole, (count, size))
        groups = members(scatter.places, scatter.rows)
        base = scatter.base
        flat = None if base is None else reshaped(edit, base, scatter.shape, (scatter.rows, size))
        if m.root.node.op.endswith("Update") and flat is not None:
            axis = edit.const(0, "int32", name="axis")
            both = edit.add("ConcatV2", [flat, updates, axis])
            own = [scatter.rows + g[0] if g else row for row, g in enumerate(groups)]
            total = combined(edit, both, [own], "Add")
        else:
            kind = m.root.node.op.removeprefix("TensorScatter")
            fill = _neutral(kind, dtype)
            rows = with_filler(edit, updates, (count, size), dtype, fill)
            rounds = [
                [g[k] if k < len(g) else count for g in groups]
                for k in range(max(1, *map(len, groups)))
            ]
            total = combined(edit, rows, rounds, _COMBINE.get(kind, "Add"), flat)
        return reshaped(edit, total, (scatter.rows, size), scatter.shape)


def _neutral(kind: str, dtype: str) -> float | int | None:
    if kind in ("Max", "Min"):
        if "float" in dtype:
            return float("-inf") if kind == "Max" else float("inf")
        return extreme(dtype, lowest=kind == "Max")
    return 0.0 if "float" in dtype else 0


def _read(m: Match) -> _Scatter | str:
    """The scatter with its indices as row numbers, or why it cannot be read."""
    import numpy as np

    first, second, third = m.root.inputs
    plain = m.root.node.op == "ScatterNd"
    base, indices, updates = (None, first, second) if plain else (first, second, third)
    shape, given = m.root.static_shape, updates.static_shape
    listed, form = indices.elements, indices.static_shape
    if listed is None or not form:
        return "the indices are not constant"
    if shape is None or given is None or (base is not None and base.static_shape is None):
        return "its shape is not known"
    depth = form[-1]
    outer, inner = shape[:depth], shape[depth:]
    if len(outer) < depth:
        return f"the indices name {depth} axes of {len(shape)}"
    rows = int(np.prod(outer, dtype=np.int64))
    if not 0 < rows <= NUMBER_LIMIT or 0 in inner or not listed or not depth:
        return f"it has {rows} rows, or empty ones"
    table = np.asarray(listed, np.int64).reshape(-1, depth)
    if (table < 0).any() or (table >= np.asarray(outer)).any():
        return "an index lies outside the shape"
    places = np.atleast_1d(np.ravel_multi_index(tuple(table.T), outer)).tolist()
    return _Scatter(base, updates, shape, rows, inner, tuple(map(int, places)))
