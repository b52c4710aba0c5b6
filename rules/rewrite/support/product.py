"""Products of matrices, written as MatMul, as a batched product, or as a sum of products.

Source: TensorFlow op docs of MatMul, BatchMatMulV2, Mul, Tile and Sum.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from linter.infer.axes import inverse
from linter.rules.match import BoundValue
from rules.rewrite.support.folding import folded, is_foldable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from linter.graph import Value
    from linter.rules.edit import GraphEditor
    from linter.rules.match import Match

__all__ = ["PRODUCT_LIMIT", "Extents", "arranged", "restored", "summed_product", "triangle"]

PRODUCT_LIMIT = 1 << 22
"""Most elements of a tensor that holds every single product."""


@dataclass(frozen=True, slots=True)
class Extents:
    """Sizes of a batched product ``[batch, rows, inner] x [batch, inner, columns]``."""

    batch: int
    rows: int
    inner: int
    columns: int

    @property
    def products(self) -> int:
        """How many single products there are."""
        return self.batch * self.rows * self.inner * self.columns


def arranged(
    edit: GraphEditor, value: BoundValue, order: Sequence[int], shape: Sequence[int]
) -> Value | BoundValue:
    """The value with its axes in ``order`` and then in ``shape``; a constant stays one.

    An axis of size 1 may be anywhere without an element moving.
    """
    own = value.static_shape or ()
    moving = [axis for axis in order if own[axis] != 1]
    is_moved = moving != sorted(moving)
    if (is_moved or tuple(shape) != own) and is_foldable(value):
        import numpy as np

        array = np.transpose(folded(value), order).reshape(tuple(shape))
        return edit.const(np.ascontiguousarray(array))
    source: Value | BoundValue = value
    if is_moved:
        source = edit.add("Transpose", [value, edit.const(tuple(order), "int32", name="perm")])
        own = tuple(own[axis] for axis in order)
    if tuple(shape) == own:
        return source
    return edit.add("Reshape", [source, edit.const(tuple(shape), "int32", name="shape")])


def restored(edit: GraphEditor, rows: Value, shape: Sequence[int], order: Sequence[int]) -> Value:
    """A tensor of ``shape`` from rows whose elements are those of its axes in ``order``."""
    moved = tuple(shape[axis] for axis in order)
    value = rows
    if len(moved) != 2:
        value = edit.add("Reshape", [rows, edit.const(moved, "int32", name="shape")])
    if list(order) == sorted(order):
        return value
    back = edit.const(inverse(order) or (), "int32", name="perm")
    return edit.add("Transpose", [value, back])


def summed_product(
    edit: GraphEditor,
    first: Value | BoundValue,
    second: Value | BoundValue,
    extents: Extents,
    *,
    tile: bool,
) -> Value:
    """``[batch, rows, columns]``, with an axis of size 1 where nothing is summed.

    Args:
        edit: where the nodes go.
        first: left operand, ``[batch, rows, 1, inner]``.
        second: right operand, ``[batch, 1, columns, inner]``.
        extents: the sizes.
        tile: write the operands out in full in place of broadcasting.
    """
    if tile:
        first = _tiled(edit, first, (1, 1, extents.columns, 1))
        second = _tiled(edit, second, (1, extents.rows, 1, 1))
    product = edit.add("Mul", [first, second])
    if extents.inner == 1:
        return product
    return edit.add("Sum", [product, edit.const((3,), "int32", name="axis")])


def _tiled(
    edit: GraphEditor, value: Value | BoundValue, repeats: tuple[int, ...]
) -> Value | BoundValue:
    if math.prod(repeats) == 1:
        return value
    return edit.add("Tile", [value, edit.const(repeats, "int32", name="multiples")])


def triangle(m: Match, length: int) -> Any:
    """Which elements (columns) a Cumsum or Cumprod takes for each of its results (rows)."""
    import numpy as np

    places = np.arange(length)
    taken, made = places[None, :], places[:, None]
    if m.root.attrs["reverse"]:
        taken, made = made, taken
    return taken < made if m.root.attrs["exclusive"] else taken <= made
