"""Matrix products, decompositions and diagonals."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from harness.draft import Draft
from linter.graph import Value
from recipes.elementwise import split_in_two

__all__ = ["RECIPES"]

Recipe = Callable[[Draft], None]

_FLOATS = ("float32", "float64")


def _pair(d: Draft, *, turned: tuple[bool, bool]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    rows, inner, columns = (d.pick((2, 3, 1, 4, 0)) for _ in range(3))
    left, right = (rows, inner), (inner, columns)
    return left[::-1] if turned[0] else left, right[::-1] if turned[1] else right


def product(d: Draft) -> None:
    turned = d.chance(50), d.chance(50)
    left, right = _pair(d, turned=turned)
    if d.op == "_FusedMatMul" and 0 in (*left, *right):
        left, right = (2, 2), (2, 2)  # TensorFlow forgets the bias of an empty sum
    dtypes = [d.dtype("T", among=("float32", "int32", "float64"))] * 2
    if d.op == "SparseMatMul":
        dtypes = ["float32", "float32"]
    x, y = d.data(left, dtypes[0]), d.data(right, dtypes[1])
    rest: list[list[Value]] = []
    attrs: dict[str, object] = {"transpose_a": turned[0], "transpose_b": turned[1]}
    if d.op == "_FusedMatMul":
        columns = right[0 if turned[1] else 1]
        rest = [[d.data((columns,), dtypes[0])]]
        attrs["fused_ops"] = ("BiasAdd",)
    if d.op == "MatMul":
        attrs |= {"grad_a": False, "grad_b": False}
    d.node(d.op, x, y, *rest, **attrs)


def batched_product(d: Draft) -> None:
    turned = d.chance(50), d.chance(50)
    left, right = _pair(d, turned=turned)
    batch = d.dims(0, 2)
    batches = (batch, batch) if d.op == "BatchMatMul" else split_in_two(batch, d)
    attrs: dict[str, object] = {"adj_x": turned[0], "adj_y": turned[1]}
    attrs |= {"grad_x": False, "grad_y": False}
    dtype = d.dtype("Ta" if d.op == "BatchMatMulV3" else "T", among=("float32", "int32"))
    if d.op == "BatchMatMulV3":
        attrs["Tout"] = dtype
    inputs = [d.data((*batches[0], *left), dtype), d.data((*batches[1], *right), dtype)]
    d.node(d.op, *inputs, **attrs)


_EQUATIONS = (
    "ij,jk->ik", "ij->ji", "ij,ij->", "bij,bjk->bik", "...ij,...jk->...ik", "ij->i", "i,j->ij",
    "b...,b->b...", "ii->i", "ij,kj->ik", "...->...", "a...b,b...c->a...c", "ijk->kj", "i->ii",
)  # fmt: skip


def einsum(d: Draft) -> None:
    equation = str(d.pick(_EQUATIONS))
    sizes = {label: d.pick((2, 3, 1, 0)) for label in "abcijk"}
    middle = d.dims(0, 2)
    operands = equation.split("->")[0].split(",")
    dots = split_in_two(middle, d) if len(operands) == 2 else (middle,)
    dtype = d.dtype("T", among=("float32", "int32"))
    inputs = []
    for term, own in zip(operands, dots, strict=True):
        head, dot, tail = term.partition("...")
        parts = [*(sizes[c] for c in head), *(own if dot else ()), *(sizes[c] for c in tail)]
        inputs.append(d.data(parts, dtype))
    d.node(d.op, inputs, equation=equation)


def _squares(d: Draft) -> tuple[np.ndarray, str, tuple[int, ...]]:
    side, batch, dtype = d.integer(0, 3), d.dims(0, 2), d.dtype("T", among=_FLOATS)
    array = np.broadcast_to(np.eye(side) * 2, (*batch, side, side)).astype(dtype)
    return array, dtype, batch


def of_squares(d: Draft) -> None:
    array, dtype, _ = _squares(d)
    d.outputs(d.op, d.tensor(array, dtype))


def solved(d: Draft) -> None:
    array, dtype, batch = _squares(d)
    if d.op == "MatrixTriangularSolve" and d.chance(30):
        batch = split_in_two(batch, d)[0]
    right = d.data((*batch, array.shape[-1], d.integer(0, 3)), dtype, -2, 2)
    d.node(d.op, d.tensor(array, dtype), right)


def decomposed(d: Draft) -> None:
    shape, dtype = (*d.dims(0, 2), d.integer(0, 3), d.integer(0, 3)), d.dtype("T", among=_FLOATS)
    d.outputs(d.op, d.data(shape, dtype, -2, 2))


def diagonal(d: Draft) -> None:
    low, high = {"Diag": (1, 2), "MatrixDiag": (1, 3), "MatrixDiagPart": (2, 4)}[d.op]
    d.node(d.op, d.data(d.dims(low, high), d.dtype()))


def tensor_diagonal_part(d: Draft) -> None:
    half = d.dims(1, 2)
    d.node(d.op, d.data((*half, *half), d.dtype()))


RECIPES: Mapping[str, Recipe] = {
    **dict.fromkeys(("MatMul", "SparseMatMul", "_FusedMatMul"), product),
    **dict.fromkeys(("BatchMatMul", "BatchMatMulV2", "BatchMatMulV3"), batched_product),
    **dict.fromkeys(
        ("LogMatrixDeterminant", "Lu", "MatrixDeterminant", "SelfAdjointEigV2"), of_squares
    ),
    **dict.fromkeys(("MatrixSolve", "MatrixTriangularSolve"), solved),
    **dict.fromkeys(("Qr", "Svd"), decomposed),
    **dict.fromkeys(("Diag", "MatrixDiag", "MatrixDiagPart"), diagonal),
    "DiagPart": tensor_diagonal_part,
    "Einsum": einsum,
}
