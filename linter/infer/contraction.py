"""Matrix products and Einstein sums: what their equations say, and the shapes that they give.

Sizes in, sizes out: nothing here knows of nodes. ``None`` is what is not known.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from linter.infer.dims import Dims, broadcast, concat, refine, refine_axis

__all__ = ["Equation", "batched_product", "contracted", "matrix_product", "read_equation"]

_DOTS = "..."
_FIRST = 0x100
"""Labels of the axes that an ellipsis stands for begin here: beyond all that can be written."""


def matrix_product(left: Dims, right: Dims, *, turn_left: bool, turn_right: bool) -> Dims:
    """The shape of a product of two matrices; ``turn`` is for one that is transposed first.

    Source: TensorFlow op docs of MatMul.
    """
    left, right = (
        (None, None) if left is None else left,
        (None, None) if right is None else right,
    )
    if len(left) != 2 or len(right) != 2:
        return None
    return (left[1 if turn_left else 0], right[0 if turn_right else 1])


def batched_product(
    left: Dims, right: Dims, *, turn_left: bool, turn_right: bool, spread: bool
) -> Dims:
    """The shape of products of the matrices in the last two axes.

    Args:
        left: ``[b..., m, k]``; ``[b..., k, m]`` when it is turned.
        right: ``[b..., k, n]``; ``[b..., n, k]`` when it is turned.
        turn_left: whether the left matrices are transposed first.
        turn_right: the same for the right ones.
        spread: the axes in front broadcast; else both have the same.

    Source: TensorFlow op docs of BatchMatMul and BatchMatMulV2.
    """
    if left is None or right is None or len(left) < 2 or len(right) < 2:
        return None
    rows, columns = left[-1 if turn_left else -2], right[-2 if turn_right else -1]
    lead = (broadcast if spread else refine)(left[:-2], right[:-2])
    return concat(lead, (rows, columns))


class Equation(NamedTuple):
    """The labels of the axes; those that an ellipsis stands for have labels beyond ASCII.

    Attributes:
        operands: labels of each operand; ``None`` where its ellipsis is of unknown length.
        result: labels of the result; ``None`` where its ellipsis is of unknown length.
    """

    operands: tuple[str | None, ...]
    result: str | None


def read_equation(equation: str, ranks: Sequence[int | None]) -> Equation | str:
    """The equation of a sum over operands of these ranks, or why it is none.

    Source: TensorFlow op docs of Einsum; axes under an ellipsis are counted from the right.
    """
    left, arrow, right = equation.replace(" ", "").partition("->")
    terms = left.split(",")
    if len(terms) != len(ranks) or not arrow:
        return f"the equation {equation!r} is not one of {len(ranks)} operands"
    counts: list[int | None] = []
    for term, rank in zip(terms, ranks, strict=True):
        named = len(term.replace(_DOTS, ""))
        if rank is not None and (rank < named or (_DOTS not in term and rank != named)):
            return f"{term!r} does not fit the rank {rank}"
        counts.append(0 if _DOTS not in term else None if rank is None else rank - named)
    known = [count for count in counts if count is not None]
    spread = max(known, default=0)
    operands = tuple(
        None if count is None else _labelled(term, count, spread)
        for term, count in zip(terms, counts, strict=True)
    )
    is_open = _DOTS in right and len(known) != len(counts)
    return Equation(operands, None if is_open else _labelled(right, spread, spread))


def _labelled(term: str, count: int, spread: int) -> str:
    """The term with labels, counted from the right, in place of its ellipsis."""
    dots = "".join(chr(_FIRST + place) for place in range(spread - count, spread))
    return term.replace(_DOTS, dots)


def contracted(equation: str, shapes: Sequence[Dims]) -> Dims:
    """The shape of an Einstein sum; axes under an ellipsis broadcast."""
    found = read_equation(equation, [None if dims is None else len(dims) for dims in shapes])
    if isinstance(found, str) or found.result is None:
        return None
    sizes: dict[str, int | None] = {}
    for labels, dims in zip(found.operands, shapes, strict=True):
        for label, size in zip(labels or "", dims or (), strict=False):
            known = sizes.get(label)
            if ord(label) < _FIRST or label not in sizes:
                sizes[label] = refine_axis(known, size)
                continue
            both = broadcast((known,), (size,))
            if both is None:
                return None
            sizes[label] = both[0]
    return tuple([sizes.get(label) for label in found.result])
