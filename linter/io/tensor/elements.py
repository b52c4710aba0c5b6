"""Elements of constant tensors as Python numbers, without numpy."""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from itertools import chain
from typing import Any

from linter.io.dtypes import DtypeInfo

__all__ = [
    "COMPLEX",
    "FLOAT8",
    "contents",
    "expand",
    "field_items",
    "pack",
    "small_float",
    "unpack_strings",
]

COMPLEX = ("complex64", "complex128")
FLOAT8 = {  # exponent bits, mantissa bits, bias, infinities, negative zero is nan
    "float8_e5m2": (5, 2, 15, True, False),
    "float8_e4m3fn": (4, 3, 7, False, False),
    "float8_e4m3fnuz": (4, 3, 8, False, True),
    "float8_e4m3b11fnuz": (4, 3, 11, False, True),
    "float8_e5m2fnuz": (5, 2, 16, False, True),
    "float4_e2m1fn": (2, 1, 1, False, False),
}


def contents(message: Any, info: DtypeInfo, size: int) -> Sequence[Any] | None:
    """The elements that the message states, ``None`` when they are malformed."""
    content = message.tensor_content
    if content:
        return _unpack(info, content, size)
    if not info.field or info.name in ("resource", "variant"):
        return None
    listed = getattr(message, info.field)
    if info.name in COMPLEX:
        pairs = iter(listed)
        return [complex(real, imag) for real, imag in zip(pairs, pairs, strict=False)]
    if info.name in FLOAT8:
        return [small_float(info.name, int(item)) for item in listed]
    if info.field == "half_val":
        packed = b"".join([(item & 0xFFFF).to_bytes(2, "little") for item in listed])
        return _unpack(info, packed, len(listed))
    if info.field == "int_val":
        bits = 8 * info.itemsize
        return [_wrap(item, bits, info.code.islower()) for item in listed]
    return list(listed)


def _unpack(info: DtypeInfo, content: bytes, size: int) -> Sequence[Any] | None:
    if info.name == "string":
        return unpack_strings(content, size)
    if len(content) != size * info.itemsize or not info.code:
        return None
    if info.name == "bfloat16":
        wide = b"".join([b"\0\0" + content[i : i + 2] for i in range(0, len(content), 2)])
        return struct.unpack(f"<{size}f", wide)
    count = size * (2 if info.name in COMPLEX else 1)
    numbers = struct.unpack(f"<{count}{info.code}", content)
    if info.name in COMPLEX:
        return [complex(*numbers[i : i + 2]) for i in range(0, count, 2)]
    if info.name in FLOAT8:
        return [small_float(info.name, number) for number in numbers]
    return numbers


def unpack_strings(content: bytes, size: int) -> list[bytes] | None:
    """Strings in ``tensor_content``: all lengths as varints, then all bytes."""
    lengths, offset = [], 0
    for _ in range(size):
        length = shift = 0
        while True:
            if offset >= len(content) or shift > 28:
                return None
            byte = content[offset]
            offset += 1
            length |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
        lengths.append(length)
    if offset + sum(lengths) != len(content):
        return None
    result = []
    for length in lengths:
        result.append(content[offset : offset + length])
        offset += length
    return result


def expand(elements: Sequence[Any], size: int, info: DtypeInfo) -> tuple[Any, ...]:
    """The list cut to ``size`` or filled up with its last element, zeros when it is empty."""
    if len(elements) >= size:
        return tuple(elements[:size])
    if elements:
        last = elements[-1]
    elif info.name == "string":
        last = b""
    else:
        last = _zero(info)
    return tuple(chain(elements, [last] * (size - len(elements))))


def _zero(info: DtypeInfo) -> Any:
    if info.name in COMPLEX:
        return 0j
    if info.name == "bool":
        return False
    return 0.0 if "float" in info.name else 0


def _wrap(value: int, bits: int, signed: bool) -> int:
    value &= (1 << bits) - 1
    return value - (1 << bits) if signed and value >> (bits - 1) else value


def small_float(name: str, bits: int) -> float:
    """The value of a float of 8 bits or less."""
    exponent_bits, mantissa_bits, bias, infinities, only_nan = FLOAT8[name]
    width = exponent_bits + mantissa_bits
    sign = -1.0 if bits >> width & 1 else 1.0
    exponent = bits >> mantissa_bits & ((1 << exponent_bits) - 1)
    mantissa = bits & ((1 << mantissa_bits) - 1)
    top = exponent == (1 << exponent_bits) - 1
    if only_nan:
        if bits & ((1 << (width + 1)) - 1) == 1 << width:
            return math.nan
    elif infinities and top:
        return math.nan if mantissa else sign * math.inf
    elif name == "float8_e4m3fn" and top and mantissa == (1 << mantissa_bits) - 1:
        return math.nan
    scale = 1 << mantissa_bits
    if exponent == 0:
        return sign * math.ldexp(mantissa / scale, 1 - bias)
    return sign * math.ldexp(1 + mantissa / scale, exponent - bias)


def field_items(info: DtypeInfo, value: Any) -> Sequence[Any]:
    """One element as the typed field wants it.

    Raises:
        ValueError: it does not fit the dtype.
    """
    packed = pack(info, [value])
    if info.name in COMPLEX:
        number = complex(value)
        return [number.real, number.imag]
    if info.field == "half_val":
        return [int.from_bytes(packed, "little")]
    if info.name in FLOAT8:
        return packed
    return [bool(value) if info.name == "bool" else value]


def pack(info: DtypeInfo, values: Sequence[Any]) -> bytes:
    """Elements as ``tensor_content`` holds them.

    Raises:
        ValueError: a value does not fit the dtype.
    """
    if info.name in COMPLEX:
        flat = [part for value in values for part in (complex(value).real, complex(value).imag)]
        return struct.pack(f"<{len(flat)}{info.code}", *flat)
    if info.name == "bfloat16":
        return b"".join(map(_bfloat16, values))
    if info.name in FLOAT8:
        return bytes([_nearest(info.name, value) for value in values])
    try:
        return struct.pack(f"<{len(values)}{info.code}", *values)
    except struct.error as error:
        raise ValueError(f"a value does not fit {info.name}: {error}") from error


def _nearest(name: str, value: float) -> int:
    """The code of the float of 8 bits or less that is nearest to a number, ties to even."""
    width = FLOAT8[name][0] + FLOAT8[name][1] + 1
    table = [(small_float(name, bits), bits) for bits in range(1 << width)]
    if math.isnan(value):
        table = [(0.0, bits) for number, bits in table if math.isnan(number)]
        return table[0][1] if table else 0
    if math.isinf(value) and (value, True) in [(n, math.isinf(n)) for n, _ in table]:
        return next(bits for number, bits in table if number == value)
    finite = [(number, bits) for number, bits in table if math.isfinite(number)]
    sign = math.copysign(1.0, value)

    def distance(entry: tuple[float, int]) -> tuple[float, bool, bool]:
        number, bits = entry
        return abs(number - value), math.copysign(1.0, number) != sign, bool(bits & 1)

    return min(finite, key=distance)[1]


def _bfloat16(value: float) -> bytes:
    """The nearest bfloat16, ties to even."""
    bits = int.from_bytes(struct.pack("<f", value), "little")
    if math.isnan(value):
        return ((bits >> 16) | 0x40).to_bytes(2, "little")
    rounded = (bits + 0x7FFF + (bits >> 16 & 1)) >> 16
    return rounded.to_bytes(2, "little")
