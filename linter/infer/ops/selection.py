"""Elements of small tensors through ops that pick or reorder them: slices, gathers, splits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from linter.infer.dims import MAX_ELEMENTS, axis_in, product
from linter.infer.ops.slicing import strided_axes
from linter.infer.view import Elements, ValueRule, View

__all__ = ["RULES"]

_Found = tuple[Elements | None, ...]


def _unpack(view: View) -> _Found:
    known = view.value(0)
    place = axis_in(view.integer("axis"), None if known is None else len(known.shape))
    if known is None or place is None:
        return ()
    axes: list[Iterable[int]] = [range(extent) for extent in known.shape]
    parts: list[Elements | None] = []
    for index in range(known.shape[place]):
        axes[place] = (index,)
        parts.append(_taken(known.values, known.shape, axes))
    return tuple(parts)


def _split(view: View) -> _Found:
    return _parts(view, 1, view.scalar(0))


def _split_v(view: View) -> _Found:
    return _parts(view, 0, view.scalar(2))


def _parts(view: View, slot: int, axis: int | None) -> _Found:
    known, count = view.value(slot), view.integer("num_split")
    place = axis_in(axis, None if known is None else len(known.shape))
    if known is None or place is None or count is None or count > MAX_ELEMENTS:
        return ()
    axes: list[Iterable[int]] = [range(extent) for extent in known.shape]
    first = 0
    parts: list[Elements | None] = []
    for port in range(count):
        dims = view.out_shape(port)
        size = dims[place] if dims is not None and place < len(dims) else None
        if size is None:
            return tuple(parts)
        axes[place] = range(first, first + size)
        parts.append(_taken(known.values, known.shape, axes))
        first += size
    return tuple(parts)


def _slice(view: View) -> _Found:
    known, begin, dims = view.value(0), view.integers(1), view.out_shape()
    if known is None or begin is None or dims is None or len(begin) != len(dims):
        return ()
    if len(known.shape) != len(dims):
        return ()
    axes: list[Iterable[int]] = []
    for start, size in zip(begin, dims, strict=True):
        if start is None or size is None:
            return ()
        axes.append(range(start, start + size))
    return (_taken(known.values, known.shape, axes),)


def _strided_slice(view: View) -> _Found:
    known, specs = view.value(0), strided_axes(view)
    if known is None or specs is None:
        return ()
    axes: list[Iterable[int]] = []
    for spec in specs:
        if spec.source is None:
            continue
        if spec.start is None or spec.size is None:
            return ()
        axes.append(range(spec.start, spec.start + spec.size * spec.stride, spec.stride))
    return (_taken(known.values, known.shape, axes),) if len(axes) == len(known.shape) else ()


def _gather(view: View) -> _Found:
    return _gathered(view, 0)


def _gather_v2(view: View) -> _Found:
    return _gathered(view, view.scalar(2)) if view.integer("batch_dims") == 0 else ()


def _gathered(view: View, axis: int | None) -> _Found:
    known, indices = view.value(0), view.value(1)
    place = axis_in(axis, None if known is None else len(known.shape))
    if known is None or indices is None or place is None or not indices.complete:
        return ()
    if not all(isinstance(index, int) for index in indices.values):
        return ()
    axes: list[Iterable[int]] = [range(extent) for extent in known.shape]
    axes[place] = indices.values
    return (_taken(known.values, known.shape, axes),)


def _transpose(view: View) -> _Found:
    known, order = view.value(0), view.integers(1)
    if known is None or order is None or len(order) != len(known.shape):
        return ()
    places = [axis_in(axis, len(order)) for axis in order]
    axes = [place for place in places if place is not None]
    if len(set(axes)) != len(order):
        return ()
    strides = [product(known.shape[axis + 1 :]) or 0 for axis in range(len(axes))]
    offsets = [0]
    for axis in axes:
        offsets = [o + strides[axis] * i for o in offsets for i in range(known.shape[axis])]
    return (tuple(known.values[offset] for offset in offsets),)


def _tile(view: View) -> _Found:
    known, times = view.value(0), view.integers(1)
    if known is None or times is None or len(times) != len(known.shape):
        return ()
    size = product(view.out_shape() or ())
    if size is None or size > MAX_ELEMENTS or any(count is None or count < 0 for count in times):
        return ()
    axes = [
        [*range(extent)] * (count or 0) for extent, count in zip(known.shape, times, strict=True)
    ]
    return (_taken(known.values, known.shape, axes),)


def _reverse(view: View) -> _Found:
    known, axes = view.value(0), view.integers(1)
    if known is None or axes is None:
        return ()
    places = {axis_in(axis, len(known.shape)) for axis in axes}
    if None in places:
        return ()
    indices = [
        range(extent - 1, -1, -1) if axis in places else range(extent)
        for axis, extent in enumerate(known.shape)
    ]
    return (_taken(known.values, known.shape, indices),)


def _taken(
    values: Elements, shape: Sequence[int], axes: Sequence[Iterable[int]]
) -> Elements | None:
    """The elements at the product of the indices of each axis."""
    offsets = [0]
    stride = product(shape) or 0
    for extent, indices in zip(shape, axes, strict=True):
        stride = stride // extent if extent else 0
        chosen = list(indices)
        if len(offsets) * len(chosen) > MAX_ELEMENTS:
            return None
        if any(not 0 <= index < extent for index in chosen):
            return None
        offsets = [offset + stride * index for offset in offsets for index in chosen]
    return tuple(values[offset] for offset in offsets)


RULES: Mapping[str, ValueRule] = {
    "Gather": ValueRule(_gather),
    "GatherV2": ValueRule(_gather_v2),
    "ReverseV2": ValueRule(_reverse),
    "Slice": ValueRule(_slice),
    "Split": ValueRule(_split),
    "SplitV": ValueRule(_split_v),
    "StridedSlice": ValueRule(_strided_slice),
    "Tile": ValueRule(_tile),
    "Transpose": ValueRule(_transpose),
    "Unpack": ValueRule(_unpack),
}
