"""Matrix products, decompositions and diagonals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from linter.infer.contraction import batched_product, contracted, matrix_product
from linter.infer.dims import Dims, Outputs, broadcast, concat, refine, refine_axis
from linter.infer.view import Semantics, View

__all__ = ["OPS"]


def _matmul(view: View) -> Outputs:
    turned = view.flag("transpose_a"), view.flag("transpose_b")
    found = matrix_product(view.shape(0), view.shape(1), turn_left=turned[0], turn_right=turned[1])
    return (found,)


def _batch_matmul(view: View) -> Outputs:
    return _batched(view, spread=False)


def _batch_matmul_v2(view: View) -> Outputs:
    return _batched(view, spread=True)


def _batched(view: View, *, spread: bool) -> Outputs:
    turned = view.flag("adj_x"), view.flag("adj_y")
    found = batched_product(
        view.shape(0), view.shape(1), turn_left=turned[0], turn_right=turned[1], spread=spread
    )
    return (found,)


def _einsum(view: View) -> Outputs:
    return (contracted(view.text("equation"), view.shapes()),)


def _square(dims: Dims) -> tuple[Sequence[int | None], int | None] | None:
    """Batch axes and side of square matrices."""
    if dims is None or len(dims) < 2:
        return None
    return dims[:-2], refine_axis(dims[-2], dims[-1])


def _determinant(view: View) -> Outputs:
    found = _square(view.shape(0))
    return (tuple(found[0]),) if found is not None else ()


def _log_determinant(view: View) -> Outputs:
    found = _determinant(view)
    return found + found


def _solve(view: View) -> Outputs:
    """Square systems: the result has as many rows as the matrix and the columns of the right."""
    left, right = view.shape(0), view.shape(1)
    if left is None or right is None or len(left) < 2 or len(right) < 2:
        return ()
    lead = refine(left[:-2], right[:-2])
    return (concat(lead, (left[-1], right[-1])),)


def _triangular_solve(view: View) -> Outputs:
    left, right = view.shape(0), view.shape(1)
    if left is None or right is None or len(left) < 2 or len(right) < 2:
        return ()
    return (concat(broadcast(left[:-2], right[:-2]), (left[-1], right[-1])),)


def _svd(view: View) -> Outputs:
    dims = view.shape(0)
    if dims is None or len(dims) < 2:
        return ()
    batch, rows, columns = dims[:-2], dims[-2], dims[-1]
    small = min(rows, columns) if rows is not None and columns is not None else None
    values = (*batch, small)
    if not view.flag("compute_uv"):
        return (values,)
    if view.flag("full_matrices"):
        return (values, (*batch, rows, rows), (*batch, columns, columns))
    return (values, (*batch, rows, small), (*batch, columns, small))


def _qr(view: View) -> Outputs:
    dims = view.shape(0)
    if dims is None or len(dims) < 2:
        return ()
    batch, rows, columns = dims[:-2], dims[-2], dims[-1]
    if view.flag("full_matrices"):
        return ((*batch, rows, rows), (*batch, rows, columns))
    small = min(rows, columns) if rows is not None and columns is not None else None
    return ((*batch, rows, small), (*batch, small, columns))


def _lu(view: View) -> Outputs:
    dims = view.shape(0)
    if dims is None or len(dims) < 2:
        return ()
    return (dims, dims[:-1])


def _self_adjoint_eig(view: View) -> Outputs:
    found = _square(view.shape(0))
    if found is None:
        return ()
    batch, side = found
    vectors: Dims = (*batch, side, side) if view.attr("compute_v") is not False else (0,)
    return ((*batch, side), vectors)


def _diag(view: View) -> Outputs:
    dims = view.shape(0)
    return ((*dims, dims[-1]),) if dims else ()


def _diag_part(view: View) -> Outputs:
    dims = view.shape(0)
    if dims is None or len(dims) < 2:
        return ()
    rows, columns = dims[-2], dims[-1]
    small = min(rows, columns) if rows is not None and columns is not None else None
    return ((*dims[:-2], small),)


def _tensor_diag(view: View) -> Outputs:
    dims = view.shape(0)
    return (dims + dims,) if dims is not None else ()


def _tensor_diag_part(view: View) -> Outputs:
    dims = view.shape(0)
    if dims is None or len(dims) % 2:
        return ()
    half = len(dims) // 2
    return (refine(dims[:half], dims[half:]),)


OPS: Mapping[str, Semantics] = {
    "BatchMatMul": Semantics(_batch_matmul),
    "BatchMatMulV2": Semantics(_batch_matmul_v2),
    "BatchMatMulV3": Semantics(_batch_matmul_v2),
    "Diag": Semantics(_tensor_diag),
    "DiagPart": Semantics(_tensor_diag_part),
    "Einsum": Semantics(_einsum),
    "LogMatrixDeterminant": Semantics(_log_determinant),
    "Lu": Semantics(_lu),
    "MatMul": Semantics(_matmul),
    "MatrixDeterminant": Semantics(_determinant),
    "MatrixDiag": Semantics(_diag),
    "MatrixDiagPart": Semantics(_diag_part),
    "MatrixSolve": Semantics(_solve),
    "MatrixTriangularSolve": Semantics(_triangular_solve),
    "Qr": Semantics(_qr),
    "SelfAdjointEigV2": Semantics(_self_adjoint_eig),
    "SparseMatMul": Semantics(_matmul),
    "Svd": Semantics(_svd),
    "_FusedMatMul": Semantics(_matmul),
}
