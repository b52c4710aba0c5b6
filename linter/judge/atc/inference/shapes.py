"""Operators that change the shape or the order of the axes.

Source: canndev, ops/built-in/op_proto/array_ops.cc, transformation_ops.cc and pad_ops.cc.
"""

from __future__ import annotations

from linter.infer.axes import axis_in
from linter.infer.dims import cannot_reshape, product
from linter.judge.atc.inference.demands import (
    GRAPH,
    LOGGED,
    VECTOR,
    axis_inside,
    misshapen,
    shown,
)
from linter.judge.atc.inference.operator import Aspect, GeInput, GeOperator, Refused

__all__ = ["expand_dims", "fill", "pad", "reshape", "squeeze", "tile", "transpose"]

_INTEGERS = ("int32", "int64")
_MAX = (1 << 63) - 1


def transpose(op: GeOperator) -> Refused | None:
    """Transpose: TransposeInferShape, TransposeCommonInferShape; it compares no lengths."""
    data, perm = op.inputs[:2]
    order, rank = perm.integers, data.rank
    if order is None or rank is None:
        return None
    if all((axis + rank if axis < 0 else axis) < rank for axis in order):
        return None
    seen = f"perm is {shown(order)} and input {data.name!r} has the shape {shown(data.dims)}"
    return misshapen(data, f"its entries must be below {rank}", VECTOR, seen=seen)


def squeeze(op: GeOperator) -> Refused | None:
    """Squeeze: SqueezeVerify, SqueezeInfer."""
    data = op.inputs[0]
    for axis in op.integers("axis") or ():
        refused = axis_inside(data, axis, GRAPH, "axis")
        if refused is not None:
            return refused
        if data.size(axis) not in (1, None):
            seen = f"axis is {axis} and input {data.name!r} has the shape {shown(data.dims)}"
            return misshapen(data, "the size of that axis must be 1", GRAPH, seen=seen)
    return None


def expand_dims(op: GeOperator) -> Refused | None:
    """ExpandDims: ExpandDimsInfer."""
    data, axis = op.inputs[:2]
    refused = _of_integers(axis)
    if refused is not None:
        return refused
    count, found, rank = product(axis.dims or (None,)), axis.integers, data.rank
    if axis.dims and count not in (1, None):
        return misshapen(axis, "it must have one element", GRAPH)
    if not found or rank is None or axis_in(found[0], rank + 1) is not None:
        return None
    seen = f"the axis is {found[0]} and input {data.name!r} has the shape {shown(data.dims)}"
    return misshapen(data, f"it must be from {-rank - 1} to {rank}", GRAPH, seen=seen)


def reshape(op: GeOperator) -> Refused | None:
    """Reshape: ReshapeInfer with ValidateShape; scalars and empty tensors pass."""
    data, shape = op.inputs[:2]
    wanted = shape.integers
    if wanted is None or not wanted:
        return None
    refused = _of_integers(shape) or _writable(shape, wanted)
    dims = data.dims
    if refused is not None or not dims or 0 in dims:
        return refused
    if cannot_reshape(dims, wanted):
        seen = f"input {data.name!r} has the shape {shown(dims)} and {shown(wanted)} is asked for"
        accepted = "the numbers of elements must be equal"
        return misshapen(data, accepted, GRAPH, seen=seen, contradiction=True)
    return None


def fill(op: GeOperator) -> Refused | None:
    """Fill: FillInferShape."""
    dims = op.inputs[0]
    return _of_integers(dims) if dims.constant else None


def pad(op: GeOperator) -> Refused | None:
    """Pad, PadV2 and MirrorPad: PadInferShape with PadInferShapeAndType."""
    data, paddings = op.inputs[:2]
    found, dims = paddings.integers, data.dims
    if found is None or not dims or None in dims or len(found) == 2 * len(dims):
        return None
    seen = f"input {data.name!r} has the shape {shown(dims)} and there are {len(found)} paddings"
    return misshapen(paddings, f"there must be {2 * len(dims)}", VECTOR, seen=seen)


def tile(op: GeOperator) -> Refused | None:
    """Tile: TileInferShape with TileInferShapeAndType; more entries than axes pass."""
    data, multiples = op.inputs[:2]
    found, rank = multiples.integers, data.rank
    if found is None or rank is None or len(found) >= rank:
        return None
    seen = f"multiples is {shown(found)} and input {data.name!r} has the shape {shown(data.dims)}"
    return misshapen(multiples, f"there must be {rank} or more", LOGGED, seen=seen)


def _of_integers(tensor: GeInput) -> Refused | None:
    dtype = tensor.dtype
    if dtype is None or dtype in _INTEGERS:
        return None
    seen = f"input {tensor.name!r} is {dtype}"
    return Refused(Aspect.DTYPE, GRAPH, seen, "it must be int32 or int64", tensor.port)


def _writable(shape: GeInput, wanted: tuple[int, ...]) -> Refused | None:
    """ValidateShape: one open axis at most, sizes that are none negative, no overflow."""
    seen = f"the shape {shown(wanted)} is asked for"
    if wanted.count(-1) > 1:
        return misshapen(shape, "one entry at most may be -1", GRAPH, seen=seen)
    if min(wanted) < -1:
        return misshapen(shape, "an entry must be -1 or a size", GRAPH, seen=seen)
    sizes = [size for size in wanted if size > 0]
    if (product(sizes) or 0) > _MAX:
        return misshapen(shape, "the number of elements must fit 64 bits", GRAPH, seen=seen)
    return None
