"""Two arrays that should be the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["Difference", "compare", "identical", "same"]

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Difference:
    """How far two arrays are apart; the figures are ``None`` when they cannot be subtracted."""

    max_abs: float | None
    max_rel: float | None
    reason: str = ""


def compare(a: Array, b: Array, rtol: float, atol: float) -> Difference:
    """Compare element by element; NaN equals NaN and an infinity equals itself."""
    a, b = _plain(a), _plain(b)
    if a.dtype != b.dtype:
        return Difference(None, None, f"dtype {a.dtype} became {b.dtype}")
    if a.shape != b.shape:
        return Difference(None, None, f"shape {list(a.shape)} became {list(b.shape)}")
    if a.dtype.kind in "OSU":
        count = int(np.count_nonzero(a != b))
        return Difference(None, None, f"{count} of {a.size} strings differ" if count else "")
    both = (a == b) | (_nan(a) & _nan(b))
    if bool(both.all()):
        return Difference(0.0, 0.0)
    whole = a.dtype.kind in "iub"
    measured = _measure(_widen(a[~both]), _widen(b[~both]), 0.0 if whole else rtol, atol)
    if whole and not measured.reason and atol < 1.0:  # 64-bit neighbours that one float holds
        return Difference(1.0, measured.max_rel, "integers differ by less than a float can tell")
    return measured


def same(a: Array, b: Array) -> bool:
    """Bit for bit the same values, NaN included."""
    difference = compare(a, b, 0.0, 0.0)
    return not difference.reason


def identical(a: Array, b: Array) -> bool:
    """The same bytes, so that -0.0 is not 0.0 and NaNs have the same bits."""
    return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()


def _measure(a: Array, b: Array, rtol: float, atol: float) -> Difference:
    with np.errstate(all="ignore"):
        absolute = np.abs(a - b)
        relative = absolute / np.abs(a)
        within = absolute <= atol + rtol * np.abs(a)
    finite = np.isfinite(absolute)
    max_abs = float(absolute.max()) if bool(finite.all()) else float("inf")
    seen = relative[np.isfinite(relative)]
    max_rel = float(seen.max()) if seen.size and bool(finite.all()) else float("inf")
    if bool((within & finite).all()):
        return Difference(max_abs, max_rel)
    if not bool(finite.all()):
        count = int(np.count_nonzero(~finite))
        return Difference(max_abs, max_rel, f"{count} elements are finite in one graph only")
    limit = f"rtol {rtol:g}, atol {atol:g}"
    return Difference(max_abs, max_rel, f"largest difference {max_abs:.3g} exceeds {limit}")


def _plain(array: Array) -> Array:
    """Quantised dtypes come as a record of one field."""
    array = np.asarray(array)
    names = array.dtype.names
    return array if names is None else array[names[0]]


def _widen(array: Array) -> Array:
    return array.astype(np.complex128 if array.dtype.kind == "c" else np.float64)


def _nan(array: Array) -> npt.NDArray[np.bool_]:
    if array.dtype.kind in "iub":
        return np.zeros(array.shape, np.bool_)
    return np.isnan(array)
