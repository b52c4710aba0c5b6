"""Numbers as the dtypes of tensors hold them: wrap-around, rounding and conversion.

Source: IEEE 754; two's complement, as TensorFlow's kernels compute.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from typing import Any, NamedTuple

__all__ = ["FLOATS", "INTEGERS", "Function", "converted", "in_dtype", "places"]

INTEGERS = frozenset({"int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"})
_FORMATS = {"float16": "<e", "float32": "<f", "float64": "<d"}
FLOATS = frozenset(_FORMATS)
"""Floating point that is rounded here."""
_EXACT = 1 << 53


class Function(NamedTuple):
    """What an elementwise op computes.

    Attributes:
        numbers: from Python numbers, ``None`` where that is not defined.
        ufunc: name of NumPy's function of the same results, to the last bit; empty when NumPy is
            not known to give them.
    """

    numbers: Callable[..., Any]
    ufunc: str = ""


def in_dtype(number: Any, dtype: str | None) -> Any:
    """``number`` as the dtype holds it; ``None`` when that is not defined."""
    if number is None or dtype is None:
        return None
    if dtype in INTEGERS:
        return _wrapped(number, dtype) if isinstance(number, int) else None
    if dtype == "bool":
        return bool(number) if isinstance(number, (bool, int, float)) else None
    if dtype in _FORMATS and isinstance(number, (int, float)):
        return _rounded(number, _FORMATS[dtype])
    return number if dtype == "string" and isinstance(number, (str, bytes)) else None


def converted(number: Any, dtype: str | None) -> Any:
    """A float becomes an integer by cutting off, where that fits; the rest is undefined.

    Source: TensorFlow op docs of Cast.
    """
    if isinstance(number, float) and dtype in INTEGERS:
        if not math.isfinite(number):
            return None
        whole = math.trunc(number)
        return whole if in_dtype(whole, dtype) == whole else None
    return in_dtype(int(number) if isinstance(number, bool) else number, dtype)


def places(dtype: str) -> int:
    """Bits of an integer, 0 for other dtypes; what a shift by more gives is left open."""
    return int(dtype.removeprefix("u").removeprefix("int")) if dtype in INTEGERS else 0


def _wrapped(number: int, dtype: str) -> int:
    bits = places(dtype)
    number = int(number) & ((1 << bits) - 1)
    if dtype[0] != "u" and number >> (bits - 1):
        number -= 1 << bits
    return number


def _rounded(number: float, code: str) -> float | None:
    if isinstance(number, int) and abs(number) > _EXACT:
        return None
    try:
        return float(struct.unpack(code, struct.pack(code, number))[0])
    except OverflowError:
        return math.copysign(math.inf, number)
