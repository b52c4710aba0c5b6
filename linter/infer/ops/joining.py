"""Ops that put tensors together, take them apart, repeat or pad them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from linter.infer.dims import Dims, Outputs, axis_in, refine, refine_axis, replaced
from linter.infer.view import Rule, View

__all__ = ["RULES"]

_MAX_PARTS = 1 << 16


def _concat_v2(view: View) -> Outputs:
    return _concatenated(view.shapes(0, -1), view.scalar(-1))


def _concat(view: View) -> Outputs:
    return _concatenated(view.shapes(1), view.scalar(0))


def _concatenated(parts: Sequence[Dims], axis: int | None) -> Outputs:
    ranks = {len(dims) for dims in parts if dims is not None}
    if len(ranks) != 1:
        return ()
    rank = ranks.pop()
    place = axis_in(axis, rank)
    if place is None:
        return ((None,) * rank,) if axis is None else ()
    total: int | None = 0
    others: list[int | None] = [None] * rank
    for dims in parts:
        if dims is None:
            total = None
            continue
        total = None if total is None or dims[place] is None else total + (dims[place] or 0)
        others = [refine_axis(a, b) if k != place else a
                  for k, (a, b) in enumerate(zip(others, dims, strict=True))]  # fmt: skip
    return (replaced(others, place, total),)


def _pack(view: View) -> Outputs:
    dims: Dims = None
    for part in view.shapes():
        dims = refine(dims, part)
    axis = view.integer("axis")
    if dims is None or axis is None:
        return ()
    place = axis_in(axis, len(dims) + 1)
    if place is None:
        return ()
    return ((*dims[:place], len(view), *dims[place:]),)


def _unpack(view: View) -> Outputs:
    dims, count, axis = view.shape(0), view.integer("num"), view.integer("axis")
    if dims is None or axis is None or count is None or not 0 <= count <= _MAX_PARTS:
        return ()
    place = axis_in(axis, len(dims))
    return ((*dims[:place], *dims[place + 1 :]),) * count if place is not None else ()


def _split(view: View) -> Outputs:
    dims, axis, count = view.shape(1), view.scalar(0), view.integer("num_split")
    if dims is None or count is None or not 0 < count <= _MAX_PARTS:
        return ()
    place = axis_in(axis, len(dims))
    if place is None:
        return ((None,) * len(dims),) * count if axis is None else ()
    extent = dims[place]
    return (replaced(dims, place, None if extent is None else extent // count),) * count


def _split_v(view: View) -> Outputs:
    dims, sizes, axis = view.shape(0), view.integers(1), view.scalar(2)
    count = view.integer("num_split")
    if dims is None or count is None or not 0 < count <= _MAX_PARTS:
        return ()
    place = axis_in(axis, len(dims))
    if place is None:
        return ((None,) * len(dims),) * count if axis is None else ()
    if sizes is None or len(sizes) != count:
        return (replaced(dims, place, dims[place] if count == 1 else None),) * count
    return tuple(replaced(dims, place, size) for size in _filled(sizes, dims[place]))


def _filled(sizes: Sequence[int | None], extent: int | None) -> list[int | None]:
    """A size of -1 is what the others leave of the axis."""
    if -1 not in sizes:
        return list(sizes)
    others = [size for size in sizes if size != -1]
    rest: int | None = None
    if extent is not None and len(others) == len(sizes) - 1 and None not in others:
        rest = extent - sum(size for size in others if size is not None)
    return [rest if size == -1 else size for size in sizes]


def _tile(view: View) -> Outputs:
    dims, times = view.shape(0), view.integers(1)
    if times is None:
        length = view.rank(0) if dims is not None else view.axis(1, 0)
        return ((None,) * length,) if length is not None and length < 255 else ()
    if dims is None:
        return ((None,) * len(times),)
    if len(times) != len(dims):
        return ()
    return (tuple(_times(a, b) for a, b in zip(dims, times, strict=True)),)


def _times(left: int | None, right: int | None) -> int | None:
    return None if left is None or right is None else left * right


def _pad(view: View) -> Outputs:
    dims, known = view.shape(0), view.value(1)
    if dims is None:
        length = view.axis(1, 0)
        return ((None,) * length,) if length is not None and length < 255 else ()
    if known is None or known.shape != (len(dims), 2):
        return ((None,) * len(dims),)
    padding = known.values
    sizes: list[int | None] = []
    for axis, extent in enumerate(dims):
        before, after = padding[2 * axis], padding[2 * axis + 1]
        if extent is None or not isinstance(before, int) or not isinstance(after, int):
            sizes.append(None)
        else:
            sizes.append(extent + before + after)
    return (tuple(sizes),)


def _parallel_concat(view: View) -> Outputs:
    return (view.dims("shape"),)


RULES: Mapping[str, Rule] = {
    "Concat": Rule(_concat, values=(0,)),
    "ConcatV2": Rule(_concat_v2, values=(-1,)),
    "MirrorPad": Rule(_pad, values=(1,)),
    "Pack": Rule(_pack),
    "Pad": Rule(_pad, values=(1,)),
    "PadV2": Rule(_pad, values=(1,)),
    "ParallelConcat": Rule(_parallel_concat),
    "Split": Rule(_split, values=(0,)),
    "SplitV": Rule(_split_v, values=(1, 2)),
    "Tile": Rule(_tile, values=(1,)),
    "Unpack": Rule(_unpack),
}
