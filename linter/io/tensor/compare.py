"""Whether two constant tensors hold the same elements, without holding both in memory."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable, Iterator
from typing import Any

from linter.graph import FuncRef, TensorValue
from linter.io.dtypes import DtypeInfo, dtype_info
from linter.io.tensor.elements import contents, pack
from linter.io.tensor.values import StoredTensor
from linter.io.view import BytesView, read_in_pieces
from linter.results.errors import GraphError

__all__ = ["same_attr", "same_tensor", "tensor_digest"]

_PIECE = 1 << 17
_REPEATED = 1 << 31
"""A tensor of more bytes than this is no list of elements but one that is repeated."""


def same_attr(one: Any, other: Any) -> bool:
    """Whether two decoded attributes say the same; tensors are compared by their elements."""
    if one is other:
        return True
    if isinstance(one, StoredTensor) and isinstance(other, StoredTensor):
        return same_tensor(one, other)
    if type(one) is not type(other):
        return False
    if isinstance(one, tuple | list):
        return len(one) == len(other) and all(map(same_attr, one, other))
    if isinstance(one, FuncRef):
        return (
            one.name == other.name
            and set(one.attrs) == set(other.attrs)
            and all(same_attr(value, other.attrs[key]) for key, value in one.attrs.items())
        )
    return bool(one == other) or repr(one) == repr(other)  # a NaN is the same NaN


def same_tensor(one: TensorValue, other: TensorValue) -> bool:
    """Whether dtype, shape and elements are the same, however the files write them.

    Raises:
        GraphError: an element cannot be read.
    """
    if one.dtype != other.dtype or one.shape != other.shape:
        return False
    a, b = _stored_bytes(one), _stored_bytes(other)
    if a is not None and b is not None:
        return all(left == right for left, right in zip(a, b, strict=True))
    return tensor_digest(one) == tensor_digest(other)


def tensor_digest(tensor: TensorValue) -> str:
    """sha256 of the elements as ``tensor_content`` would hold them, lower-case hex.

    Raises:
        GraphError: the elements cannot be read.
    """
    digest = hashlib.sha256()
    for piece in _pieces(tensor):
        digest.update(piece)
    return digest.hexdigest()


def _pieces(tensor: TensorValue) -> Iterable[bytes]:
    stored = _stored_bytes(tensor)
    if stored is not None:
        return stored
    info = dtype_info(tensor.dtype)
    if not isinstance(tensor, StoredTensor):
        return (tensor.array().tobytes(),)
    message = tensor.whole()
    try:
        elements = None if info is None else contents(message, info, tensor.size)
    except (GraphError, struct.error):
        elements = None
    if info is None or elements is None:  # malformed, or of a kind that has no elements
        return (message.SerializeToString(deterministic=True),)
    return _listed(elements[: tensor.size], info, tensor.size)


def _listed(elements: Any, info: DtypeInfo, size: int) -> Iterator[bytes]:
    """Listed elements, the last of them as often as it takes to fill the tensor."""
    if info.name == "string":
        for item in elements:
            yield len(item).to_bytes(8, "little") + item
        last = elements[-1] if elements else b""
        one = len(last).to_bytes(8, "little") + last
    else:
        yield pack(info, elements)
        one = pack(info, elements[-1:]) if elements else bytes(info.itemsize)
    missing = size - len(elements)
    if missing * len(one) > _REPEATED:
        yield f"{missing} times".encode() + one
        return
    batch = max(1, _PIECE // max(len(one), 1))
    while missing > 0:
        yield one * min(batch, missing)
        missing -= batch


def _stored_bytes(tensor: TensorValue) -> Iterator[bytes] | None:
    """The elements as the file holds them, in pieces of one size; ``None`` when they are listed."""
    info = dtype_info(tensor.dtype)
    if not isinstance(tensor, StoredTensor) or info is None or not info.itemsize:
        return None
    if tensor.nbytes != tensor.size * info.itemsize:
        return None
    payload = tensor.payload
    if payload is None:
        content = tensor.message.tensor_content
        return read_in_pieces(BytesView(content)) if content else None
    if payload.content is None:
        return None
    payload.view.check_unchanged()
    return read_in_pieces(payload.view, *payload.content)
