"""Reductions laid out as a matrix, whose rows are what is reduced.

Source: TensorFlow op docs of Max and Min: the result does not depend on the order of elements.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from linter.infer.axes import axes_in
from linter.rules.match import BoundValue, Match

if TYPE_CHECKING:
    from linter.graph import Value
    from linter.rules.edit import GraphEditor

__all__ = ["reduced_axes", "reduced_rows"]


def reduced_axes(m: Match) -> tuple[int, ...] | None:
    """The axes that the match reduces, counted from the front; ``None`` when not known."""
    rank, axes = m["x"].rank, m["axes"].elements
    if not rank or axes is None:
        return None
    reduced = axes_in(map(int, axes), rank)
    return None if reduced is None else tuple(sorted(reduced))


def reduced_rows(
    edit: GraphEditor, op: str, source: Value | BoundValue, shape: tuple[int, ...], axes: set[int]
) -> Value:
    """``op`` over ``axes`` of a tensor of ``shape``, as a column of one result for each row."""
    order = [axis for axis in range(len(shape)) if axis not in axes] + sorted(axes)
    if order != sorted(order):
        source = edit.add("Transpose", [source, edit.const(order, "int32", name="perm")])
    width = prod(shape[axis] for axis in axes)
    height = prod(size for axis, size in enumerate(shape) if axis not in axes)
    rows = edit.const((height, width), "int32", name="shape")
    matrix = edit.add("Reshape", [source, rows])
    column = edit.const((1,), "int32", name="axis")
    return edit.add(op, [matrix, column], {"keep_dims": True})
