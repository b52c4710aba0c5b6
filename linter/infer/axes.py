"""Arithmetic on axes: counted from the front, taken out, kept, put in and reordered.

Sizes in, sizes out: nothing here knows of nodes. ``None`` is what is not known.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from linter.infer.dims import Dims

__all__ = [
    "axes_in",
    "axis_in",
    "inserted",
    "inverse",
    "permutation",
    "permuted",
    "reduced",
    "removed",
    "replaced",
    "squeezed",
]


def axis_in(axis: int | None, rank: int | None) -> int | None:
    """``axis`` counted from the front; ``None`` when it or the rank is unknown, or outside."""
    if axis is None or rank is None or not -rank <= axis < rank:
        return None
    return axis + rank if axis < 0 else axis


def axes_in(axes: Iterable[int | None], rank: int) -> frozenset[int] | None:
    """The axes counted from the front, each once; ``None`` when one is unknown or outside."""
    found = {axis_in(axis, rank) for axis in axes}
    return None if None in found else frozenset(axis for axis in found if axis is not None)


def replaced(dims: Sequence[int | None], axis: int, size: int | None) -> Dims:
    """``dims`` with one axis of another size."""
    return (*dims[:axis], size, *dims[axis + 1 :])


def inserted(dims: Sequence[int | None], place: int, size: int | None = 1) -> Dims:
    """``dims`` with an axis more, in front of the one at ``place``."""
    return (*dims[:place], size, *dims[place:])


def removed(dims: Sequence[int | None], place: int) -> Dims:
    """``dims`` without one axis."""
    return (*dims[:place], *dims[place + 1 :])


def reduced(dims: Sequence[int | None], axes: Collection[int], *, keep: bool) -> Dims:
    """What reducing ``axes`` leaves; ``keep`` leaves each as an axis of size 1.

    Source: TensorFlow op docs of Sum and the other reductions.
    """
    if keep:
        return tuple([1 if axis in axes else size for axis, size in enumerate(dims)])
    return tuple([size for axis, size in enumerate(dims) if axis not in axes])


def squeezed(dims: Sequence[int | None], axes: Sequence[int]) -> Dims:
    """``dims`` without ``axes``, or without all axes of size 1 when none is named.

    An axis of unknown size may or may not go, so the rank is then unknown. ``None`` as well when
    an axis is named that has another size.

    Source: TensorFlow op docs of Squeeze.
    """
    if not axes:
        return None if None in dims else tuple([size for size in dims if size != 1])
    gone = axes_in(axes, len(dims))
    if gone is None or any(dims[axis] not in (1, None) for axis in gone):
        return None
    return reduced(dims, gone, keep=False)


def permutation(order: Sequence[int | None], rank: int) -> tuple[int | None, ...] | None:
    """The axes that ``order`` names, from the front; ``None`` when it is no permutation.

    An entry that is not known stays ``None``.

    Source: TensorFlow op docs of Transpose.
    """
    axes = tuple([axis_in(axis, rank) for axis in order])
    known = [axis for axis in axes if axis is not None]
    return axes if len(axes) == rank and len(set(known)) == len(known) else None


def permuted(dims: Sequence[int | None], order: Sequence[int | None]) -> Dims:
    """``dims`` with axis ``order[i]`` at place ``i``; ``None`` when that is no permutation."""
    axes = permutation(order, len(dims))
    return None if axes is None else tuple([None if a is None else dims[a] for a in axes])


def inverse(order: Sequence[int | None]) -> tuple[int, ...] | None:
    """The permutation that takes ``order`` back; ``None`` when it is none of 0 and following.

    Source: TensorFlow op docs of InvertPermutation.
    """
    if sorted([axis for axis in order if axis is not None]) != list(range(len(order))):
        return None
    found = [0] * len(order)
    for place, axis in enumerate(order):
        found[axis or 0] = place
    return tuple(found)
