"""Two arrays that should be the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["Array", "Difference", "compare", "identical", "same"]

Array = npt.NDArray[Any]
_Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Difference:
    """How far two arrays are apart; the figures are ``None`` when they cannot be subtracted.

    Attributes:
        reason: why they are not equal, empty when they are.
        count: elements that are further apart than is allowed.
        where: the worst of these.
        values: what the two arrays hold there.
    """

    max_abs: float | None
    max_rel: float | None
    reason: str = ""
    count: int = 0
    where: tuple[int, ...] | None = None
    values: tuple[str, str] | None = None


def compare(a: Array, b: Array, rtol: float, atol: float) -> Difference:
    """Compare element by element; NaN equals NaN and an infinity equals itself."""
    a, b = _plain(a), _plain(b)
    if a.dtype != b.dtype:
        return Difference(None, None, f"dtype {a.dtype} became {b.dtype}")
    if a.shape != b.shape:
        return Difference(None, None, f"shape {list(a.shape)} became {list(b.shape)}")
    if a.dtype.kind in "OSU":
        return _strings(a, b)
    both = (a == b) | (_nan(a) & _nan(b))
    if bool(both.all()):
        return Difference(0.0, 0.0)
    whole = a.dtype.kind in "iub"
    return _measure(a, b, ~both, (0.0 if whole else rtol, atol))


def same(a: Array, b: Array) -> bool:
    """Bit for bit the same values, NaN included."""
    difference = compare(a, b, 0.0, 0.0)
    return not difference.reason


def identical(a: Array, b: Array) -> bool:
    """The same bytes, so that -0.0 is not 0.0 and NaNs have the same bits."""
    return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()


def _strings(a: Array, b: Array) -> Difference:
    differ = np.asarray(a != b)
    count = int(np.count_nonzero(differ))
    if not count:
        return Difference(None, None)
    reason = f"{count} of {a.size} strings differ"
    return _placed(a, b, int(np.flatnonzero(differ)[0]), Difference(None, None, reason, count))


def _measure(a: Array, b: Array, apart: _Flags, limits: tuple[float, float]) -> Difference:
    """The figures over the elements that are ``apart``."""
    rtol, atol = limits
    left, right = _widen(a[apart]), _widen(b[apart])
    with np.errstate(all="ignore"):
        absolute = np.abs(left - right)
        relative = absolute / np.abs(left)
        finite = np.isfinite(absolute)
        beyond = ~(finite & (absolute <= atol + rtol * np.abs(left)))
    close = a.dtype.kind in "iub" and not beyond.any() and atol < 1.0
    if close:  # 64-bit neighbours that one float holds
        absolute, beyond = np.maximum(absolute, 1.0), np.ones_like(beyond)
    max_abs = float(absolute.max()) if bool(finite.all()) else float("inf")
    seen = relative[np.isfinite(relative)]
    max_rel = float(seen.max()) if seen.size and bool(finite.all()) else float("inf")
    count = int(np.count_nonzero(beyond))
    if not count:
        return Difference(max_abs, max_rel)
    reason = f"largest difference {max_abs:.3g} exceeds rtol {rtol:g}, atol {atol:g}"
    if close:
        reason = "integers differ by less than a float can tell"
    elif not bool(finite.all()):
        reason = f"{int(np.count_nonzero(~finite))} elements are finite in one graph only"
    weight = np.where(beyond, np.where(finite, absolute, np.inf), -1.0)
    place = int(np.flatnonzero(apart)[int(np.argmax(weight))])
    return _placed(a, b, place, Difference(max_abs, max_rel, reason, count))


def _placed(a: Array, b: Array, place: int, difference: Difference) -> Difference:
    """The difference with the element that is shown."""
    where = tuple(int(index) for index in np.unravel_index(place, a.shape))
    values = (_text(a[where]), _text(b[where]))
    return Difference(
        difference.max_abs, difference.max_rel, difference.reason, difference.count, where, values
    )


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        return repr(value)[1:][:40]
    return f"{value:.6g}" if np.asarray(value).dtype.kind in "fc" else str(value)


def _plain(array: Array) -> Array:
    """Quantised dtypes come as a record of one field."""
    array = np.asarray(array)
    names = array.dtype.names
    return array if names is None else array[names[0]]


def _widen(array: Array) -> Array:
    return array.astype(np.complex128 if array.dtype.kind == "c" else np.float64)


def _nan(array: Array) -> _Flags:
    if array.dtype.kind in "iub":
        return np.zeros(array.shape, np.bool_)
    return np.isnan(array)
