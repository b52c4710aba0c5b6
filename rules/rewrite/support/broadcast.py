"""Operands of elementwise operations that differ in shape.

Source: NumPy broadcasting as TensorFlow documents it for its binary operations.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from linter.infer.dims import broadcast
from linter.rules.match import BoundValue

if TYPE_CHECKING:
    from linter.graph import Value
    from linter.rules.edit import GraphEditor

__all__ = ["BINARY", "SIZE_LIMIT", "common_shape", "tiled"]

BINARY = (
    "Add",
    "AddV2",
    "Equal",
    "FloorDiv",
    "FloorMod",
    "Greater",
    "GreaterEqual",
    "Less",
    "LessEqual",
    "LogicalAnd",
    "LogicalOr",
    "Maximum",
    "Minimum",
    "Mul",
    "NotEqual",
    "Pow",
    "RealDiv",
    "SquaredDifference",
    "Sub",
)
"""Operations of two operands that broadcast."""

SIZE_LIMIT = 1 << 26
"""Most elements of an operand that is written out in full."""


def common_shape(first: BoundValue, second: BoundValue) -> tuple[int, ...] | None:
    """The shape that both operands broadcast to, ``None`` unless every size is known."""
    left, right = first.static_shape, second.static_shape
    if left is None or right is None:
        return None
    shape = broadcast(left, right)
    known = tuple(size for size in shape or () if size is not None)
    return None if shape is None or prod(known) > SIZE_LIMIT else known


def tiled(edit: GraphEditor, value: BoundValue, shape: tuple[int, ...]) -> Value | BoundValue:
    """The value repeated until it has ``shape``, which its own static shape broadcasts to."""
    own = value.static_shape or ()
    if own == shape:
        return value
    if value.tensor is not None:
        import numpy as np

        return edit.const(np.ascontiguousarray(np.broadcast_to(value.tensor.array(), shape)))
    full = (1,) * (len(shape) - len(own)) + own
    source: Value | BoundValue = value
    if full != own:
        source = edit.add("Reshape", [value, edit.const(full, "int32", name="shape")])
    repeats = tuple(
        size if own_size == 1 else 1 for size, own_size in zip(shape, full, strict=True)
    )
    return edit.add("Tile", [source, edit.const(repeats, "int32", name="multiples")])
