"""Constant tensors: decoded without numpy where that is enough, read from the file when large."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from linter.graph import DType, TensorValue
from linter.io.dtypes import DtypeInfo, dtype_info, dtype_name, dtype_number
from linter.io.messages import DecodeError, TensorProto
from linter.io.payload import Payload
from linter.io.tensor.elements import COMPLEX, contents, expand, field_items, pack
from linter.results.errors import GraphError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

__all__ = ["MAX_VALUES", "StoredTensor", "from_array", "make_tensor", "tensor_message"]

MAX_VALUES = 65_536
"""``values`` answers for no more elements than this."""
_MAX_BYTES = 1 << 31
_MAX_SPLAT = 1 << 62


class StoredTensor:
    """A ``TensorProto``, with its elements in the message or still in the file.

    Attributes:
        message: the message; without elements when there is a payload.
        payload: where the elements are in the file.
    """

    __slots__ = ("message", "payload")

    def __init__(self, message: Any, payload: Payload | None = None) -> None:
        self.message = message
        self.payload = payload

    @property
    def dtype(self) -> DType:
        """Element type."""
        return dtype_name(self.message.dtype)

    @property
    def shape(self) -> tuple[int, ...]:
        """Static shape; an unknown dimension, which no constant may have, is -1.

        A shape that is marked as of unknown rank is a scalar's, as TensorFlow reads it.
        """
        return tuple([max(dim.size, -1) for dim in self.message.tensor_shape.dim])

    @property
    def size(self) -> int:
        """Number of elements; 0 when a dimension is unknown."""
        shape = self.shape
        return 0 if -1 in shape else math.prod(shape)

    @property
    def nbytes(self) -> int:
        """Bytes of the elements in the file."""
        if self.payload is not None:
            return self.payload.nbytes
        message = self.message
        if message.tensor_content:
            return len(message.tensor_content)
        info = dtype_info(self.dtype)
        if info is None or not info.field:
            return 0
        listed = getattr(message, info.field)
        if info.field == "string_val":
            return sum(map(len, listed))
        if info.itemsize == 0:
            return sum(item.ByteSize() for item in listed)
        return len(listed) * (info.itemsize // (2 if self.dtype in COMPLEX else 1))

    def values(self) -> tuple[Any, ...] | None:
        """All elements as Python numbers (``bytes`` for strings), row-major, without numpy."""
        size = self.size
        info = dtype_info(self.dtype)
        if info is None or size > MAX_VALUES or self._malformed():
            return None
        if self.payload is not None and self.payload.nbytes > 64 * MAX_VALUES:
            return None
        try:
            message = self.whole()
            elements = contents(message, info, size)
        except (GraphError, struct.error):
            return None
        return None if elements is None else expand(elements, size, info)

    def array(self) -> npt.NDArray[np.generic]:
        """The whole tensor; reads the payload from the file when it was left there.

        A constant that lists one value for all elements comes as a read-only view of that value.
        Strings come as an object array of ``bytes``. Types that numpy lacks (bfloat16, float8,
        int4 ...) use ml_dtypes where it is installed, else the next wider type of numpy.

        Raises:
            GraphError: the tensor is malformed, too large, or of a dtype without elements.
        """
        info = dtype_info(self.dtype)
        if info is None or self._malformed():
            raise self._bad()
        if self.size * (info.itemsize or 8) > (_MAX_SPLAT if self._splat(info) else _MAX_BYTES):
            raise GraphError(f"a constant of {self.size} elements is too large", cause="limit")
        try:
            array = self._array(info)
        except ValueError as error:
            raise self._bad() from error
        if array is None:
            raise self._bad()
        return array

    def _array(self, info: DtypeInfo) -> npt.NDArray[Any] | None:
        from linter.io.tensor.arrays import content_array, field_array, string_array  # numpy

        if info.name == "string":
            message = self.whole()
            return string_array(message.tensor_content, message.string_val, self.shape)
        if info.itemsize == 0:
            return None
        content = self.content()
        if content:
            return content_array(content, info, self.shape)
        return field_array(getattr(self.whole(), info.field), info, self.shape)

    def content(self) -> bytes:
        """``tensor_content``, read from the file when it was left there; may be empty."""
        if self.payload is None:
            return bytes(self.message.tensor_content)
        if self.payload.content is not None:
            start, end = self.payload.content
            self.payload.view.check_unchanged()
            return self.payload.view.read(start, end - start)
        return bytes(self.whole().tensor_content)

    def _splat(self, info: DtypeInfo) -> bool:
        """Whether one element stands for all, so that the array needs no memory."""
        stored = self.payload is not None or self.message.tensor_content
        return not stored and 0 < info.itemsize >= self.nbytes

    def _malformed(self) -> bool:
        return -1 in self.shape

    def _bad(self) -> GraphError:
        return GraphError(
            f"a constant of dtype {self.dtype} and shape {list(self.shape)} is malformed",
            cause="bad-tensor",
        )

    def whole(self) -> Any:
        """The message with its elements.

        Raises:
            GraphError: the payload cannot be read or is no part of such a tensor.
        """
        payload = self.payload
        if payload is None:
            return self.message
        payload.view.check_unchanged()
        pieces = [payload.view.read(start, end - start) for start, end in payload.ranges]
        message = TensorProto()
        message.CopyFrom(self.message)
        try:
            message.MergeFromString(b"".join(pieces))
        except DecodeError as error:
            raise self._bad() from error
        if message.dtype != self.message.dtype or message.tensor_shape != self.message.tensor_shape:
            raise self._bad()
        return message

    def __repr__(self) -> str:
        return f"<tensor {self.dtype}{list(self.shape)}>"


def make_tensor(
    dtype: str, shape: Sequence[int], values: Iterable[Any] | int | float | bool | str | bytes
) -> StoredTensor:
    """A new constant.

    Args:
        dtype: our name of the element type.
        shape: its static shape.
        values: all elements, row-major; or one, which fills the shape.

    Raises:
        ValueError: the dtype cannot be written, or the number of values does not fit the shape.
    """
    info = dtype_info(dtype)
    if info is None or not info.field or info.name in ("resource", "variant"):
        raise ValueError(f"a constant of dtype {dtype} cannot be made")
    scalar = isinstance(values, (int, float, complex, str, bytes))
    listed: list[Any] = [values] if scalar else list(values)  # type: ignore[arg-type]
    size = math.prod(shape)
    if len(listed) not in (1, size):
        raise ValueError(f"{len(listed)} values do not fill the shape {list(shape)}")
    message = TensorProto(dtype=info.number)
    message.tensor_shape.SetInParent()
    for dim in shape:
        message.tensor_shape.dim.add(size=dim)
    if size == 0:
        return StoredTensor(message)
    if len(listed) > 1 and len(set(map(repr, listed))) == 1:
        listed = listed[:1]
    if info.itemsize == 0:
        message.string_val.extend(map(_string, listed))
    elif info.field == "float8_val":
        message.float8_val = pack(info, listed)
    elif len(listed) == 1:
        getattr(message, info.field).extend(field_items(info, listed[0]))
    else:
        message.tensor_content = pack(info, listed)
    return StoredTensor(message)


def _string(value: str | bytes) -> bytes:
    if isinstance(value, str):
        return value.encode("utf-8")
    if isinstance(value, bytes):
        return value
    raise ValueError(f"{value!r} is no text")


def from_array(value: npt.NDArray[Any]) -> StoredTensor:
    """A new constant from a numpy array; object and text arrays become strings.

    Raises:
        ValueError: numpy's dtype has no TensorFlow equivalent.
    """
    import numpy as np

    name = value.dtype.name
    if value.dtype.kind in "OSU":
        flat = [item if isinstance(item, bytes) else str(item) for item in value.ravel().tolist()]
        return make_tensor("string", value.shape, flat)
    number = dtype_number(name)
    info = dtype_info(name)
    if number is None or info is None:
        raise ValueError(f"a constant of dtype {name} cannot be made")
    message = TensorProto(dtype=number)
    message.tensor_shape.SetInParent()
    for dim in value.shape:
        message.tensor_shape.dim.add(size=dim)
    little = value.astype(value.dtype.newbyteorder("<")) if value.dtype.kind in "iufc" else value
    message.tensor_content = np.ascontiguousarray(little).tobytes()
    return StoredTensor(message)


def tensor_message(value: TensorValue) -> Any:
    """The ``TensorProto`` of a tensor, with all its elements.

    Raises:
        GraphError: its payload cannot be read.
    """
    stored = value if isinstance(value, StoredTensor) else from_array(value.array())
    return stored.whole()
