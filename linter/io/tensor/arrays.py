"""Constant tensors as numpy arrays; imported when the first array is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from linter.io.tensor.dtypes import DtypeInfo
from linter.io.tensor.elements import COMPLEX, FLOAT8, small_float, unpack_strings

if TYPE_CHECKING:
    from linter.io.tensor.values import StoredTensor

__all__ = ["to_array"]

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


def to_array(tensor: StoredTensor, info: DtypeInfo) -> npt.NDArray[Any] | None:
    """The array of a tensor, ``None`` when its elements do not fit its dtype and shape."""
    if info.name == "string":
        return _strings(tensor)
    if info.itemsize == 0:
        return None
    content = tensor.content()
    if content:
        stored = _stored_dtype(info)
        if len(content) != tensor.size * stored.itemsize:
            return None
        return _natural(np.frombuffer(content, stored), info).reshape(tensor.shape)
    return _filled(_natural(_listed(tensor, info), info), tensor)


def _stored_dtype(info: DtypeInfo) -> np.dtype[Any]:
    """How elements lie in ``tensor_content``."""
    if info.name in COMPLEX:
        return np.dtype(info.name).newbyteorder("<")
    return np.dtype(info.code).newbyteorder("<")


def _listed(tensor: StoredTensor, info: DtypeInfo) -> npt.NDArray[Any]:
    """The typed field, as elements are stored."""
    listed = getattr(tensor.whole(), info.field)
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


def _filled(found: npt.NDArray[Any], tensor: StoredTensor) -> npt.NDArray[Any]:
    """A list of elements cut to the shape, or filled up with its last element."""
    size, shape = tensor.size, tensor.shape
    if len(found) >= size:
        return found[:size].reshape(shape)
    last = found[-1:] if len(found) else np.zeros(1, found.dtype)
    if len(found) <= 1:
        return np.broadcast_to(last.reshape((1,) * len(shape)) if shape else last[0], shape)
    out = np.empty(size, found.dtype)
    out[: len(found)] = found
    out[len(found) :] = last
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


def _strings(tensor: StoredTensor) -> npt.NDArray[Any] | None:
    size, shape = tensor.size, tensor.shape
    message = tensor.whole()
    if message.tensor_content:
        found = unpack_strings(message.tensor_content, size)
        if found is None:
            return None
    else:
        found = list(message.string_val[:size])
    out = np.empty(size, object)
    out[: len(found)] = found
    out[len(found) :] = found[-1] if found else b""
    return out.reshape(shape)
