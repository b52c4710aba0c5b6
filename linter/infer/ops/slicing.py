"""Ops that take parts of tensors: slices, gathers, scatters, segments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from linter.infer.axes import axes_in, axis_in, inserted, replaced
from linter.infer.dims import Dims, Outputs, unknown_of_rank
from linter.infer.ops.elementwise import always, same
from linter.infer.slices import Masks, Span, gathered, gathered_nd, sliced, strided_spans
from linter.infer.tensors import Tensor
from linter.infer.view import Found, Semantics, View

__all__ = ["OPS"]


def _slice(view: View) -> Outputs:
    dims, begin, size = view.shape(0), view.integers(1), view.integers(2)
    if dims is None:
        known = begin if begin is not None else size
        length = len(known) if known is not None else view.axis(1, 0)
        if size is not None:
            return (tuple(None if count == -1 else count for count in size),)
        return (unknown_of_rank(length),)
    return (unknown_of_rank(len(dims)) if size is None else sliced(dims, begin, size),)


def _sliced(view: View) -> Found:
    known, begin, shape = view.value(0), view.integers(1), view.static_shape()
    if known is None or begin is None or shape is None:
        return ()
    if not len(begin) == len(shape) == len(known.shape):
        return ()
    starts = [start for start in begin if start is not None]
    if len(starts) != len(begin):
        return ()
    spans = [range(start, start + size) for start, size in zip(starts, shape, strict=True)]
    return (known.picked(spans),)


_MASKS = ("begin_mask", "end_mask", "ellipsis_mask", "new_axis_mask", "shrink_axis_mask")


def _spans(view: View) -> list[Span] | None:
    dims, strides = view.shape(0), view.integers(3)
    masks = [mask for mask in map(view.integer, _MASKS) if mask is not None]
    if dims is None or strides is None or len(masks) != len(_MASKS):
        return None
    spans = strided_spans(dims, view.integers(1), view.integers(2), strides, Masks(*masks))
    return spans if all(_is_inside(span, dims) for span in spans or ()) else None


def _is_inside(span: Span, dims: Sequence[int | None]) -> bool:
    """Whether an index that takes out an axis may be one of it; TensorFlow refuses others."""
    extent = None if span.source is None or span.kept else dims[span.source]
    return span.start is None or extent is None or 0 <= span.start < extent


def _strided_slice(view: View) -> Outputs:
    spans = _spans(view)
    if spans is None:
        return ()
    return (tuple(span.size for span in spans if span.kept),)


def _strided(view: View) -> Found:
    known, spans = view.value(0), _spans(view)
    if known is None or spans is None:
        return ()
    places = [span.places for span in spans if span.source is not None]
    taken = [span for span in places if span is not None]
    return (known.picked(taken),) if len(taken) == len(places) == len(known.shape) else ()


def _reversed(view: View) -> Found:
    known, axes = view.value(0), view.integers(1)
    gone = axes_in(axes, len(known.shape)) if known is not None and axes is not None else None
    if known is None or gone is None:
        return ()
    places = [
        range(extent - 1, -1, -1) if axis in gone else range(extent)
        for axis, extent in enumerate(known.shape)
    ]
    return (known.picked(places),)


def _gather(view: View) -> Outputs:
    params, indices = view.shape(0), view.shape(1)
    return (gathered(params, indices, 0),) if params is not None and indices is not None else ()


def _gather_v2(view: View) -> Outputs:
    params, indices = view.shape(0), view.shape(1)
    batch = view.integer("batch_dims")
    if params is None or indices is None or batch is None:
        return ()
    return (gathered(params, indices, view.scalar(2), batch),)


def _taken(view: View) -> Found:
    return _along(view.value(0), view.value(1), 0)


def _taken_v2(view: View) -> Found:
    return _along(view.value(0), view.value(1), view.scalar(2)) if _has_no_batch(view) else ()


def _along(known: Tensor | None, places: Tensor | None, axis: int | None) -> Found:
    place = axis_in(axis, None if known is None else len(known.shape))
    if known is None or places is None or place is None:
        return ()
    return (known.taken(places, place),)


def _has_no_batch(view: View) -> bool:
    return view.integer("batch_dims") == 0


def _takes_what_there_is(view: View) -> bool:
    """Whether all indices are known to lie within the axis: TensorFlow refuses others."""
    dims, places = view.shape(0), view.value(1)
    axis = axis_in(view.scalar(2), None if dims is None else len(dims))
    if dims is None or places is None or axis is None or not _has_no_batch(view):
        return False
    extent = dims[axis]
    return extent is not None and all(0 <= place < extent for place in places.values)


def _gather_nd(view: View) -> Outputs:
    params, indices = view.shape(0), view.shape(1)
    return (gathered_nd(params, indices),) if params is not None and indices is not None else ()


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


def _remaining(view: View) -> Found:
    kept, gone = view.value(0), view.value(1)
    if kept is None or gone is None or not (kept.complete and gone.complete):
        return ()
    others = set(gone.values)
    left = [(x, k) for k, x in enumerate(kept.values) if x not in others]
    return (tuple(x for x, _ in left), tuple(k for _, k in left))


def _where(view: View) -> Outputs:
    return ((None, view.rank(0)),)


def _one_hot(view: View) -> Outputs:
    dims, axis = view.shape(0), view.integer("axis")
    if dims is None or axis is None:
        return ()
    place = axis_in(axis, len(dims) + 1)
    if place is None:
        return ()
    return (inserted(dims, place, view.scalar(1)),)


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

OPS: Mapping[str, Semantics] = {
    **dict.fromkeys(_SEGMENT_OPS, Semantics(_segment)),
    **dict.fromkeys(_UNSORTED_SEGMENT_OPS, Semantics(_unsorted_segment, (2,))),
    **dict.fromkeys(_COUNTED_SEGMENT_OPS, Semantics(_sparse_segment_with_count, (3,))),
    "DynamicPartition": Semantics(_dynamic_partition),
    "Gather": Semantics(_gather, values=_taken),
    "GatherNd": Semantics(_gather_nd),
    "GatherV2": Semantics(
        _gather_v2, (2,), values=_taken_v2, whole=_takes_what_there_is, whole_by=(1, 2)
    ),
    "InTopK": Semantics(_in_top_k),
    "InTopKV2": Semantics(_in_top_k),
    "ListDiff": Semantics(_list_diff, (0, 1), values=_remaining),
    "NthElement": Semantics(_without_last),
    "OneHot": Semantics(_one_hot, (1,)),
    "ReverseV2": Semantics(same, values=_reversed),
    "ScatterNd": Semantics(_scatter_nd, (2,)),
    "Slice": Semantics(_slice, (1, 2), values=_sliced, whole=always),
    "StridedSlice": Semantics(_strided_slice, (1, 2, 3), values=_strided, whole=always),
    "TopK": Semantics(_top_k),
    "TopKV2": Semantics(_top_k_v2, (1,)),
    "Unique": Semantics(_unique),
    "UniqueV2": Semantics(_unique_v2),
    "UniqueWithCounts": Semantics(_unique),
    "Where": Semantics(_where),
}
