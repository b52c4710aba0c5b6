"""Matrix products, decompositions and diagonals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from linter.infer.dims import Dims, Outputs, broadcast, concat, refine, refine_axis
from linter.infer.view import Rule, View

__all__ = ["RULES"]


def _matmul(view: View) -> Outputs:
    left, right = _two_axes(view.shape(0)), _two_axes(view.shape(1))
    if left is None or right is None:
        return ()
    rows = left[1 if view.flag("transpose_a") else 0]
    columns = right[0 if view.flag("transpose_b") else 1]
    return ((rows, columns),)


def _two_axes(dims: Dims) -> Dims:
    if dims is None:
        return (None, None)
    return dims if len(dims) == 2 else None


def _batch_matmul(view: View) -> Outputs:
    return _batched(view, exact=True)


def _batch_matmul_v2(view: View) -> Outputs:
    return _batched(view, exact=False)


def _batched(view: View, *, exact: bool) -> Outputs:
    left, right = view.shape(0), view.shape(1)
    if left is None or right is None:
        return ()
    if len(left) < 2 or len(right) < 2:
        return ()
    rows = left[-1 if view.flag("adj_x") else -2]
    columns = right[-2 if view.flag("adj_y") else -1]
    lead = refine(left[:-2], right[:-2]) if exact else broadcast(left[:-2], right[:-2])
    return (concat(lead, (rows, columns)),)


def _einsum(view: View) -> Outputs:
    equation = view.text("equation").replace(" ", "")
    inputs, arrow, output = equation.partition("->")
    terms = inputs.split(",")
    if not arrow or len(terms) != len(view):
        return ()
    sizes: dict[str, int | None] = {}
    middle: Dims = ()
    for term, dims in zip(terms, view.shapes(), strict=True):
        head, dots, tail = term.partition("...")
        if dims is None:
            if dots:
                middle = None
            continue
        if len(dims) < len(head) + len(tail) or (not dots and len(dims) != len(head)):
            return ()
        stop = len(dims) - len(tail)
        if dots:
            middle = broadcast(middle, dims[len(head) : stop])
        for label, size in (*zip(head, dims, strict=False), *zip(tail, dims[stop:], strict=False)):
            sizes[label] = refine_axis(sizes.get(label), size)
    head, dots, tail = output.partition("...")
    lead, trail = _labelled(head, sizes), _labelled(tail, sizes)
    return (concat(lead, middle if dots else (), trail),)


def _labelled(labels: str, sizes: Mapping[str, int | None]) -> tuple[int | None, ...]:
    return tuple(sizes.get(label) for label in labels)


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


RULES: Mapping[str, Rule] = {
    "BatchMatMul": Rule(_batch_matmul),
    "BatchMatMulV2": Rule(_batch_matmul_v2),
    "BatchMatMulV3": Rule(_batch_matmul_v2),
    "Diag": Rule(_tensor_diag),
    "DiagPart": Rule(_tensor_diag_part),
    "Einsum": Rule(_einsum),
    "LogMatrixDeterminant": Rule(_log_determinant),
    "Lu": Rule(_lu),
    "MatMul": Rule(_matmul),
    "MatrixDeterminant": Rule(_determinant),
    "MatrixDiag": Rule(_diag),
    "MatrixDiagPart": Rule(_diag_part),
    "MatrixSolve": Rule(_solve),
    "MatrixTriangularSolve": Rule(_triangular_solve),
    "Qr": Rule(_qr),
    "SelfAdjointEigV2": Rule(_self_adjoint_eig),
    "SparseMatMul": Rule(_matmul),
    "Svd": Rule(_svd),
    "_FusedMatMul": Rule(_matmul),
}
