"""Ops that take parts of tensors: slices, gathers, scatters, segments."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from harness.draft import Draft
from recipes.arrays import cut

__all__ = ["RECIPES"]

Recipe = Callable[[Draft], None]


def sliced(d: Draft) -> None:
    shape, index = d.dims(), d.dtype("Index", among=("int32", "int64"))
    begin = [d.integer(0, size) for size in shape]
    left = [size - start for size, start in zip(shape, begin, strict=True)]
    sizes = [-1 if d.chance(25) else d.integer(0, rest) for rest in left]
    if sizes and d.chance(4):
        sizes[0] = shape[0] + 1
    x = d.data(shape, d.dtype("T", "Identity"))
    d.node(d.op, x, *(d.argument(np.array(part, index), index) for part in (begin, sizes)))


def sliced_by_strides(d: Draft) -> None:
    shape, index = d.dims(), d.dtype("Index", among=("int32", "int64"))
    bounds, masks = cut(d, shape)
    x = d.data(shape, d.dtype("T", "Identity"))
    d.node(d.op, x, *(d.argument(np.array(part, index), index) for part in bounds), **masks)


def _indices(d: Draft, shape: tuple[int, ...], size: int, dtype: str) -> np.ndarray:
    high = size - 1 if d.chance(96) else size
    return d.rng.integers(0, max(high, 0), shape, endpoint=True).astype(dtype)


def gathered(d: Draft) -> None:
    params, index = d.dims(1, least=1), d.dtype("Tindices", among=("int32", "int64"))
    places = _indices(d, d.dims(0, 2), params[0], index)
    d.node(d.op, d.data(params, d.dtype("T", "Identity")), d.argument(places, index))


def gathered_along(d: Draft) -> None:
    params, index = d.dims(1, least=1), d.dtype("Tindices", among=("int32", "int64"))
    axis = d.integer(0, len(params) - 1)
    batch = d.integer(0, min(axis, 2)) if d.chance(30) else 0
    shape = (*params[:batch], *d.dims(0, 2))
    places = _indices(d, shape, params[axis], index)
    if batch and d.chance(40):
        batch -= len(shape)
    where = d.argument(axis - d.pick((0, len(params))), d.pick(("int32", "int64")))
    x = d.data(params, d.dtype("T", "Identity"))
    d.node(d.op, x, d.tensor(places, index), where, batch_dims=batch)


def gathered_by_points(d: Draft) -> None:
    params, index = d.dims(1, least=1), d.dtype("Tindices", among=("int32", "int64"))
    depth = d.integer(0, len(params))
    count = d.dims(0, 2)
    columns = [_indices(d, count, size, index) for size in params[:depth]]
    places = np.stack(columns, axis=-1) if columns else np.zeros((*count, 0), index)
    d.node(d.op, d.data(params, d.dtype("T", "Identity")), d.tensor(places, index))


def scattered(d: Draft) -> None:
    shape, index = d.dims(1, least=1), d.dtype("Tindices", among=("int32", "int64"))
    depth, count = d.integer(1, len(shape)), d.dims(0, 2)
    places = np.stack([_indices(d, count, size, index) for size in shape[:depth]], axis=-1)
    updates = d.data((*count, *shape[depth:]), d.dtype("T", among=("float32", "int32", "bool")))
    d.node(d.op, d.tensor(places, index), updates, d.argument(np.array(shape, index), index))


def _sorted_ids(d: Draft, length: int, dtype: str) -> np.ndarray:
    return np.sort(d.rng.integers(0, 3, length)).astype(dtype)


def segments(d: Draft) -> None:
    shape, index = d.dims(1), d.dtype("Tindices", among=("int32", "int64"))
    d.node(d.op, d.data(shape, d.dtype()), d.tensor(_sorted_ids(d, shape[0], index), index))


def sparse_segments(d: Draft) -> None:
    shape, dtype = d.dims(1, least=1), d.dtype("T", among=("float32", "float64"))
    count = d.integer(0, 4)
    places = d.tensor(_indices(d, (count,), shape[0], "int32"), "int32")
    inputs = [d.data(shape, dtype), places, d.tensor(_sorted_ids(d, count, "int32"), "int32")]
    if d.op.endswith("NumSegments"):
        index = d.dtype("Tnumsegments", among=("int32", "int64"))
        inputs.append(d.argument(d.integer(3, 5), index))
    d.node(d.op, *inputs)


def unsorted_segments(d: Draft) -> None:
    shape, index = d.dims(0), d.dtype("Tindices", among=("int32", "int64"))
    ids = d.rng.integers(-1, 3, shape[: d.integer(0, len(shape))]).astype(index)
    counted = d.dtype("Tnumsegments", among=("int32", "int64"))
    x = d.data(shape, d.dtype("T", among=("float32", "int32", "float64")))
    d.node(d.op, x, d.tensor(ids, index), d.argument(d.integer(3, 4), counted))


def partitioned(d: Draft) -> None:
    shape, count = d.dims(1), d.integer(1, 3)
    marks = d.rng.integers(0, count, shape[: d.integer(0, len(shape))])
    x = d.data(shape, d.dtype("T", "Identity"))
    d.outputs(d.op, x, d.tensor(marks, "int32"), num_partitions=count)


def stitched(d: Draft) -> None:
    count, rest = d.integer(1, 3), d.dims(0, 2)
    shapes = [d.dims(0, 1) for _ in range(count)]
    total = sum(int(np.prod(shape)) for shape in shapes)
    order = d.rng.permutation(total) if d.chance(80) else d.rng.integers(0, total + 1, total)
    places, first = [], 0
    for shape in shapes:
        size = int(np.prod(shape))
        places.append(order[first : first + size].reshape(shape))
        first += size
    dtype = d.dtype("T", "Identity")
    indices = [d.argument(place) for place in places]
    d.node(d.op, indices, [d.data((*shape, *rest), dtype) for shape in shapes])


def unique(d: Draft) -> None:
    d.outputs(d.op, d.data(d.dims(1, 1), d.dtype("T", among=("int32", "float32", "string"))))


def unique_along(d: Draft) -> None:
    shape = d.dims(1)
    axis = d.argument([d.axis(len(shape))], "int64")
    d.outputs(d.op, d.data(shape, d.dtype("T", among=("int32", "int64"))), axis)


def list_difference(d: Draft) -> None:
    dtype = d.dtype("T", among=("int32", "int64", "float32", "string"))
    d.outputs(d.op, *(d.data(d.dims(1, 1), dtype) for _ in range(2)))


def where(d: Draft) -> None:
    d.node(d.op, d.data(d.dims(), d.dtype("T", among=("bool", "float32", "int32"))))


def one_hot(d: Draft) -> None:
    shape, index = d.dims(0, 3), d.dtype("TI", among=("int32", "int64", "uint8"))
    dtype = d.dtype("T", "Identity")
    axis = d.integer(-1, len(shape)) if d.chance(95) else -2
    places = d.tensor(d.rng.integers(0, 5, shape).astype(index), index)
    depth = d.argument(d.integer(0, 4))
    d.node(d.op, places, depth, d.data((), dtype), d.data((), dtype), axis=axis)


def top(d: Draft) -> None:
    shape, dtype = d.dims(1), d.dtype()
    k = d.integer(0, shape[-1]) if d.chance(95) else shape[-1] + 1
    if d.op == "TopK":
        d.outputs(d.op, d.data(shape, dtype), k=k)
        return
    index = d.dtype("Tk", among=("int32", "int64"))
    d.outputs(d.op, d.data(shape, dtype), d.argument(k, index))


def nth(d: Draft) -> None:
    shape = d.dims(1)
    n = d.integer(0, max(0, shape[-1] - 1))
    d.node(d.op, d.data(shape, d.dtype()), d.argument(n))


def in_top(d: Draft) -> None:
    rows, classes = d.integer(0, 3), d.integer(1, 4)
    index = d.dtype("T", among=("int32", "int64"))
    targets = d.tensor(d.rng.integers(0, classes, rows).astype(index), index)
    predictions = d.data((rows, classes), "float32")
    if d.op == "InTopK":
        d.node(d.op, predictions, targets, k=2)
    else:
        d.node(d.op, predictions, targets, d.argument(2, index))


RECIPES: Mapping[str, Recipe] = {
    **dict.fromkeys(("DynamicStitch", "ParallelDynamicStitch"), stitched),
    **dict.fromkeys(("InTopK", "InTopKV2"), in_top),
    **dict.fromkeys(("TopK", "TopKV2"), top),
    **dict.fromkeys(("Unique", "UniqueWithCounts"), unique),
    **dict.fromkeys(
        ("SegmentMax", "SegmentMean", "SegmentMin", "SegmentProd", "SegmentSum"), segments
    ),
    **dict.fromkeys(
        ("SparseSegmentMean", "SparseSegmentMeanWithNumSegments", "SparseSegmentSqrtN",
         "SparseSegmentSqrtNWithNumSegments", "SparseSegmentSum",
         "SparseSegmentSumWithNumSegments"), sparse_segments,
    ),
    **dict.fromkeys(
        ("UnsortedSegmentMax", "UnsortedSegmentMin", "UnsortedSegmentProd", "UnsortedSegmentSum"),
        unsorted_segments,
    ),
    "DynamicPartition": partitioned,
    "Gather": gathered,
    "GatherNd": gathered_by_points,
    "GatherV2": gathered_along,
    "ListDiff": list_difference,
    "NthElement": nth,
    "OneHot": one_hot,
    "ScatterNd": scattered,
    "Slice": sliced,
    "StridedSlice": sliced_by_strides,
    "UniqueV2": unique_along,
    "Where": where,
}  # fmt: skip
