"""Operators that put tensors together.

Source: canndev, ops/built-in/op_proto/split_combination_ops.cc.
"""

from __future__ import annotations

from collections.abc import Sequence

from linter.infer.axes import axis_in
from linter.judge.atc.inference.demands import VECTOR, differ, misshapen, same_dtypes, shown
from linter.judge.atc.inference.operator import GeInput, GeOperator, Refused

__all__ = ["concat_axis_first", "concat_v2", "concat_with_attribute", "pack"]


def concat_v2(op: GeOperator) -> Refused | None:
    """ConcatV2: ConcatV2Verify (ConcatInputsVerify), ConcatV2InferShape."""
    return _joined(op, _axis_of(op.inputs[-1:]))


def concat_axis_first(op: GeOperator) -> Refused | None:
    """Concat: ConcatVerify, ConcatInferShape; the axis comes first."""
    return _joined(op, _axis_of(op.inputs[:1]))


def concat_with_attribute(op: GeOperator) -> Refused | None:
    """ConcatD and ConcatV2D: ConcatDVerify, ConcatDInferShape."""
    return _joined(op, op.integer("concat_dim"))


def pack(op: GeOperator) -> Refused | None:
    """Pack: PackInferShape with JoinShapes, which lets scalars in front pass."""
    tensors = _without_scalars_in_front(op.group("x"))
    refused = _fitting(tensors, None)
    axis, rank = op.integer("axis"), tensors[-1].rank if tensors else 0
    if refused is not None or axis is None or rank is None:
        return refused
    if axis_in(axis, rank + 1) is not None:
        return None
    seen = f"axis is {axis} and the inputs have the shape {shown(tensors[-1].dims)}"
    return misshapen(tensors[-1], f"it must be from {-rank - 1} to {rank}", VECTOR, seen=seen)


def _axis_of(tensors: Sequence[GeInput]) -> int | None:
    found = tensors[0].integers if tensors else None
    return found[0] if found else None


def _joined(op: GeOperator, axis: int | None) -> Refused | None:
    """ConcatInferShapeCommon."""
    tensors = op.group("x")
    refused = same_dtypes(tensors, VECTOR)
    if refused is not None or axis is None or not tensors:
        return refused
    ranks = [tensor.rank for tensor in tensors]
    known = [rank for rank in ranks if rank is not None]
    if not known:
        return None
    rank = max(known)
    place = axis_in(axis, rank)
    if place is not None:
        return _fitting(_without_scalars_in_front(tensors), place)
    if len(known) < len(ranks):
        return None
    tensor = tensors[ranks.index(rank)]
    seen = f"the axis is {axis} and input {tensor.name!r} has the shape {shown(tensor.dims)}"
    return misshapen(tensor, f"it must be from {-rank} to {rank - 1}", VECTOR, seen=seen)


def _without_scalars_in_front(tensors: tuple[GeInput, ...]) -> tuple[GeInput, ...]:
    first = next((k for k, tensor in enumerate(tensors) if tensor.rank != 0), len(tensors) - 1)
    return tensors[max(first, 0) :]


def _fitting(tensors: tuple[GeInput, ...], axis: int | None) -> Refused | None:
    """JoinShapes: all have one shape, but for the size along ``axis``."""
    seen: GeInput | None = None
    for tensor in tensors:
        dims = tensor.dims
        if dims is None:
            continue
        if seen is not None and _clash(seen.dims or (), dims, axis):
            said = f"inputs {seen.name!r} and {tensor.name!r} are {shown(seen.dims)} and "
            accepted = "their shapes must be equal"
            accepted += "" if axis is None else f" but for axis {axis}"
            return misshapen(tensor, accepted, VECTOR, seen=said + shown(dims))
        if seen is None or None in (seen.dims or ()):
            seen = tensor
    return None


def _clash(one: tuple[int | None, ...], other: tuple[int | None, ...], axis: int | None) -> bool:
    if len(one) != len(other):
        return True
    pairs = enumerate(zip(one, other, strict=True))
    return any(place != axis and differ(a, b) for place, (a, b) in pairs)
