"""The exit code of several models, targets and reports: the worst one counts."""

from __future__ import annotations

__all__ = ["worse"]

_FROM_BEST = (0, 1, 4, 5, 3, 2)


def worse(one: int, other: int) -> int:
    """The worse of two: usage, then what could not be read, the compiler, the numbers, findings."""
    return max(one, other, key=_FROM_BEST.index)
