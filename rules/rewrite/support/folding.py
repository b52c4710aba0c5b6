"""What a value computes to when only constants are involved.

Bit-exact operations only: what moves or compares elements, and the arithmetic that IEEE 754 rounds
correctly, so that NumPy and TensorFlow agree to the last bit.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from linter.rules.match import BoundValue
from rules.rewrite.support.dataflow import follows, is_data

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Array = npt.NDArray[np.generic]

__all__ = ["folded", "is_foldable"]

_LIMIT = 1 << 26
_MOVES = frozenset(
    {
        "ConcatV2",
        "ExpandDims",
        "Fill",
        "GatherV2",
        "Identity",
        "Pack",
        "Reshape",
        "Slice",
        "Squeeze",
        "StridedSlice",
        "Tile",
        "Transpose",
    }
)
_DTYPES = frozenset(
    {"float32", "float64", "bool", "int8", "uint8", "int16", "uint16", "int32", "int64"}
)
_ARITHMETIC = {
    "Add": "add",
    "AddV2": "add",
    "Maximum": "maximum",
    "Minimum": "minimum",
    "Mul": "multiply",
    "Neg": "negative",
    "RealDiv": "true_divide",
    "Sqrt": "sqrt",
    "Square": "square",
    "Sub": "subtract",
}


def is_foldable(value: BoundValue) -> bool:
    """Whether ``folded`` gives an array; reads no payload."""
    if value.value.node not in value.context.graph or is_data(value):
        return False
    return follows(value, "foldable", _decided)


def folded(value: BoundValue) -> Array:
    """The array of a foldable value."""
    import numpy as np

    node = value.node
    if node.op == "Const" and value.tensor is not None:
        return value.tensor.array()
    arrays = [folded(entry) for entry in value.inputs]
    if node.op in _ARITHMETIC:
        function: Callable[..., Any] = getattr(np, _ARITHMETIC[node.op])
        with np.errstate(all="ignore"):
            return np.asarray(function(*arrays), dtype=arrays[0].dtype)
    if node.op == "Cast":
        return arrays[0].astype(np.dtype(str(value.dtype)))
    return _moved(value, arrays)


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
    known = node.op in _MOVES or node.op in _ARITHMETIC or node.op == "Cast"
    if not known or value.value.port != 0 or node.controls:
        return False
    if any(entry.value.node not in value.context.graph for entry in value.inputs):
        return False
    if not _is_exact(value):
        return False
    shape = value.static_shape
    return shape is not None and _size(shape) <= _LIMIT and value.dtype in _DTYPES


def _is_exact(value: BoundValue) -> bool:
    """Whether NumPy and TensorFlow agree for these dtypes and attributes."""
    op, dtype = value.node.op, str(value.dtype)
    if op in ("RealDiv", "Sqrt"):
        return dtype.startswith("float")
    if op == "Cast":
        return dtype.startswith("float") or not str(value.inputs[0].dtype).startswith("float")
    return op != "GatherV2" or not value.attrs["batch_dims"]


def _moved(value: BoundValue, arrays: list[Array]) -> Array:
    """The result of an operation that only moves elements."""
    import numpy as np

    op, first = value.node.op, arrays[0]
    if op == "Transpose":
        return np.transpose(first, _integers(arrays[1]))
    if op == "ConcatV2":
        return np.concatenate(arrays[:-1], axis=_integers(arrays[-1])[0])
    if op == "Pack":
        return np.stack(arrays, axis=int(value.attrs["axis"]))
    if op == "Tile":
        return np.tile(first, _integers(arrays[1]))
    if op == "Fill":
        return np.full(_integers(first), arrays[1])
    if op == "GatherV2":
        return np.take(first, arrays[1].astype(np.int64), axis=_integers(arrays[2])[0])
    if op == "Slice":
        spans = zip(_integers(arrays[1]), _integers(arrays[2]), strict=True)
        return first[tuple(slice(b, None if size < 0 else b + size) for b, size in spans)]
    if op == "StridedSlice":
        return np.asarray(first[_index(value, arrays)])
    return first.reshape(value.static_shape or ())


def _index(value: BoundValue, arrays: list[Array]) -> tuple[Any, ...]:
    """The index that a StridedSlice stands for."""
    attrs = value.attrs
    masks = {
        name: int(attrs[f"{name}_mask"])
        for name in ("begin", "end", "ellipsis", "new_axis", "shrink_axis")
    }
    index: list[Any] = []
    for place, (begin, end, step) in enumerate(
        zip(*(_integers(array) for array in arrays[1:]), strict=True)
    ):
        bit = 1 << place
        if masks["ellipsis"] & bit:
            index.append(...)
        elif masks["new_axis"] & bit:
            index.append(None)
        elif masks["shrink_axis"] & bit:
            index.append(begin)
        else:
            first = None if masks["begin"] & bit else begin
            index.append(slice(first, None if masks["end"] & bit else end, step))
    return tuple(index)


def _integers(array: Array) -> tuple[int, ...]:
    return tuple(int(entry) for entry in array.reshape(-1).tolist())


def _size(shape: tuple[int, ...]) -> int:
    size = 1
    for extent in shape:
        size *= extent
    return size
