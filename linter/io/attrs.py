"""Attributes: decoded on demand from a message, and encoded from Python values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from linter.graph import DType, FuncRef, Placeholder, Shape
from linter.io.dtypes import dtype_name, dtype_number
from linter.io.messages import AttrValue
from linter.io.payload import Payload
from linter.io.tensor.values import StoredTensor, tensor_message

__all__ = ["NodeAttrs", "decode_attr", "encode_attr", "same_value"]

_MISSING = object()


class NodeAttrs(Mapping[str, Any]):
    """The attributes of one message, decoded when asked for; in order of their names.

    Attributes:
        message: the message that has the map ``attr``.
        payloads: what was left in the file, by attribute.
        body: the scan of the body that the node was read from, ``None`` when it has none.
        index: rank of the node among the node records of that body.
    """

    __slots__ = ("_cache", "body", "index", "message", "payloads")

    def __init__(
        self,
        message: Any,
        payloads: Mapping[str, Payload] | None = None,
        body: object = None,
        index: int = -1,
    ) -> None:
        self.message = message
        self.payloads = payloads
        self.body = body
        self.index = index
        self._cache: dict[str, Any] | None = None

    def __getitem__(self, key: str) -> Any:
        value = self.get(key, _MISSING)
        if value is _MISSING:
            raise KeyError(key)
        return value

    def get(self, key: str, default: Any = None) -> Any:
        """The decoded attribute, or ``default`` when there is none of that name."""
        cache = self._cache
        if cache is None:
            cache = self._cache = {}
        value = cache.get(key, _MISSING)
        if value is _MISSING:
            attr = self.message.attr
            if not isinstance(key, str) or key not in attr:
                return default
            payload = self.payloads.get(key) if self.payloads else None
            value = cache[key] = decode_attr(attr[key], payload)
        return value

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and key in self.message.attr

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self.message.attr))

    def __len__(self) -> int:
        return len(self.message.attr)

    def __repr__(self) -> str:
        return f"NodeAttrs({dict(self)!r})"


def decode_attr(value: Any, payload: Payload | None = None) -> Any:
    """The Python value of an ``AttrValue``; ``None`` when it holds none."""
    kind = value.WhichOneof("value")
    if kind is None:
        return None
    if kind == "tensor":
        return StoredTensor(value.tensor, payload)
    if kind == "list":
        return _decode_list(value.list)
    return _DECODERS[kind](getattr(value, kind))


def _decode_list(values: Any) -> tuple[Any, ...]:
    for descriptor, items in values.ListFields():
        decode = _DECODERS[descriptor.name]
        return tuple([decode(item) for item in items])
    return ()


def _decode_bytes(value: bytes) -> str | bytes:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value


def _decode_shape(value: Any) -> Shape:
    if value.unknown_rank:
        return Shape(None)
    sizes = [dim.size for dim in value.dim]
    if not sizes or min(sizes) >= 0:
        return Shape(tuple(sizes))
    dims = tuple([size if size >= 0 else None for size in sizes])
    return Shape(dims, tuple([size for size in sizes if size < -1]))


def _decode_func(value: Any) -> FuncRef:
    return FuncRef(value.name, NodeAttrs(value))


def _itself(value: Any) -> Any:
    return value


_DECODERS: dict[str, Callable[[Any], Any]] = {
    "s": _decode_bytes,
    "i": _itself,
    "f": _itself,
    "b": _itself,
    "type": dtype_name,
    "shape": _decode_shape,
    "tensor": StoredTensor,
    "func": _decode_func,
    "placeholder": Placeholder,
}


def encode_attr(value: Any) -> Any:
    """The ``AttrValue`` of a Python value.

    A tensor that lies in a file is read; the writer splices such payloads in by itself.

    Raises:
        TypeError: a value of a kind that no attribute has, or a list of several kinds.
        ValueError: a number out of range, or a dtype that does not exist.
    """
    message = AttrValue()
    if value is None:
        return message
    if not isinstance(value, (tuple, list)):
        _put(message, _kind(value), value)
        return message
    message.list.SetInParent()
    kinds = {_kind(item) for item in value}
    if kinds == {"i", "f"}:
        kinds = {"f"}
    if len(kinds) > 1 or "placeholder" in kinds:
        raise TypeError(f"a list attribute cannot hold {value!r}")
    for item in value:
        _append(message.list, next(iter(kinds)), item)
    return message


def same_value(one: Any, other: Any) -> bool:
    """Whether two decoded attributes are surely the same; never compares tensors by content."""
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    if isinstance(one, (tuple, list)):
        return len(one) == len(other) and all(map(same_value, one, other))
    if isinstance(one, FuncRef):
        return (
            one.name == other.name
            and set(one.attrs) == set(other.attrs)
            and all(same_value(value, other.attrs[key]) for key, value in one.attrs.items())
        )
    return not isinstance(one, StoredTensor) and bool(one == other)


def _kind(value: Any) -> str:
    for kinds, name in _KINDS:
        if isinstance(value, kinds):
            return name
    if hasattr(value, "dtype") and hasattr(value, "values"):
        return "tensor"
    raise TypeError(f"{value!r} cannot be an attribute")


_KINDS: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (DType, "type"),
    ((str, bytes), "s"),
    (bool, "b"),
    (int, "i"),
    (float, "f"),
    (Shape, "shape"),
    (FuncRef, "func"),
    (Placeholder, "placeholder"),
    (StoredTensor, "tensor"),
)


def _put(message: Any, kind: str, value: Any) -> None:
    if kind == "shape":
        message.shape.SetInParent()
        _fill_shape(message.shape, value)
    elif kind == "func":
        message.func.SetInParent()
        _fill_func(message.func, value)
    elif kind == "tensor":
        message.tensor.CopyFrom(tensor_message(value))
    else:
        setattr(message, kind, _plain(kind, value))


def _append(values: Any, kind: str, value: Any) -> None:
    field = getattr(values, kind)
    if kind == "shape":
        _fill_shape(field.add(), value)
    elif kind == "func":
        _fill_func(field.add(), value)
    elif kind == "tensor":
        field.add().CopyFrom(tensor_message(value))
    else:
        field.append(_plain(kind, value))


def _plain(kind: str, value: Any) -> Any:
    if kind == "s":
        return value.encode("utf-8") if isinstance(value, str) else value
    if kind == "placeholder":
        return value.name
    if kind == "type":
        number = dtype_number(value)
        if number is None:
            raise ValueError(f"there is no dtype {value!r}")
        return number
    return value


def _fill_shape(message: Any, shape: Shape) -> None:
    if shape.dims is None:
        message.unknown_rank = True
        return
    for size in shape.dims:
        message.dim.add(size=-1 if size is None else size)


def _fill_func(message: Any, func: FuncRef) -> None:
    message.name = func.name
    for key, value in func.attrs.items():
        message.attr[key].CopyFrom(encode_attr(value))
