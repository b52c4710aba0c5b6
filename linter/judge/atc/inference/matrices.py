"""Matrix products: ranks and inner sizes.

The dtypes that MatMulV2Verify refuses are refused by all engines, which say more about them.

Source: canndev, ops/built-in/op_proto/matrix_calculation_ops.cc.
"""

from __future__ import annotations

from linter.infer.dims import broadcast
from linter.judge.atc.inference.demands import LOGGED, differ, misshapen, shown
from linter.judge.atc.inference.operator import GeInput, GeOperator, Refused

__all__ = ["batch_matmul", "batch_matmul_v2", "matmul"]


def matmul(op: GeOperator) -> Refused | None:
    """MatMul and MatMulV2: MatMulV2InferShape with InferShapeMatMul::InferShape."""
    first, second = op.inputs[:2]
    left, right = _promoted(first, in_front=True), _promoted(second, in_front=False)
    if left is not None and len(left) not in (2, 4):
        return misshapen(first, "its rank must be 1, 2 or 4", LOGGED)
    if left is None or right is None or len(left) != 2 or len(right) != 2:
        return None
    turned = (op.flag("transpose_x1"), op.flag("transpose_x2"))
    return _inner((first, second), (left, right), turned)


def batch_matmul(op: GeOperator) -> Refused | None:
    """BatchMatMul: BatchMatMulInferShape with InferShapeBatchMatMul::InferShape."""
    first, second = op.inputs[:2]
    return _batched(op, (first, second), (first.dims, second.dims))


def batch_matmul_v2(op: GeOperator) -> Refused | None:
    """BatchMatMulV2: BatchMatMulV2InferShape; it takes vectors as matrices."""
    first, second = op.inputs[:2]
    shapes = (_promoted(first, in_front=True), _promoted(second, in_front=False))
    return _batched(op, (first, second), shapes)


_Known = tuple[int | None, ...]


def _promoted(tensor: GeInput, *, in_front: bool) -> _Known | None:
    """A vector of known size as a matrix."""
    dims = tensor.dims
    if dims is None or len(dims) != 1:
        return dims
    if not dims[0]:
        return None
    return (1, *dims) if in_front else (*dims, 1)


def _batched(
    op: GeOperator, tensors: tuple[GeInput, GeInput], shapes: tuple[_Known | None, _Known | None]
) -> Refused | None:
    left, right = shapes
    if left is None or right is None or min(len(left), len(right)) < 2:
        return None
    turned = (op.flag("adj_x1"), op.flag("adj_x2"))
    refused = _inner(tensors, (left, right), turned)
    if refused is not None or None in left or None in right:
        return refused
    if broadcast(_large(left[:-2]), _large(right[:-2])) is None:
        seen = _seen(*tensors)
        return misshapen(tensors[1], "the axes in front must broadcast", LOGGED, seen=seen)
    return None


def _large(dims: _Known) -> _Known:
    """Sizes that are compared: InferBatchStatic lets 0 pass."""
    return tuple([size or 1 for size in dims])


def _inner(
    tensors: tuple[GeInput, GeInput], shapes: tuple[_Known, _Known], turned: tuple[bool, bool]
) -> Refused | None:
    (left, right), (first, second) = shapes, tensors
    inner = (left[-2 if turned[0] else -1], right[-1 if turned[1] else -2])
    if not differ(*inner):
        return None
    accepted = f"the inner sizes must be equal and are {inner[0]} and {inner[1]}"
    plain = all(tensor.rank == len(dims) for tensor, dims in zip(tensors, shapes, strict=True))
    return misshapen(second, accepted, LOGGED, seen=_seen(first, second), contradiction=plain)


def _seen(first: GeInput, second: GeInput) -> str:
    return f"inputs {first.name!r} and {second.name!r} are {shown(first.dims)} and " + shown(
        second.dims
    )
