"""Arithmetic on shapes whose rank or axes may be unknown.

``None`` for a whole shape is an unknown rank, ``None`` for one axis an unknown size.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

__all__ = [
    "MAX_DIM",
    "MAX_RANK",
    "Dims",
    "Outputs",
    "broadcast",
    "cannot_reshape",
    "cleaned",
    "concat",
    "join",
    "product",
    "refine",
    "refine_axis",
    "reshaped",
    "unknown_of_rank",
]

Dims: TypeAlias = tuple[int | None, ...] | None
Outputs: TypeAlias = tuple[Dims, ...]
"""Shapes of the outputs of a node; what lies beyond the end is unknown."""

MAX_DIM = (1 << 63) - 1
MAX_RANK = 254


def cleaned(dims: Dims) -> Dims:
    """``dims`` with sizes that no tensor can have made unknown."""
    if dims is None or len(dims) > MAX_RANK:
        return None
    for size in dims:
        if size is not None and not 0 <= size <= MAX_DIM:
            return tuple(s if s is not None and 0 <= s <= MAX_DIM else None for s in dims)
    return dims


def unknown_of_rank(rank: int | None) -> Dims:
    """A shape of which only the rank is known."""
    return None if rank is None or not 0 <= rank <= MAX_RANK else (None,) * rank


def product(sizes: Iterable[int | None]) -> int | None:
    """Number of elements; ``None`` when an axis is unknown (even beside a zero)."""
    total = 1
    for size in sizes:
        if size is None:
            return None
        total *= size
    return total


def broadcast(left: Dims, right: Dims) -> Dims:
    """The shape of an elementwise result.

    An unknown axis beside one larger than 1 takes that size; shapes that do not broadcast give
    an unknown rank.
    """
    if left is None or right is None:
        return None
    if left == right:
        return left
    if len(left) < len(right):
        left, right = right, left
    lead = len(left) - len(right)
    sizes: list[int | None] = list(left[:lead])
    for a, b in zip(left[lead:], right, strict=True):
        if a == b or b == 1:
            sizes.append(a)
        elif a == 1:
            sizes.append(b)
        elif a is None or b is None:
            known = b if a is None else a
            sizes.append(known if known else None)
        else:
            return None
    return tuple(sizes)


def join(left: Dims, right: Dims) -> Dims:
    """What is true of both shapes: the value may have either."""
    if left == right:
        return left
    if left is None or right is None or len(left) != len(right):
        return None
    return tuple(a if a == b else None for a, b in zip(left, right, strict=True))


def refine(left: Dims, right: Dims) -> Dims:
    """What both shapes together tell of one value; ``left`` alone when they contradict."""
    if left is None or right is None:
        return right if left is None else left
    if left == right or len(left) != len(right):
        return left
    pairs = list(zip(left, right, strict=True))
    if any(a is not None and b is not None and a != b for a, b in pairs):
        return left
    return tuple(b if a is None else a for a, b in pairs)


def refine_axis(left: int | None, right: int | None) -> int | None:
    """The size of an axis that two sources describe; ``None`` when they contradict."""
    if left is None or right is None:
        return right if left is None else left
    return left if left == right else None


def concat(*parts: Dims) -> Dims:
    """The axes of several shapes one after the other."""
    sizes: list[int | None] = []
    for part in parts:
        if part is None:
            return None
        sizes.extend(part)
    return tuple(sizes)


def reshaped(dims: Dims, wanted: Sequence[int | None]) -> Dims:
    """The shape that ``wanted`` spells out for elements that had the shape ``dims``.

    The one axis that is open (written -1, or not known) follows from the number of elements.
    Nothing is known of a shape that does not hold as many.

    Source: TensorFlow op docs of Reshape.
    """
    open_axes = [axis for axis, size in enumerate(wanted) if size is None or size == -1]
    result = tuple([None if size == -1 else size for size in wanted])
    total = None if dims is None else product(dims)
    if total is None or len(open_axes) > 1:
        return result
    if not open_axes:
        return result if product(wanted) == total else None
    place = open_axes[0]
    rest = product(size for axis, size in enumerate(wanted) if axis != place)
    if not rest or total % rest:
        return result
    return (*result[:place], total // rest, *result[place + 1 :])


def cannot_reshape(dims: Sequence[int | None], wanted: Sequence[int | None]) -> bool:
    """Whether the elements of ``dims`` surely cannot have the shape that ``wanted`` spells out."""
    total = product(dims)
    if total is None or wanted.count(-1) > 1 or any(n is None or n < -1 for n in wanted):
        return False
    fixed = product(size for size in wanted if size != -1) or 0
    return fixed != 0 and total % fixed != 0 if -1 in wanted else total != fixed
