"""Elements for tensors: few kinds, among them the extremes of the dtype."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["elements", "shape_of"]

_FLOATS = (
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.5,
    -0.5,
    2.5,
    -2.5,
    3.0,
    7.0,
    0.1,
    -0.3,
    1e10,
    np.inf,
    -np.inf,
    np.nan,
)
_TEXTS = (b"", b"a", b"12", b"-0.5", b"x y z", b"AbC")
_RANGE = {
    "qint8": "int8",
    "quint8": "uint8",
    "qint32": "int32",
    "qint16": "int16",
    "quint16": "uint16",
}


def shape_of(sizes: Sequence[int]) -> tuple[int, ...]:
    """A shape as a tuple of Python numbers."""
    return tuple(int(size) for size in sizes)


def elements(
    rng: np.random.Generator,
    shape: tuple[int, ...],
    dtype: str,
    low: float | None = None,
    high: float | None = None,
) -> npt.NDArray[Any]:
    """Elements in no order, between two numbers if they are given."""
    if dtype == "string":
        picked = [_TEXTS[i] for i in rng.integers(0, len(_TEXTS), int(np.prod(shape, dtype=int)))]
        found = np.empty(len(picked), object)
        found[:] = picked
        return found.reshape(shape)
    if dtype == "bool":
        return rng.integers(0, 2, shape).astype(bool)
    if dtype.startswith("complex"):
        return (rng.normal(size=shape) + 1j * rng.normal(size=shape)).astype(dtype)
    if "int" in dtype:
        return _integers(rng, shape, _RANGE.get(dtype, dtype), low, high)
    if low is not None or high is not None:
        found = rng.uniform(-1e3 if low is None else low, 1e3 if high is None else high, shape)
    elif rng.integers(0, 2):
        found = rng.choice(_FLOATS, shape)
    else:
        found = rng.normal(size=shape) * 10.0 ** rng.integers(-2, 4)
    if dtype == "bfloat16":
        import ml_dtypes

        return np.asarray(found).astype(ml_dtypes.bfloat16)
    with np.errstate(over="ignore"):
        return np.asarray(found).astype(dtype)


def _integers(
    rng: np.random.Generator,
    shape: tuple[int, ...],
    dtype: str,
    low: float | None,
    high: float | None,
) -> npt.NDArray[Any]:
    limits = np.iinfo(dtype)
    if low is not None or high is not None:
        first = max(limits.min, int(low if low is not None else limits.min))
        last = min(limits.max, int(high if high is not None else limits.max))
        return rng.integers(first, last, shape, dtype=dtype, endpoint=True)
    pool = [0, 1, 2, 3, 5, 7, 100, limits.max, limits.max - 1]
    if limits.min:
        pool += [-1, -2, -3, -7, limits.min, limits.min + 1]
    return np.array(pool, dtype)[rng.integers(0, len(pool), shape)]
