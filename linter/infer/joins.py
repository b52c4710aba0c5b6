"""Sizes of tensors that are put together, taken apart, repeated or padded.

Sizes in, sizes out: nothing here knows of nodes. ``None`` is what is not known.
"""

from __future__ import annotations

from collections.abc import Sequence

from linter.infer.axes import axis_in, replaced
from linter.infer.dims import Dims, refine

__all__ = ["concatenated", "evenly_split", "padded", "split_sizes", "tiled"]


def concatenated(parts: Sequence[Dims], axis: int | None) -> Dims:
    """The shape of tensors of one rank behind each other along ``axis``.

    Sizes of the other axes may come from any of the parts; nothing is known when two parts state
    different ones. With an unknown axis only the rank is known.

    Source: TensorFlow op docs of ConcatV2.
    """
    ranks = {len(dims) for dims in parts if dims is not None}
    if len(ranks) != 1:
        return None
    rank = ranks.pop()
    place = axis_in(axis, rank)
    if place is None:
        return (None,) * rank if axis is None else None
    total: int | None = 0
    others: Dims = (None,) * rank
    for dims in parts:
        if dims is None:
            total = None
            continue
        size = dims[place]
        total = None if total is None or size is None else total + size
        beside = replaced(dims, place, None)
        if refine(others, beside) != refine(beside, others):
            return None
        others = refine(others, beside)
    return replaced(others or (), place, total)


def evenly_split(dims: Sequence[int | None], axis: int | None, count: int) -> Dims:
    """The shape of each of ``count`` equal parts along ``axis``.

    Source: TensorFlow op docs of Split.
    """
    place = axis_in(axis, len(dims))
    if place is None:
        return (None,) * len(dims) if axis is None else None
    extent = dims[place]
    return replaced(dims, place, None if extent is None else extent // count)


def split_sizes(sizes: Sequence[int | None], extent: int | None) -> list[int | None]:
    """The sizes of parts of an axis; one of -1 is what the others leave of it.

    Source: TensorFlow op docs of SplitV.
    """
    if -1 not in sizes:
        return list(sizes)
    others = [size for size in sizes if size != -1]
    rest: int | None = None
    if extent is not None and len(others) == len(sizes) - 1 and None not in others:
        rest = extent - sum(size for size in others if size is not None)
    return [rest if size == -1 else size for size in sizes]


def tiled(dims: Sequence[int | None], times: Sequence[int | None]) -> Dims:
    """The shape of a tensor repeated ``times`` along each axis.

    Source: TensorFlow op docs of Tile.
    """
    if len(times) != len(dims):
        return None
    pairs = zip(dims, times, strict=True)
    return tuple([None if a is None or b is None else a * b for a, b in pairs])


def padded(dims: Sequence[int | None], paddings: Sequence[int | None]) -> Dims:
    """The shape with elements in front and behind: two entries of ``paddings`` for each axis.

    ``None`` when one of them is negative, which TensorFlow refuses.

    Source: TensorFlow op docs of Pad.
    """
    if len(paddings) != 2 * len(dims) or any(count is not None and count < 0 for count in paddings):
        return None
    triples = zip(dims, paddings[::2], paddings[1::2], strict=True)
    return tuple([_sum(extent, before, after) for extent, before, after in triples])


def _sum(*parts: int | None) -> int | None:
    known = [part for part in parts if part is not None]
    return sum(known) if len(known) == len(parts) else None
