"""Rows that are combined by constant places: gathers, one after the other, and sums between them.

Each result row takes one row in every round. Row ``n`` behind the ``n`` given ones is a filler.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from linter.graph import Value
    from linter.rules.edit import GraphEditor
    from linter.rules.match import BoundValue

__all__ = ["ROUND_LIMIT", "combined", "extreme", "members", "with_filler"]

ROUND_LIMIT = 64
"""Most rows that one row of the result is made of."""


def members(places: Iterable[int], count: int) -> list[list[int]]:
    """For each of ``count`` results the numbers of the entries that name it, in order."""
    result: list[list[int]] = [[] for _ in range(count)]
    for entry, place in enumerate(places):
        if 0 <= place < count:
            result[place].append(entry)
    return result


def with_filler(
    edit: GraphEditor, rows: Value | BoundValue, shape: tuple[int, ...], dtype: str, fill: Any
) -> Value:
    """``rows``, whose shape is ``shape``, with one row of ``fill`` behind them."""
    filler = edit.const(fill, dtype, shape=(1, *shape[1:]), name="filler")
    return edit.add("ConcatV2", [rows, filler, edit.const(0, "int32", name="axis")])


def combined(
    edit: GraphEditor,
    rows: Value | BoundValue,
    rounds: Sequence[Sequence[int]],
    op: str,
    start: Value | BoundValue | None = None,
) -> Value | BoundValue:
    """Row by row ``op`` of what the rounds take, behind ``start`` where it is given."""
    total = start
    for taken in rounds:
        places = edit.const(tuple(taken), "int32", name="places")
        part = edit.add("GatherV2", [rows, places, edit.const(0, "int32", name="axis")])
        total = part if total is None else edit.add(op, [total, part])
    assert total is not None  # there is a start or a round
    return total


def extreme(dtype: str, *, lowest: bool) -> float | int | None:
    """The lowest or highest finite number of a dtype."""
    import numpy as np

    kind = np.dtype(dtype).kind if dtype not in ("bfloat16", "string") else ""
    if kind == "f":
        bounds: Any = np.finfo(dtype)
    elif kind in "iu" and kind:
        bounds = np.iinfo(dtype)
    else:
        return None
    number = bounds.min if lowest else bounds.max
    return float(number) if kind == "f" else int(number)
