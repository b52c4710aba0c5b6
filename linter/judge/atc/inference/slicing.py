"""Operators that take parts of a tensor, by index or by splitting it.

Source: canndev, ops/built-in/op_proto/selection_ops.cc, strided_slice_infer_shape.h,
split_combination_ops.cc and transformation_ops.cc.
"""

from __future__ import annotations

from linter.infer.slices import Masks, strided_spans
from linter.judge.atc.inference.demands import (
    GRAPH,
    LOGGED,
    VECTOR,
    at_least,
    axis_inside,
    misshapen,
    ranked,
    same_size,
    shown,
    stated,
    wrong,
)
from linter.judge.atc.inference.operator import GeInput, GeOperator, Refused

__all__ = [
    "gather",
    "gather_nd",
    "gather_v2",
    "one_hot",
    "reverse_sequence",
    "split",
    "split_v",
    "strided_slice",
    "top_k",
    "unpack",
]

_MASKS = ("begin", "end", "ellipsis", "new_axis", "shrink_axis")


def strided_slice(op: GeOperator) -> Refused | None:
    """StridedSlice: StridedSliceInferShape with StridedSliceCommonInferShape."""
    if len(op.inputs) < 4:
        return None
    data, *given = op.inputs[:4]
    begin, end, strides = (tensor.integers for tensor in given)
    masks = Masks(*[op.integer(f"{name}_mask") or 0 for name in _MASKS])
    if strides is None:
        return None
    if begin is not None and end is not None and len(begin) != len(end):
        seen = f"begin is {shown(begin)} and end is {shown(end)}"
        return misshapen(given[0], "they must be of one length", VECTOR, seen=seen)
    if masks.ellipsis & (masks.ellipsis - 1):
        return wrong(op, "ellipsis_mask", "it may have one bit at most", LOGGED)
    return _spanned(data, begin, end, strides, masks)


def _spanned(
    data: GeInput,
    begin: tuple[int, ...] | None,
    end: tuple[int, ...] | None,
    strides: tuple[int, ...],
    masks: Masks,
) -> Refused | None:
    count = range(len(strides))
    taken = [i for i in count if not (masks.new_axis >> i & 1 or masks.ellipsis >> i & 1)]
    if any(strides[i] == 0 for i in taken):
        seen = f"strides is {shown(strides)}"
        return misshapen(data, "no stride may be 0", LOGGED, seen=seen)
    dims = data.dims
    if dims is None:
        return None
    if len(taken) > len(dims):
        seen = f"{len(taken)} axes of input {data.name!r} with the shape {shown(dims)} are taken"
        return misshapen(data, f"it has {len(dims)}", LOGGED, seen=seen)
    if begin is None or end is None:
        return None
    for span in strided_spans(dims, begin, end, strides, masks) or ():
        extent = None if span.source is None else dims[span.source]
        if span.kept or span.start is None or extent is None or 0 <= span.start < extent:
            continue
        seen = f"index {span.start} of axis {span.source} of {shown(dims)} is taken"
        return misshapen(data, f"it must be below {extent}", LOGGED, seen=seen)
    return None


def gather(op: GeOperator) -> Refused | None:
    """Gather: GatherInferShape with GatherV2InferOptimize."""
    return at_least(op.inputs[:1], 1, VECTOR)


def gather_v2(op: GeOperator) -> Refused | None:
    """GatherV2: GatherV2InferShape with GatherV2InferOptimize."""
    data, indices, *rest = op.inputs[:3]
    found = rest[0].integers if rest else None
    refused = at_least((data,), 1, VECTOR)
    refused = refused or axis_inside(data, found[0] if found else None, VECTOR, "the axis")
    batch = op.integer("batch_dims") or 0
    for axis in range(batch if refused is None else 0):
        refused = refused or same_size((data, axis), (indices, axis), VECTOR)
    return refused


def gather_nd(op: GeOperator) -> Refused | None:
    """GatherNd: GatherNdInferShape with CheckGatherNdParamsSize."""
    data, indices = op.inputs[:2]
    depth, rank = indices.size(-1), data.rank
    if depth is None or rank is None or depth <= rank:
        return None
    seen = f"inputs {data.name!r} and {indices.name!r} are {shown(data.dims)} and "
    seen += shown(indices.dims)
    return misshapen(indices, f"its last size must be {rank} or less", LOGGED, seen=seen)


def top_k(op: GeOperator) -> Refused | None:
    """TopK and TopKV2: TopKInferShape with TopKInferCommon."""
    return at_least(op.inputs[:1], 1, VECTOR)


def one_hot(op: GeOperator) -> Refused | None:
    """OneHot: OneHotInferShape."""
    indices, axis = op.inputs[0], op.integer("axis")
    rank = indices.rank
    if axis is None or (axis >= -1 and (rank is None or axis <= rank)):
        return None
    return wrong(
        op, "axis", f"it must be from -1 to {'the rank' if rank is None else rank}", VECTOR
    )


def reverse_sequence(op: GeOperator) -> Refused | None:
    """ReverseSequence: ReverseSequenceInfer."""
    data, lengths = op.inputs[:2]
    refused = ranked((lengths,), (1,), GRAPH)
    axis, batch, rank = op.integer("seq_dim"), op.integer("batch_dim"), data.rank
    if refused is not None or rank is None:
        return refused
    for name, place in (("seq_dim", axis), ("batch_dim", batch)):
        if place is not None and place >= rank:
            return wrong(op, name, f"it must be below {rank}", GRAPH)
    return None if batch is None else same_size((data, batch), (lengths, 0), GRAPH)


def split(op: GeOperator) -> Refused | None:
    """Split: SplitInferShape; it compares neither the axis nor the size."""
    return stated(op, "num_split", LOGGED)


def split_v(op: GeOperator) -> Refused | None:
    """SplitV: SplitVInferShape."""
    refused = stated(op, "num_split", LOGGED)
    if refused is not None or len(op.inputs) < 3:
        return refused
    data, sizes, axis = op.inputs[:3]
    if (op.integer("num_split") or 0) <= 0:
        return wrong(op, "num_split", "it must be positive", LOGGED)
    found = axis.integers
    refused = at_least((data,), 1, LOGGED)
    refused = refused or axis_inside(data, found[0] if found else None, LOGGED, "the axis")
    parts = sizes.integers or ()
    if refused is None and parts.count(-1) > 1:
        seen = f"the sizes are {shown(parts)}"
        return misshapen(sizes, "one of them at most may be -1", LOGGED, seen=seen)
    return refused


def unpack(op: GeOperator) -> Refused | None:
    """Unpack: UnpackInferShape; it does not compare ``num`` with the size of the axis."""
    refused = stated(op, "num", VECTOR)
    if refused is not None:
        return refused
    return axis_inside(op.inputs[0], op.integer("axis"), VECTOR, "axis")
