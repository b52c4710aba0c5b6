"""DynamicPartition by constants."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.rules import (
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

if TYPE_CHECKING:
    from collections.abc import Sequence


__all__ = ["ConstantPartition"]

BEFORE = """
x = Placeholder : float32[3,2]
k = Const : int32[3] = [1, 0, 1]
p = DynamicPartition(x, k) {num_partitions=2}
y = Neg(p)
z = Neg(p:1)
"""
AFTER = """
x = Placeholder : float32[3,2]
p/axis = Const : int32[] = 0
p/places = Const : int32[1] = 1
p/places_1 = Const : int32[2] = [0, 2]
p/GatherV2_1 = GatherV2(x, p/places_1, p/axis)
p = GatherV2(x, p/places, p/axis)
y = Neg(p)
z = Neg(p/GatherV2_1)
"""

LACKING = ("DynamicPartition",)


class ConstantPartition(RewriteRule):
    """Replace DynamicPartition with constant partitions by one gather for each.

    Exact: rows are moved only.
    Shapes: T[...] of known shape; the rows of a partition keep their order.
    Source: TensorFlow op docs of DynamicPartition.
    """

    id, name, safety = "RWS196", "constant-partition", Safety.EXACT
    pattern = op("DynamicPartition", var("x"), var("partitions"))
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=LACKING),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            BEFORE.replace("Const : int32[3] = [1, 0, 1]", "Placeholder : int32[3]"),
            lacking=LACKING,
            reason="not constant",
            label="partitions are data",
        ),
        Untouched(
            BEFORE.replace("[3,2]", "[3,?]"), lacking=LACKING, reason="shape", label="size unknown"
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """Constant partitions and a known shape."""
        if m["partitions"].elements is None or m["partitions"].static_shape is None:
            return m.refuse("the partitions are not constant", at="partitions")
        if m["x"].static_shape is None:
            return m.refuse("its shape is not known", at="x")
        return None

    def build(self, m: Match, edit: GraphEditor) -> Sequence[Value]:
        """For each partition the rows that it names."""
        shape, named = m["x"].static_shape or (), m["partitions"].elements or ()
        outer = len(m["partitions"].static_shape or ())
        rows = reshaped(edit, m["x"], shape, (len(named), *shape[outer:]))
        axis = edit.const(0, "int32", name="axis")
        parts = []
        for number in range(int(m.root.attrs["num_partitions"])):
            taken = tuple(row for row, entry in enumerate(named) if entry == number)
            places = edit.const(taken, "int32", name="places")
            parts.append(edit.add("GatherV2", [rows, places, axis]))
        return parts
