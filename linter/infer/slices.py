"""Which elements slices and gathers take, axis by axis.

Sizes in, sizes out: nothing here knows of nodes. ``None`` is what is not known.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

from linter.infer.axes import axis_in
from linter.infer.dims import Dims
from linter.infer.numbers import in_dtype

__all__ = ["Masks", "Span", "gathered", "gathered_nd", "range_size", "sliced", "strided_spans"]

_Known: TypeAlias = Sequence[int | None]


def sliced(dims: _Known, begin: _Known | None, size: _Known) -> Dims:
    """The sizes that a slice takes; -1 is what is left of the axis.

    ``None`` when one reaches beyond its axis, which TensorFlow refuses.

    Args:
        dims: what is sliced, ``[r]``.
        begin: first index of each axis, ``[r]``.
        size: elements of each axis, ``[r]``.

    Source: TensorFlow op docs of Slice.
    """
    if len(size) != len(dims) or (begin is not None and len(begin) != len(dims)):
        return None
    sizes: list[int | None] = []
    for axis, count in enumerate(size):
        start, extent = None if begin is None else begin[axis], dims[axis]
        rest = None if start is None or extent is None else extent - start
        if (start or 0) < 0 or (rest is not None and (count or 0) > rest):
            return None
        sizes.append(rest if count == -1 else count)
    return tuple(sizes)


class Span(NamedTuple):
    """One axis of a strided slice.

    Attributes:
        source: axis of the input; ``None`` for an axis that is made.
        start: first index, counted from the front, ``None`` when unknown.
        stride: distance of the elements taken.
        size: elements taken, ``None`` when unknown.
        kept: the axis is in the output.
    """

    source: int | None
    start: int | None
    stride: int
    size: int | None
    kept: bool

    @property
    def places(self) -> range | None:
        """The indices that are taken."""
        if self.start is None or self.size is None:
            return None
        return range(self.start, self.start + self.size * self.stride, self.stride)


class Masks(NamedTuple):
    """The masks of a strided slice; bit ``i`` is about entry ``i`` of begin, end and strides."""

    begin: int
    end: int
    ellipsis: int
    new_axis: int
    shrink: int


def strided_spans(
    dims: _Known, begin: _Known | None, end: _Known | None, strides: _Known, masks: Masks
) -> list[Span] | None:
    """The axes of a strided slice in output order; ``None`` when they are not known or not valid.

    Args:
        dims: what is sliced, ``[r]``.
        begin: first index by entry, ``[n]``.
        end: index after the last by entry, ``[n]``.
        strides: distance of the elements taken by entry, ``[n]``.
        masks: which entries mean something else.

    Source: TensorFlow op docs of StridedSlice; core/util/strided_slice_op.cc.
    """
    length = len(strides)
    if any(given is not None and len(given) != length for given in (begin, end)):
        return None
    if masks.ellipsis & (masks.ellipsis - 1) or None in strides or 0 in strides:
        return None
    consumed = sum(not (masks.new_axis >> i & 1 or masks.ellipsis >> i & 1) for i in range(length))
    filler = len(dims) - consumed
    if filler < 0:
        return None
    spans: list[Span] = []
    axis = 0
    for i, stride in enumerate(strides):
        if masks.ellipsis >> i & 1:
            # A new axis before it does not use it up; axes not named are taken whole.
            spans.extend(Span(axis + k, 0, 1, dims[axis + k], True) for k in range(filler))
            axis += filler
            filler = 0
        elif masks.new_axis >> i & 1:
            spans.append(Span(None, 0, 1, 1, True))
        else:
            bounds = (None if begin is None else begin[i], None if end is None else end[i])
            spans.append(_one_axis(axis, dims[axis], bounds, stride or 1, (masks, i)))
            axis += 1
    spans.extend(Span(k, 0, 1, dims[k], True) for k in range(axis, len(dims)))
    return spans


def _one_axis(
    axis: int,
    extent: int | None,
    bounds: tuple[int | None, int | None],
    stride: int,
    where: tuple[Masks, int],
) -> Span:
    masks, bit = where
    first, last = bounds
    if masks.shrink >> bit & 1:
        start = first if first is None or first >= 0 else _added(first, extent)
        return Span(axis, start, 1, 1, False)
    open_begin, open_end = bool(masks.begin >> bit & 1), bool(masks.end >> bit & 1)
    if extent is None:
        return Span(axis, None, stride, None, True)
    low, high = (0, extent) if stride > 0 else (-1, extent - 1)
    if open_begin:
        begin: int | None = low if stride > 0 else high
    else:
        begin = _canonical(first, extent, low, high)
    if open_end:
        end: int | None = high if stride > 0 else low
    else:
        end = _canonical(last, extent, low, high)
    if begin is None or end is None:
        return Span(axis, begin, stride, None, True)
    return Span(axis, begin, stride, max(0, -((begin - end) // stride)), True)


def _canonical(index: int | None, extent: int, low: int, high: int) -> int | None:
    if index is None:
        return None
    return min(max(index + extent if index < 0 else index, low), high)


def _added(index: int, extent: int | None) -> int | None:
    return None if extent is None else index + extent


def gathered(params: _Known, indices: _Known, axis: int | None, batch: int = 0) -> Dims:
    """The shape of slices of ``params`` along ``axis``, one for each index.

    Args:
        params: ``[b..., p..., extent, q...]``.
        indices: ``[b..., i...]``.
        axis: place of ``extent``.
        batch: number of leading axes that both share; counted from the end when negative.

    Returns:
        ``[b..., p..., i..., q...]``; of known rank alone when the axis is not known.

    Source: TensorFlow op docs of GatherV2.
    """
    if batch < 0:
        batch += len(indices)
    place = axis_in(axis, len(params))
    if place is None or not 0 <= batch <= min(place, len(indices)):
        rank = len(params) - 1 + len(indices) - batch
        return (None,) * rank if axis is None and rank >= 0 else None
    return (*params[:place], *indices[batch:], *params[place + 1 :])


def gathered_nd(params: _Known, indices: _Known) -> Dims:
    """The shape of what the last axis of ``indices`` points at, one slice for each index.

    Source: TensorFlow op docs of GatherNd.
    """
    depth = indices[-1] if indices else None
    if depth is None or depth > len(params):
        return None
    return (*indices[:-1], *params[depth:])


def range_size(start: float, limit: float, delta: float, dtype: str | None) -> int | None:
    """How many numbers there are from ``start`` towards ``limit``, ``delta`` apart.

    Floats are rounded to ``dtype`` after every step, as TensorFlow does: from 0 to 0.3 by 0.1 is
    3 steps of float32. A range that leads away from its limit is refused there.

    Source: TensorFlow op docs of Range; core/kernels/sequence_ops.cc.
    """
    if not all(math.isfinite(number) for number in (start, limit, delta)) or delta == 0:
        return None
    if (limit < start) if delta > 0 else (limit > start):
        return None
    if isinstance(start, int) and isinstance(limit, int) and isinstance(delta, int):
        return -((start - limit) // delta)
    extent = in_dtype(limit - start, dtype)
    steps = None if extent is None else in_dtype(extent / delta, dtype)
    return math.ceil(steps) if steps is not None and math.isfinite(steps) else None
