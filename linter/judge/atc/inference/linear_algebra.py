"""Decompositions, determinants and solutions of matrices.

Source: canndev, ops/built-in/op_proto/linalg_ops.cc and util/linalg_ops_shape_fns.cc.
"""

from __future__ import annotations

from linter.judge.atc.inference.demands import AICPU, at_least, differ, misshapen, same_size, shown
from linter.judge.atc.inference.operator import GeInput, GeOperator, Refused

__all__ = ["matrix", "ragged_range", "solve", "square"]


def matrix(op: GeOperator) -> Refused | None:
    """Svd and Qr: SvdInfer, QrInfer."""
    return at_least(op.inputs[:1], 2, AICPU)


def square(op: GeOperator) -> Refused | None:
    """MakeBatchSquareMatrix, or the same written out.

    Cholesky, Lu, LogMatrixDeterminant, MatrixDeterminant, MatrixInverse and SelfAdjointEig.
    """
    return _square(op.inputs[0])


def solve(op: GeOperator) -> Refused | None:
    """MatrixSolve and MatrixTriangularSolve: MatrixSolve of linalg_ops_shape_fns.cc."""
    left, right = op.inputs[:2]
    refused = _square(left) or at_least((right,), 2, AICPU)
    if refused is None and differ(left.rank, right.rank):
        seen = f"inputs {left.name!r} and {right.name!r} are {shown(left.dims)} and "
        accepted = "their ranks must be equal"
        return misshapen(right, accepted, AICPU, seen=seen + shown(right.dims))
    return refused or same_size((left, -2), (right, -2), AICPU)


def ragged_range(op: GeOperator) -> Refused | None:
    """RaggedRange: RaggedRangeInfer of ragged_math_ops.cc."""
    vectors: list[GeInput] = []
    for tensor in op.inputs[:3]:
        rank = tensor.rank
        if rank is not None and rank > 1:
            return misshapen(tensor, "its rank must be 1 at most", AICPU)
        if rank == 1:
            vectors.append(tensor)
    for other in vectors[1:]:
        refused = same_size((vectors[0], 0), (other, 0), AICPU)
        if refused is not None:
            return refused
    return None


def _square(tensor: GeInput) -> Refused | None:
    return at_least((tensor,), 2, AICPU) or same_size((tensor, -2), (tensor, -1), AICPU)
