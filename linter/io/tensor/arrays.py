"""Constant tensors as numpy arrays; imported when the first array is asked for."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from linter.io.dtypes import DtypeInfo
from linter.io.tensor.elements import COMPLEX, FLOAT8, small_float, unpack_strings

__all__ = ["content_array", "field_array", "string_array"]

_STAND_INS = {
    "qint8": "int8",
    "quint8": "uint8",
    "qint16": "int16",
    "quint16": "uint16",
    "qint32": "int32",
    "int4": "int8",
    "uint4": "uint8",
    "int2": "int8",
    "uint2": "uint8",
}
_QUANTIZED = tuple(name for name in _STAND_INS if name.startswith("q"))


def content_array(
    content: bytes, info: DtypeInfo, shape: tuple[int, ...]
) -> npt.NDArray[Any] | None:
    """The array of a ``tensor_content``, ``None`` when its length does not fit dtype and shape."""
    stored = _stored_dtype(info)
    if len(content) != math.prod(shape) * stored.itemsize:
        return None
    return _natural(np.frombuffer(content, stored), info).reshape(shape)


def field_array(listed: Any, info: DtypeInfo, shape: tuple[int, ...]) -> npt.NDArray[Any]:
    """The array of the elements that lie in the typed field of the dtype."""
    return _filled(_natural(_listed(listed, info), info), shape)


def string_array(
    content: bytes, listed: Sequence[bytes], shape: tuple[int, ...]
) -> npt.NDArray[Any] | None:
    """The object array of a string tensor, ``None`` when its ``tensor_content`` is malformed."""
    size = math.prod(shape)
    strings = unpack_strings(content, size) if content else list(listed[:size])
    if strings is None:
        return None
    out = np.empty(size, object)
    out[: len(strings)] = strings
    out[len(strings) :] = strings[-1] if strings else b""
    return out.reshape(shape)


def _stored_dtype(info: DtypeInfo) -> np.dtype[Any]:
    """How elements lie in ``tensor_content``."""
    if info.name in COMPLEX:
        return np.dtype(info.name).newbyteorder("<")
    return np.dtype(info.code).newbyteorder("<")


def _listed(listed: Any, info: DtypeInfo) -> npt.NDArray[Any]:
    """The typed field, as elements are stored."""
    stored = _stored_dtype(info)
    if info.name in FLOAT8 and info.field == "float8_val":
        return np.frombuffer(listed, np.uint8)
    if info.field == "half_val":
        return np.array(listed, np.int32).astype(np.uint16).view(stored)
    if info.name in COMPLEX:
        parts = np.array(listed, info.code)
        return parts[: len(parts) // 2 * 2].view(stored)
    if info.field == "int_val":
        return np.array(listed, np.int32).astype(stored)
    return np.array(listed, stored)


def _filled(listed: npt.NDArray[Any], shape: tuple[int, ...]) -> npt.NDArray[Any]:
    """A list of elements cut to the shape, or filled up with its last element."""
    size = math.prod(shape)
    if len(listed) >= size:
        return listed[:size].reshape(shape)
    last = listed[-1:] if len(listed) else np.zeros(1, listed.dtype)
    if len(listed) <= 1:
        return np.broadcast_to(last.reshape((1,) * len(shape)) if shape else last[0], shape)
    out = np.empty(size, listed.dtype)
    out[: len(listed)] = listed
    out[len(listed) :] = last
    return out.reshape(shape)


def _natural(stored: npt.NDArray[Any], info: DtypeInfo) -> npt.NDArray[Any]:
    """Stored elements under the dtype that stands for them."""
    name = info.name
    if name in _QUANTIZED:
        return stored.view(_STAND_INS[name])
    if name == "bool":
        return stored.astype(np.bool_)
    if name in FLOAT8 or name == "bfloat16" or name in _STAND_INS:
        extension = _extension(name)
        if extension is not None:
            return stored.view(extension) if name not in _STAND_INS else stored.astype(extension)
        if name == "bfloat16":
            return (stored.astype(np.uint32) << 16).view(np.float32)
        if name in FLOAT8:
            table = np.array([small_float(name, bits) for bits in range(256)], np.float32)
            widened: npt.NDArray[Any] = table[stored]
            return widened
    return stored.astype(stored.dtype.newbyteorder("="), copy=False)


def _extension(name: str) -> np.dtype[Any] | None:
    """The dtype of ml_dtypes, ``None`` when it is not installed or does not have it."""
    try:
        import ml_dtypes
    except ImportError:
        return None
    kind = getattr(ml_dtypes, name, None)
    return None if kind is None else np.dtype(kind)
