"""Ops that put tensors together, take them apart, repeat or pad them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from linter.infer.axes import axis_in, inserted, removed, replaced
from linter.infer.dims import Dims, Outputs, product, refine, unknown_of_rank
from linter.infer.joins import concatenated, evenly_split, padded, split_sizes, tiled
from linter.infer.numbers import INTEGERS
from linter.infer.ops.elementwise import always
from linter.infer.tensors import MAX_ELEMENTS, Constant, Tensor
from linter.infer.view import ALL, Found, Semantics, View

__all__ = ["OPS"]

_MAX_PARTS = 1 << 16


def _concat_v2(view: View) -> Outputs:
    return (concatenated(view.shapes(0, -1), view.scalar(-1)),)


def _concat(view: View) -> Outputs:
    return (concatenated(view.shapes(1), view.scalar(0)),)


def _joined_v2(view: View) -> Found:
    return _joined(view, range(len(view) - 1), view.scalar(-1))


def _joined_v1(view: View) -> Found:
    return _joined(view, range(1, len(view)), view.scalar(0))


def _joined(view: View, slots: Sequence[int], axis: int | None) -> Found:
    dims = view.static_shape()
    place = axis_in(axis, None if dims is None else len(dims))
    if dims is None or place is None:
        return ()
    inner: list[int | None] = []
    for slot in slots:
        part = view.shape(slot)
        fits = part is not None and len(part) == len(dims)
        inner.append(product(part[place:]) if part is not None and fits else None)
    return _runs(view, slots, dims[:place], inner)


def _runs(
    view: View, slots: Sequence[int], outer: Sequence[int], inner: Sequence[int | None]
) -> Found:
    """Runs of ``inner`` elements of each part in turn; parts not known give unknown elements."""
    rounds = product(outer) or 0
    parts: list[Tensor] = []
    for slot, size in zip(slots, inner, strict=True):
        known, dtype = view.value(slot), view.out_dtype()
        if size is None or dtype is None:
            return ()
        count = rounds * size
        if known is None and count <= MAX_ELEMENTS:
            known = Constant(dtype, (count,), (None,) * count)
        if known is None or known.count != count:
            return ()
        parts.append(known.reshaped((rounds, size)))
    return (parts[0].beside(parts[1:]),) if parts else ()


def _pack(view: View) -> Outputs:
    dims: Dims = None
    for part in view.shapes():
        if refine(dims, part) != refine(part, dims):
            return ()
        dims = refine(dims, part)
    axis = view.integer("axis")
    place = axis_in(axis, None if dims is None else len(dims) + 1)
    return (inserted(dims, place, len(view)),) if dims is not None and place is not None else ()


def _packed(view: View) -> Found:
    dims = view.static_shape()
    place = axis_in(view.integer("axis"), None if dims is None else len(dims))
    if dims is None or place is None:
        return ()
    inner = product(dims[place + 1 :])
    return _runs(view, range(len(view)), dims[:place], [inner] * len(view))


def _unpack(view: View) -> Outputs:
    dims, count, axis = view.shape(0), view.integer("num"), view.integer("axis")
    if dims is None or axis is None or count is None or not 0 <= count <= _MAX_PARTS:
        return ()
    place = axis_in(axis, len(dims))
    return (removed(dims, place),) * count if place is not None else ()


def _unpacked(view: View) -> Found:
    known = view.value(0)
    place = axis_in(view.integer("axis"), None if known is None else len(known.shape))
    if known is None or place is None:
        return ()
    return _parts(known, place, [1] * known.shape[place])


def _split(view: View) -> Outputs:
    dims, axis, count = view.shape(1), view.scalar(0), view.integer("num_split")
    if dims is None or count is None or not 0 < count <= _MAX_PARTS:
        return ()
    return (evenly_split(dims, axis, count),) * count


def _split_apart(view: View) -> Found:
    return _ports(view, 1, view.scalar(0))


def _split_v(view: View) -> Outputs:
    dims, sizes, axis = view.shape(0), view.integers(1), view.scalar(2)
    count = view.integer("num_split")
    if dims is None or count is None or not 0 < count <= _MAX_PARTS:
        return ()
    place = axis_in(axis, len(dims))
    if place is None:
        return (unknown_of_rank(len(dims)),) * count if axis is None else ()
    if sizes is None or len(sizes) != count:
        return (replaced(dims, place, dims[place] if count == 1 else None),) * count
    return tuple(replaced(dims, place, size) for size in split_sizes(sizes, dims[place]))


def _split_v_apart(view: View) -> Found:
    return _ports(view, 0, view.scalar(2))


def _ports(view: View, slot: int, axis: int | None) -> Found:
    """The parts as long as the sizes of those before them are known."""
    known, count = view.value(slot), view.integer("num_split")
    place = axis_in(axis, None if known is None else len(known.shape))
    if known is None or place is None or count is None or count > MAX_ELEMENTS:
        return ()
    sizes: list[int] = []
    for port in range(count):
        dims = view.out_shape(port)
        size = dims[place] if dims is not None and place < len(dims) else None
        if size is None:
            break
        sizes.append(size)
    return _parts(known, place, sizes)


def _parts(known: Tensor, axis: int, sizes: Sequence[int]) -> Found:
    places: list[range] = [range(extent) for extent in known.shape]
    parts: list[Tensor | None] = []
    start = 0
    for size in sizes:
        places[axis] = range(start, start + size)
        parts.append(known.picked(places))
        start += size
    return tuple(parts)


def _tile(view: View) -> Outputs:
    dims, times = view.shape(0), view.integers(1)
    if times is None:
        return (unknown_of_rank(view.rank(0) if dims is not None else view.axis(1, 0)),)
    return (unknown_of_rank(len(times)) if dims is None else tiled(dims, times),)


def _tiled(view: View) -> Found:
    known, times = view.value(0), view.integers(1)
    if known is None or times is None or len(times) != len(known.shape):
        return ()
    counts = [count for count in times if count is not None and count >= 0]
    if len(counts) != len(times):
        return ()
    return (known.repeated(counts),)


def _pad(view: View) -> Outputs:
    dims, known = view.shape(0), view.value(1)
    if dims is None:
        return (unknown_of_rank(view.axis(1, 0)),)
    if known is None or known.dtype not in INTEGERS:
        return (unknown_of_rank(len(dims)),)
    if known.shape != (len(dims), 2):
        return ()
    return (padded(dims, known.values),)


def _parallel_concat(view: View) -> Outputs:
    return (view.dims("shape"),)


def _dynamic_stitch(view: View) -> Outputs:
    count = len(view) // 2
    tail: Dims = None
    last: int | None = -1
    for slot in range(count):
        marks, data = view.shape(slot), view.shape(slot + count)
        if marks is not None and data is not None and len(marks) <= len(data):
            tail = refine(tail, data[len(marks) :])
        last = _highest(view.value(slot), last)
    return ((None if last is None else last + 1, *tail),) if tail is not None else ()


def _highest(known: Tensor | None, so_far: int | None) -> int | None:
    if known is None or so_far is None or known.dtype not in INTEGERS or not known.complete:
        return None
    highest: int = max([so_far, *known.values])
    return highest


def _stitched(view: View) -> Found:
    """Rows of the data at the places that the indices give; a later input wins."""
    dims, count = view.static_shape(), len(view) // 2
    row = product(dims[1:]) if dims else None
    if not dims or row is None or dims[0] * row > MAX_ELEMENTS:
        return ()
    found: list[Any] = [None] * (dims[0] * row)
    for slot in range(count):
        places, data = view.value(slot), view.value(slot + count)
        if places is None or not places.complete:
            return ()
        for turn, place in enumerate(places.values):
            if not 0 <= place < dims[0]:
                return ()
            fits = data is not None and data.count == row * places.count
            part = data.values[turn * row :][:row] if data is not None and fits else (None,) * row
            found[place * row : (place + 1) * row] = part
    return (tuple(found),)


OPS: Mapping[str, Semantics] = {
    **dict.fromkeys(("MirrorPad", "Pad", "PadV2"), Semantics(_pad, (1,))),
    "Concat": Semantics(_concat, (0,), values=_joined_v1),
    "ConcatV2": Semantics(_concat_v2, (-1,), values=_joined_v2, whole=always),
    "DynamicStitch": Semantics(_dynamic_stitch, ALL, values=_stitched),
    "Pack": Semantics(_pack, values=_packed, whole=always),
    "ParallelConcat": Semantics(_parallel_concat),
    "ParallelDynamicStitch": Semantics(_dynamic_stitch, ALL),
    "Split": Semantics(_split, (0,), values=_split_apart),
    "SplitV": Semantics(_split_v, (1, 2), values=_split_v_apart),
    "Tile": Semantics(_tile, (1,), values=_tiled, whole=always),
    "Unpack": Semantics(_unpack, values=_unpacked),
}
