"""Ops that take parts of tensors: slices, gathers, scatters, segments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from linter.infer.dims import Constant, Dims, Outputs, axis_in, concat, refine, replaced
from linter.infer.view import ALL, INTEGERS, Rule, View

__all__ = ["RULES", "StridedSpec", "strided_axes"]


def _slice(view: View) -> Outputs:
    dims, begin, size = view.shape(0), view.integers(1), view.integers(2)
    if dims is None:
        known = begin if begin is not None else size
        length = len(known) if known is not None else view.axis(1, 0)
        if size is not None:
            return (tuple(None if count == -1 else count for count in size),)
        return () if length is None or length > 254 else ((None,) * length,)
    if size is None:
        return ((None,) * len(dims),)
    if len(size) != len(dims) or (begin is not None and len(begin) != len(dims)):
        return ()
    sizes: list[int | None] = []
    for axis, count in enumerate(size):
        if count != -1:
            sizes.append(count)
            continue
        start, extent = None if begin is None else begin[axis], dims[axis]
        sizes.append(None if start is None or extent is None else extent - start)
    return (tuple(sizes),)


class StridedSpec(NamedTuple):
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


class _Masks(NamedTuple):
    begin: int
    end: int
    ellipsis: int
    new_axis: int
    shrink: int


def strided_axes(view: View) -> list[StridedSpec] | None:
    """The axes of a StridedSlice in output order; ``None`` when too little is known."""
    dims, strides = view.shape(0), view.integers(3)
    numbers = [
        view.integer(name)
        for name in ("begin_mask", "end_mask", "ellipsis_mask", "new_axis_mask", "shrink_axis_mask")
    ]
    present = [number for number in numbers if number is not None]
    if dims is None or strides is None or len(present) != 5:
        return None
    masks = _Masks(*present)
    begin, end = view.integers(1), view.integers(2)
    length = len(strides)
    if (begin is not None and len(begin) != length) or (end is not None and len(end) != length):
        return None
    if masks.ellipsis & (masks.ellipsis - 1) or None in strides or 0 in strides:
        return None
    consumed = sum(not (masks.new_axis >> i & 1 or masks.ellipsis >> i & 1) for i in range(length))
    filler = len(dims) - consumed
    if filler < 0:
        return None
    specs: list[StridedSpec] = []
    axis = 0
    for i, stride in enumerate(strides):
        if masks.ellipsis >> i & 1:
            # A new axis before it does not use it up; axes not named are taken whole.
            specs.extend(StridedSpec(axis + k, 0, 1, dims[axis + k], True) for k in range(filler))
            axis += filler
            filler = 0
        elif masks.new_axis >> i & 1:
            specs.append(StridedSpec(None, 0, 1, 1, True))
        else:
            bounds = (None if begin is None else begin[i], None if end is None else end[i])
            specs.append(_one_axis(axis, dims[axis], bounds, stride or 1, (masks, i)))
            axis += 1
    specs.extend(StridedSpec(k, 0, 1, dims[k], True) for k in range(axis, len(dims)))
    return specs


def _one_axis(
    axis: int,
    extent: int | None,
    bounds: tuple[int | None, int | None],
    stride: int,
    where: tuple[_Masks, int],
) -> StridedSpec:
    masks, bit = where
    first, last = bounds
    if masks.shrink >> bit & 1:
        start = first if first is None or first >= 0 else _added(first, extent)
        return StridedSpec(axis, start, 1, 1, False)
    open_begin, open_end = bool(masks.begin >> bit & 1), bool(masks.end >> bit & 1)
    if extent is None:
        return StridedSpec(axis, None, stride, None, True)
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
        return StridedSpec(axis, begin, stride, None, True)
    return StridedSpec(axis, begin, stride, max(0, -((begin - end) // stride)), True)


def _canonical(index: int | None, extent: int, low: int, high: int) -> int | None:
    if index is None:
        return None
    return min(max(index + extent if index < 0 else index, low), high)


def _added(index: int, extent: int | None) -> int | None:
    return None if extent is None else index + extent


def _strided_slice(view: View) -> Outputs:
    specs = strided_axes(view)
    if specs is None:
        return ()
    return (tuple(spec.size for spec in specs if spec.kept),)


def _gather(view: View) -> Outputs:
    params = view.shape(0)
    if not params:
        return ()
    return (concat(view.shape(1), params[1:]),)


def _gather_v2(view: View) -> Outputs:
    params, indices = view.shape(0), view.shape(1)
    axis, batch = view.scalar(2), view.integer("batch_dims")
    if params is None or indices is None or batch is None:
        return ()
    if batch < 0:
        batch += len(indices)
    place = axis_in(axis, len(params))
    if place is None or not 0 <= batch <= min(place, len(indices)):
        rank = len(params) - 1 + len(indices) - batch
        return ((None,) * rank,) if axis is None and rank >= 0 else ()
    return ((*params[:place], *indices[batch:], *params[place + 1 :]),)


def _gather_nd(view: View) -> Outputs:
    params, indices = view.shape(0), view.shape(1)
    if params is None or not indices:
        return ()
    depth = indices[-1]
    if depth is None or depth > len(params):
        return ()
    return ((*indices[:-1], *params[depth:]),)


def _scatter_nd(view: View) -> Outputs:
    return (view.dims_from(2),)


def _segment(view: View) -> Outputs:
    """Sorted segments: how many there are stands in the ids."""
    dims = view.shape(0)
    return ((None, *dims[1:]),) if dims else ()


def _unsorted_segment(view: View) -> Outputs:
    dims, ids = view.shape(0), view.shape(1)
    if dims is None or ids is None or len(ids) > len(dims):
        return ()
    return ((view.scalar(2), *dims[len(ids) :]),)


def _sparse_segment_with_count(view: View) -> Outputs:
    dims = view.shape(0)
    return ((view.scalar(3), *dims[1:]),) if dims else ()


def _dynamic_partition(view: View) -> Outputs:
    dims, marks, count = view.shape(0), view.shape(1), view.integer("num_partitions")
    if dims is None or marks is None or count is None or not 0 <= count <= 4096:
        return ()
    return ((None, *dims[len(marks) :]),) * count if len(marks) <= len(dims) else ()


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


def _highest(known: Constant | None, so_far: int | None) -> int | None:
    if known is None or so_far is None or known.dtype not in INTEGERS or not known.complete:
        return None
    highest: int = max([so_far, *known.values])
    return highest


def _unique(view: View) -> Outputs:
    return ((None,), view.shape(0), (None,))


def _unique_v2(view: View) -> Outputs:
    rank = view.rank(0)
    return ((None,) * rank, (None,)) if rank is not None else (None, (None,))


def _list_diff(view: View) -> Outputs:
    kept, gone = view.value(0), view.value(1)
    if kept is None or gone is None or not (kept.complete and gone.complete):
        return ((None,), (None,))
    left = (sum(element not in gone.values for element in kept.values),)
    return (left, left)


def _where(view: View) -> Outputs:
    return ((None, view.rank(0)),)


def _one_hot(view: View) -> Outputs:
    dims, axis = view.shape(0), view.integer("axis")
    if dims is None or axis is None:
        return ()
    place = axis_in(axis, len(dims) + 1)
    if place is None:
        return ()
    return ((*dims[:place], view.scalar(1), *dims[place:]),)


def _top_k(view: View) -> Outputs:
    return _last_axis_of(view.shape(0), view.integer("k"))


def _top_k_v2(view: View) -> Outputs:
    return _last_axis_of(view.shape(0), view.scalar(1))


def _last_axis_of(dims: Dims, count: int | None) -> Outputs:
    if not dims:
        return ()
    taken = replaced(dims, len(dims) - 1, count)
    return (taken, taken)


def _without_last(view: View) -> Outputs:
    dims = view.shape(0)
    return (dims[:-1],) if dims else ()


def _in_top_k(view: View) -> Outputs:
    return ((view.axis(0, 0),),)


_SEGMENT_OPS = (
    "SegmentMax", "SegmentMean", "SegmentMin", "SegmentProd", "SegmentSum", "SparseSegmentMean",
    "SparseSegmentSqrtN", "SparseSegmentSum",
)  # fmt: skip
_UNSORTED_SEGMENT_OPS = (
    "UnsortedSegmentMax", "UnsortedSegmentMin", "UnsortedSegmentProd", "UnsortedSegmentSum",
)  # fmt: skip
_COUNTED_SEGMENT_OPS = (
    "SparseSegmentMeanWithNumSegments", "SparseSegmentSqrtNWithNumSegments",
    "SparseSegmentSumWithNumSegments",
)  # fmt: skip

RULES: Mapping[str, Rule] = {
    **dict.fromkeys(_SEGMENT_OPS, Rule(_segment)),
    **dict.fromkeys(_UNSORTED_SEGMENT_OPS, Rule(_unsorted_segment, values=(2,))),
    **dict.fromkeys(_COUNTED_SEGMENT_OPS, Rule(_sparse_segment_with_count, values=(3,))),
    "DynamicPartition": Rule(_dynamic_partition),
    "DynamicStitch": Rule(_dynamic_stitch, values=ALL),
    "Gather": Rule(_gather),
    "GatherNd": Rule(_gather_nd),
    "GatherV2": Rule(_gather_v2, values=(2,)),
    "InTopK": Rule(_in_top_k),
    "InTopKV2": Rule(_in_top_k),
    "ListDiff": Rule(_list_diff, values=(0, 1)),
    "NthElement": Rule(_without_last),
    "OneHot": Rule(_one_hot, values=(1,)),
    "ParallelDynamicStitch": Rule(_dynamic_stitch, values=ALL),
    "ScatterNd": Rule(_scatter_nd, values=(2,)),
    "Slice": Rule(_slice, values=(1, 2)),
    "StridedSlice": Rule(_strided_slice, values=(1, 2, 3)),
    "TopK": Rule(_top_k),
    "TopKV2": Rule(_top_k_v2, values=(1,)),
    "Unique": Rule(_unique),
    "UniqueV2": Rule(_unique_v2),
    "UniqueWithCounts": Rule(_unique),
    "Where": Rule(_where),
}
