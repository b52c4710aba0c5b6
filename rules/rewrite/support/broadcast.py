"""Operands of elementwise operations that differ in shape.

Source: NumPy broadcasting as TensorFlow documents it for its binary operations.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

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
    rank = max(len(left), len(right))
    left, right = (1,) * (rank - len(left)) + left, (1,) * (rank - len(right)) + right
    shape = []
    size = 1
    for a, b in zip(left, right, strict=True):
        if a != b and 1 not in (a, b):
            return None
        shape.append(b if a == 1 else a)
        size *= shape[-1]
    return tuple(shape) if size <= SIZE_LIMIT else None


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
