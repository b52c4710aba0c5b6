"""Three-valued logic over the values of conditions: true, false, unknown.

Inside lists ``None`` stands for an unknown dimension.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

__all__ = [
    "FUNCTIONS",
    "ORDERINGS",
    "UNKNOWN",
    "Unknown",
    "align",
    "all_of",
    "any_of",
    "ceil_div",
    "compare",
    "dim",
    "flat",
    "guarded",
    "holds_none",
    "np_broadcast_ok",
    "omg_broadcast_ok",
    "unknown",
]


class Unknown:
    """The type of :data:`UNKNOWN`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown()

ORDERINGS: Final[Mapping[type[ast.cmpop], Callable[[Any, Any], bool]]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


def ceil_div(a: int, b: int) -> int:
    """Quotient rounded up."""
    return -(-a // b)


def align(a: int, b: int) -> int:
    """The next multiple of ``b`` at or above ``a``."""
    return ceil_div(a, b) * b


def flat(nested: Sequence[Any]) -> list[Any]:
    """The leaves of nested lists."""
    result: list[Any] = []
    for item in nested:
        result.extend(flat(item) if isinstance(item, list | tuple) else [item])
    return result


def np_broadcast_ok(a: Sequence[int | None], b: Sequence[int | None]) -> bool | Unknown:
    """Whether two shapes broadcast, aligned at the right."""
    unsure = False
    for x, y in zip(reversed(a), reversed(b), strict=False):
        if x is None or y is None:
            unsure = unsure or 1 not in (x, y)
        elif x != y and 1 not in (x, y):
            return False
    return UNKNOWN if unsure else True


def omg_broadcast_ok(a: Sequence[int | None], b: Sequence[int | None]) -> bool | Unknown:
    """Whether two shapes are in OMG's short list of broadcasts, in either order.

    Equal shapes; a scalar; rank 4 with ``[1, 1, 1, 1]``; rank 2 to 4 with a vector as long as the
    last axis; equal ranks where only the width axis differs and is 1 in one of them (axis 2 of
    rank 4, axis 1 of rank 3 and 2); rank 3 where only axis 0 differs and is 1 in one of them.
    """
    verdicts = [_shapes_equal(a, b), _one_way(a, b), _one_way(b, a)]
    if len(a) == len(b):
        axes = {4: (2,), 3: (1, 0), 2: (1,)}.get(len(a), ())
        verdicts += [_differs_only_at(a, b, axis) for axis in axes]
    return any_of(verdicts)


FUNCTIONS: Final[Mapping[str, Callable[..., Any]]] = {
    "ceil_div": ceil_div,
    "align": align,
    "flat": flat,
    "np_broadcast_ok": np_broadcast_ok,
    "omg_broadcast_ok": omg_broadcast_ok,
}


def unknown(value: object) -> bool:
    """Whether a value is :data:`UNKNOWN`."""
    return isinstance(value, Unknown)


def dim(value: object) -> object:
    """Inside a list an unknown value is ``None``, as an unknown dimension is."""
    return None if unknown(value) else value


def all_of(verdicts: Iterable[object]) -> bool | Unknown:
    """And: false if one is false, else unknown if one is."""
    unsure = False
    for verdict in verdicts:
        if unknown(verdict):
            unsure = True
        elif not verdict:
            return False
    return UNKNOWN if unsure else True


def any_of(verdicts: Iterable[object]) -> bool | Unknown:
    """Or: true if one is true, else unknown if one is."""
    unsure = False
    for verdict in verdicts:
        if unknown(verdict):
            unsure = True
        elif verdict:
            return True
    return UNKNOWN if unsure else False


def holds_none(values: Sequence[Any]) -> bool:
    """Whether a value, or an element of a list among them, is unknown."""
    return any(v is None or (isinstance(v, list | tuple) and None in v) for v in values)


def guarded(function: Callable[..., Any], *values: Any) -> Any:
    """A value of the wrong kind (or a division by zero) decides nothing."""
    try:
        return function(*values)
    except (TypeError, ValueError, ZeroDivisionError, IndexError, KeyError, OverflowError):
        return UNKNOWN


def compare(op: ast.cmpop, left: Any, right: Any) -> bool | Unknown:
    """One comparison."""
    if unknown(left) or unknown(right):
        return UNKNOWN
    if isinstance(op, ast.Is | ast.IsNot) and right is None:
        return (left is None) is isinstance(op, ast.Is)
    if isinstance(op, ast.In | ast.NotIn):
        if not isinstance(right, list | tuple | set | range):
            return UNKNOWN
        return _negate(any_of(_equal(left, item) for item in right), isinstance(op, ast.NotIn))
    if isinstance(op, ast.Eq | ast.NotEq | ast.Is | ast.IsNot):
        return _negate(_equal(left, right), isinstance(op, ast.NotEq | ast.IsNot))
    if left is None or right is None:
        return UNKNOWN
    found = guarded(ORDERINGS[type(op)], left, right)
    return found if isinstance(found, bool) else UNKNOWN


def _negate(verdict: bool | Unknown, wanted: bool) -> bool | Unknown:
    if isinstance(verdict, Unknown):
        return verdict
    return not verdict if wanted else verdict


def _equal(left: Any, right: Any) -> bool | Unknown:
    """Equality where ``None`` stands for an unknown element."""
    if left is None or right is None:
        return UNKNOWN
    if isinstance(left, list | tuple) and isinstance(right, list | tuple):
        if len(left) != len(right):
            return False
        return all_of(_equal(a, b) for a, b in zip(left, right, strict=True))
    return bool(left == right)


def _shapes_equal(a: Sequence[int | None], b: Sequence[int | None]) -> bool | Unknown:
    return _equal(list(a), list(b))


def _one_way(whole: Sequence[int | None], small: Sequence[int | None]) -> bool | Unknown:
    """The classes where ``small`` has no more axes than it needs."""
    if not small:
        return True
    if len(whole) == 4 and len(small) == 4:
        return _shapes_equal(small, [1, 1, 1, 1])
    if 2 <= len(whole) <= 4 and len(small) == 1:
        return _equal(whole[-1], small[0])
    return False


def _differs_only_at(a: Sequence[int | None], b: Sequence[int | None], axis: int) -> bool | Unknown:
    rest = all_of(_equal(x, y) for i, (x, y) in enumerate(zip(a, b, strict=True)) if i != axis)
    one = any_of([_equal(a[axis], 1), _equal(b[axis], 1), _equal(a[axis], b[axis])])
    return all_of([rest, one])
