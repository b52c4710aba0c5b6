"""Between which bounds the elements of an integer tensor lie on every run.

Source: TensorFlow op docs of the operations that are followed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from linter.rules.match import BoundValue

    Bounds = tuple[int, int]

from linter.graph.op_families import ADDITIONS, SELECTS

__all__ = ["INT32", "MOVES", "integer_bounds"]

INT32 = (-(1 << 31), (1 << 31) - 1)
"""What int32 holds."""

_SIZES = (0, (1 << 31) - 1)
_LIMIT = 1 << 20
_DEPTH = 24
_WIDTHS = {
    "bool": (0, 1),
    "int16": (-(1 << 15), (1 << 15) - 1),
    "int32": INT32,
    "int8": (-(1 << 7), (1 << 7) - 1),
    "uint16": (0, (1 << 16) - 1),
    "uint8": (0, (1 << 8) - 1),
}
MOVES = {
    "ConcatV2": (0, -1),
    "ExpandDims": (0, 1),
    "Gather": (0, 1),
    "GatherV2": (0, 1),
    "Identity": (0, 1),
    "Max": (0, 1),
    "Min": (0, 1),
    "Pack": (0, None),
    "Reshape": (0, 1),
    "Slice": (0, 1),
    "Squeeze": (0, 1),
    "StridedSlice": (0, 1),
    "Tile": (0, 1),
    "Transpose": (0, 1),
    "Unpack": (0, 1),
}
"""Operations whose result holds elements of the inputs from the one place up to the other."""


def integer_bounds(value: BoundValue) -> Bounds | None:
    """The least and the greatest element that can occur, ``None`` when nothing is known."""
    return _bounds(value, _DEPTH)


def _bounds(value: BoundValue, depth: int) -> Bounds | None:
    known: dict[Any, Bounds | None] = value.context.memo.setdefault("bounds", {})
    if value.value not in known and depth > 0:
        known[value.value] = None  # a cycle tells nothing
        known[value.value] = _found(value, depth - 1)
    return known.get(value.value)


def _found(value: BoundValue, depth: int) -> Bounds | None:
    if value.value.node not in value.context.graph or value.dtype is None:
        return None
    if value.dtype in _WIDTHS and value.dtype != "int32":
        return _WIDTHS[value.dtype]
    constant = _of_constant(value)
    if constant is not None:
        return constant
    found = _of_operation(value, depth)
    return found if found is not None or value.dtype != "int32" else INT32


def _of_constant(value: BoundValue) -> Bounds | None:
    tensor = value.tensor
    if tensor is not None and tensor.size > _LIMIT:
        return None
    elements = value.elements
    if not elements or not all(isinstance(element, int) for element in elements):
        return None
    return min(elements), max(elements)


def _of_operation(value: BoundValue, depth: int) -> Bounds | None:
    op, inputs = value.node.op, value.inputs
    if op in ("Shape", "Size", "Rank"):
        return _SIZES
    if op in ("ArgMax", "ArgMin"):
        sizes = inputs[0].static_shape
        return (0, max(max(sizes, default=1) - 1, 0)) if sizes is not None else _SIZES
    if op == "Cast":
        return _bounds(inputs[0], depth) if inputs[0].dtype in (*_WIDTHS, "int64") else None
    if op in MOVES:
        start, stop = MOVES[op]
        return _union([_bounds(entry, depth) for entry in inputs[start:stop]])
    if op in SELECTS:
        return _union([_bounds(entry, depth) for entry in inputs[1:]])
    operands = [_bounds(entry, depth) for entry in inputs]
    known = [entry for entry in operands if entry is not None]
    return _computed(op, known) if len(known) == len(operands) else None


def _union(parts: Sequence[Bounds | None]) -> Bounds | None:
    known = [part for part in parts if part is not None]
    if not known or len(known) != len(parts):
        return None
    return min(low for low, _ in known), max(high for _, high in known)


def _computed(op: str, operands: Sequence[Bounds]) -> Bounds | None:
    """The bounds of an elementwise result, as if no integer overflowed."""
    if op == "Neg" and operands:
        low, high = operands[0]
        return -high, -low
    if len(operands) != 2:
        return None
    (low, high), (least, most) = operands
    if op in ADDITIONS:
        return low + least, high + most
    if op == "Sub":
        return low - most, high - least
    if op == "Mul":
        corners = [a * b for a in (low, high) for b in (least, most)]
        return min(corners), max(corners)
    if op == "Maximum":
        return max(low, least), max(high, most)
    if op == "Minimum":
        return min(low, least), min(high, most)
    if op == "FloorMod" and least > 0:
        return 0, most - 1
    if op == "FloorDiv" and least > 0:
        return min(low // least, low // most), max(high // least, high // most)
    return None
