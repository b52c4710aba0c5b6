"""Integer inputs that other nodes compute, as models do: from shapes, part by part."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from linter.graph import Value

if TYPE_CHECKING:
    from harness.draft import Draft

__all__ = ["computed"]

_LARGEST = 12


def computed(draft: Draft, array: npt.NDArray[Any], dtype: str) -> Value:
    """A value with these elements that is no constant node itself; known in part, or not."""
    if array.ndim == 0:
        return _scalar(draft, int(array), dtype)
    if array.ndim == 1 and array.size:
        return draft.pick((_packed, _joined, _shape, _cast, _sum))(draft, array, dtype)
    return draft.pick((_cast, _sum))(draft, array, dtype)


def _leaf(draft: Draft, array: Any, dtype: str) -> Value:
    array = np.asarray(array, dtype)
    if draft.chance(30):
        return draft.fed(array, dtype)
    return draft.const(array, dtype)


def _is_size(number: int) -> bool:
    return 0 <= number <= _LARGEST


def _scalar(draft: Draft, number: int, dtype: str) -> Value:
    how = draft.integer(0, 3)
    if how == 0 and _is_size(number):
        return _of_shape(draft, number, dtype)
    if how == 1:
        return draft.node("Squeeze", _leaf(draft, [number], dtype), squeeze_dims=[0])
    if how == 2 and _is_size(number):
        zeros = draft.fed(np.zeros((number, 1), "float32"), "float32")
        return draft.node("Size", zeros, out_type=dtype)
    return _sum(draft, np.asarray(number, dtype), dtype)


def _of_shape(draft: Draft, number: int, dtype: str) -> Value:
    """One axis of the shape of something that is fed."""
    axes = [draft.integer(0, 3) for _ in range(draft.integer(0, 2))]
    place = draft.integer(0, len(axes))
    axes.insert(place, number)
    source = draft.fed(np.zeros(axes, "float32"), "float32")
    shape = draft.node("Shape", source, out_type=dtype)
    begin = place if draft.chance(60) else place - len(axes)
    bounds = [draft.const([edge], "int32") for edge in (begin, begin + 1, 1)]
    return draft.node("StridedSlice", shape, *bounds, shrink_axis_mask=1)


def _packed(draft: Draft, array: npt.NDArray[Any], dtype: str) -> Value:
    parts = [
        _scalar(draft, int(number), dtype) if draft.chance(40) else _leaf(draft, number, dtype)
        for number in array
    ]
    return draft.node("Pack", parts, axis=draft.pick((0, -1)))


def _joined(draft: Draft, array: npt.NDArray[Any], dtype: str) -> Value:
    cut = draft.integer(0, len(array))
    parts = [_leaf(draft, array[:cut], dtype), _leaf(draft, array[cut:], dtype)]
    return draft.node("ConcatV2", parts, draft.const(0, "int32"))


def _shape(draft: Draft, array: npt.NDArray[Any], dtype: str) -> Value:
    """The shape of something that is fed, or a part of it."""
    if not all(_is_size(int(number)) for number in array) or np.prod(array) > 4096:
        return _packed(draft, array, dtype)
    source = draft.fed(np.zeros([*array], "bool"), "bool")
    return draft.node("Shape", source, out_type=dtype)


def _cast(draft: Draft, array: npt.NDArray[Any], dtype: str) -> Value:
    other = "int64" if dtype == "int32" else "int32"
    return draft.node("Cast", _leaf(draft, array, other), DstT=dtype, Truncate=False)


def _sum(draft: Draft, array: npt.NDArray[Any], dtype: str) -> Value:
    step = draft.integer(-3, 3)
    op, other = draft.pick((("Sub", array + step), ("AddV2", array - step)))
    return draft.node(op, _leaf(draft, other, dtype), draft.const(step, dtype))
