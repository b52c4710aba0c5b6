"""What a value computes to when only constants are involved.

Bit-exact operations only: what moves or compares elements, and the arithmetic that IEEE 754 rounds
correctly, so that NumPy and TensorFlow agree to the last bit.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from linter.infer.single import is_whole, whole
from linter.infer.whole import Whole
from linter.rules.match import BoundValue
from rules.rewrite.support.dataflow import follows, is_data

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Array = npt.NDArray[np.generic]

__all__ = ["folded", "is_foldable"]

_LIMIT = 1 << 26
_DTYPES = frozenset(
    {"float32", "float64", "bool", "int8", "uint8", "int16", "uint16", "int32", "int64"}
)


def is_foldable(value: BoundValue) -> bool:
    """Whether ``folded`` gives an array; reads no payload."""
    if value.value.node not in value.context.graph or is_data(value):
        return False
    return follows(value, "foldable", _decided)


def folded(value: BoundValue) -> Array:
    """The array of a foldable value."""
    node = value.node
    if node.op == "Const" and value.tensor is not None:
        return value.tensor.array()
    return _computed(value, [folded(entry) for entry in value.inputs])


def _computed(value: BoundValue, arrays: list[Array]) -> Array:
    """What the node of a value gives for these inputs."""
    definition = value.context.ops.get(value.node.op)
    assert definition is not None  # it has been asked whether the node can be computed
    found = whole(value.node, definition, [Whole(array) for array in arrays])
    if not isinstance(found, Whole):
        raise ValueError(f"the inputs of {value.node.name!r} do not fit {value.node.op}")
    return found.array


def _decided(value: BoundValue) -> bool | None:
    """Whether a value can be folded, as far as it does not depend on its inputs."""
    candidate = _is_candidate(value)
    return None if candidate and value.inputs else candidate


def _is_candidate(value: BoundValue) -> bool:
    """Whether the node itself can be computed, whatever its inputs."""
    node = value.node
    if node.op == "Const":
        tensor = value.tensor
        return tensor is not None and tensor.dtype in _DTYPES and tensor.size <= _LIMIT
    definition = value.context.ops.get(node.op)
    if value.value.port != 0 or node.controls or definition is None:
        return False
    if any(entry.value.node not in value.context.graph for entry in value.inputs):
        return False
    if not is_whole(node, definition, [entry.dtype for entry in value.inputs]):
        return False
    shape = value.static_shape
    return shape is not None and prod(shape) <= _LIMIT and value.dtype in _DTYPES
