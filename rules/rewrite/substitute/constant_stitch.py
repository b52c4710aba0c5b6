"""DynamicStitch to places that are known."""

from __future__ import annotations

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
from rules.rewrite.support.rearrangement import reshaped

__all__ = ["ConstantStitch"]

BEFORE = """
i = Const : int32[2] = [2, 0]
j = Const : int32[] = 1
x = Placeholder : float32[2,3]
z = Placeholder : float32[3]
y = DynamicStitch(i, j, x, z) {N=2}
"""
AFTER = """
x = Placeholder : float32[2,3]
z = Placeholder : float32[3]
y/shape = Const : int32[2] = [1, 3]
y/Reshape = Reshape(z, y/shape)
y/axis = Const : int32[] = 0
y/ConcatV2 = ConcatV2(x, y/Reshape, y/axis)
y/places = Const : int32[3] = [1, 2, 0]
y = GatherV2(y/ConcatV2, y/places, y/axis)
"""

LACKING = ("DynamicStitch",)


class ConstantStitch(RewriteRule):
    """Replace DynamicStitch with constant indices by ConcatV2 and a gather.

    Exact: rows are moved only; of two rows for one place the later one stays.
    Shapes: T[...] of known shape each; every place of the result is named.
    Source: TensorFlow op docs of DynamicStitch and ParallelDynamicStitch.
    """

    id, name, safety = "RWS195", "constant-stitch", Safety.EXACT
    pattern = op(("DynamicStitch", "ParallelDynamicStitch"))
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=LACKING),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            BEFORE.replace("Const : int32[2] = [2, 0]", "Placeholder : int32[2]"),
            lacking=LACKING,
            reason="not constant",
            label="indices are data",
        ),
        Untouched(
            BEFORE.replace("[2, 0]", "[3, 0]"),
            lacking=LACKING,
            reason="place 2",
            label="a place is not named",
        ),
        Untouched(
            BEFORE.replace("float32[2,3]", "float32[2,?]"),
            lacking=LACKING,
            reason="shape",
            label="size unknown",
        ),
        Untouched(
            BEFORE.replace("[2, 0]", "[1, 0]").replace("DynamicStitch(", "ParallelDynamicStitch("),
            lacking=("ParallelDynamicStitch",),
            reason="named twice",
            label="which row wins is not defined",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """Constant indices that name every place, and rows of known shape."""
        half = len(m.root.inputs) // 2
        for index, data in zip(m.root.inputs[:half], m.root.inputs[half:], strict=True):
            if index.elements is None or index.static_shape is None:
                return m.refuse(f"{index} is not constant")
            if data.static_shape is None:
                return m.refuse(f"the shape of {data} is not known")
        named = [entry for index in m.root.inputs[:half] for entry in index.elements or ()]
        missing = next((p for p in range(max(named, default=-1) + 1) if p not in set(named)), None)
        if missing is not None or not named:
            return m.refuse(f"place {missing or 0} is not named")
        if m.root.node.op == "ParallelDynamicStitch" and len(set(named)) < len(named):
            return m.refuse("a place is named twice")
        return None

    def build(self, m: Match, edit: GraphEditor) -> Value | BoundValue:
        """All rows behind each other, then in the order of their places."""
        half = len(m.root.inputs) // 2
        places: dict[int, int] = {}
        parts: list[Value | BoundValue] = []
        count = 0
        for index, data in zip(m.root.inputs[:half], m.root.inputs[half:], strict=True):
            shape, rows = data.static_shape or (), len(index.elements or ())
            inner = shape[len(index.static_shape or ()) :]
            if rows:
                parts.append(reshaped(edit, data, shape, (rows, *inner)))
            for row, place in enumerate(index.elements or ()):
                places[int(place)] = count + row
            count += rows
        axis = edit.const(0, "int32", name="axis")
        whole = parts[0] if len(parts) == 1 else edit.add("ConcatV2", [*parts, axis])
        order = tuple(places[place] for place in range(len(places)))
        return edit.add("GatherV2", [whole, edit.const(order, "int32", name="places"), axis])
