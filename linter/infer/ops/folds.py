"""Elements of small tensors through reductions and running sums."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from linter.infer.dims import Constant, axis_in
from linter.infer.dtypes import base_dtype
from linter.infer.ops.arithmetic import in_dtype
from linter.infer.view import INTEGERS, Elements, ValueRule, View

__all__ = ["RULES"]


def _groups(known: Constant, axes: set[int]) -> list[list[Any]]:
    """The elements that each output element is made of, in output order."""
    groups: dict[tuple[int, ...], list[Any]] = {}
    place = [0] * len(known.shape)
    for element in known.values:
        kept = tuple(index for axis, index in enumerate(place) if axis not in axes)
        groups.setdefault(kept, []).append(element)
        for axis in range(len(place) - 1, -1, -1):
            place[axis] += 1
            if place[axis] < known.shape[axis]:
                break
            place[axis] = 0
    return list(groups.values())


def _reduction(fold: Callable[[Iterable[Any]], Any], *, dtypes: frozenset[str]) -> ValueRule:
    def infer(view: View) -> tuple[Elements | None, ...]:
        known, axes = view.value(0), view.integers(1)
        if known is None or axes is None or known.dtype not in dtypes or not known.values:
            return ()
        gone = {axis_in(axis, len(known.shape)) for axis in axes}
        if None in gone:
            return ()
        dtype = base_dtype(view.out_dtype())
        groups = _groups(known, {axis for axis in gone if axis is not None})
        return (tuple(None if None in g else in_dtype(fold(g), dtype) for g in groups),)

    return ValueRule(infer)


def _running_sum(view: View) -> tuple[Elements | None, ...]:
    known = view.value(0)
    if known is None or len(known.shape) != 1 or known.dtype not in INTEGERS:
        return ()
    if view.flag("exclusive") or view.flag("reverse"):
        return ()
    dtype = base_dtype(view.out_dtype())
    total: Any = 0
    found: list[Any] = []
    for element in known.values:
        total = None if total is None or element is None else in_dtype(total + element, dtype)
        found.append(total)
    return (tuple(found),)


_BOOLS = frozenset({"bool"})

RULES: Mapping[str, ValueRule] = {
    "All": _reduction(all, dtypes=_BOOLS),
    "Any": _reduction(any, dtypes=_BOOLS),
    "Cumsum": ValueRule(_running_sum),
    "Max": _reduction(max, dtypes=INTEGERS),
    "Min": _reduction(min, dtypes=INTEGERS),
    "Prod": _reduction(math.prod, dtypes=INTEGERS),
    "Sum": _reduction(sum, dtypes=INTEGERS),
}
