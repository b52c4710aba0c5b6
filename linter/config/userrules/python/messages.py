"""Messages between the process of a rule file and ours: plain data, each with its length before it.

Tensors that lie in the model's file are named by their place in it, and what belongs to omlint by
its name; an object of any other class is refused, because its class may not be there on our side.
"""

from __future__ import annotations

import io
import pickle
from collections.abc import Iterable
from typing import Any

from linter.graph import Graph, Node
from linter.io.attrs import NodeAttrs
from linter.io.messages import TensorProto
from linter.io.tensor.values import StoredTensor
from linter.io.view import BytesView, FileView, View, view_of

__all__ = ["MessageReader", "decode", "encode"]

_LENGTH = 8
_LONGEST = 1 << 31
_KNOWN = frozenset(
    {"linter", "opdb", "rules", "numpy", "ml_dtypes", "builtins", "collections", "_codecs"}
)


def encode(message: object) -> bytes:
    """A message as it is sent.

    Raises:
        TypeError: something in it is no plain data.
    """
    stream = io.BytesIO()
    stream.write(bytes(_LENGTH))
    try:
        _Pickler(stream, pickle.HIGHEST_PROTOCOL).dump(message)
    except (pickle.PicklingError, AttributeError, TypeError, RecursionError) as err:
        raise TypeError(f"this is no plain data: {err}") from err
    data = stream.getbuffer()
    data[:_LENGTH] = (len(data) - _LENGTH).to_bytes(_LENGTH, "big")
    return bytes(data)


def decode(data: bytes | bytearray | memoryview) -> Any:
    """What was encoded, given without its length.

    Raises:
        TypeError: it is of a class that is not known here.
    """
    try:
        return _Unpickler(io.BytesIO(data)).load()
    except (pickle.UnpicklingError, AttributeError, ImportError, KeyError, EOFError) as err:
        raise TypeError(f"this is no plain data: {err}") from err


class MessageReader:
    """Puts a message together from the pieces in which it comes."""

    def __init__(self) -> None:
        self._data = bytearray()

    def next_message(self, chunks: Iterable[bytes]) -> Any:
        """The next message.

        Raises:
            EOFError: the pieces end before it does.
            TypeError: it is no message.
        """
        for chunk in chunks:
            self._data += chunk
            if len(self._data) < _LENGTH:
                continue
            end = _LENGTH + int.from_bytes(self._data[:_LENGTH], "big")
            if end > _LONGEST:
                raise TypeError("this is no message")
            if len(self._data) >= end:
                body = bytes(self._data[_LENGTH:end])
                del self._data[:end]
                return decode(body)
        raise EOFError


class _Pickler(pickle.Pickler):
    def persistent_id(self, obj: object) -> tuple[int, int] | None:
        return obj.number if isinstance(obj, BytesView | FileView) else None

    def reducer_override(self, obj: object) -> Any:
        if isinstance(obj, StoredTensor):
            return _tensor, (obj.message.SerializeToString(), obj.payload)
        if isinstance(obj, NodeAttrs):
            return dict, (tuple(obj.items()),)
        if isinstance(obj, Node):
            return _node, (tuple(getattr(obj, name) for name in _NODE), obj.device, obj.position)
        if isinstance(obj, Graph):
            return _graph, (tuple(obj), obj.function, tuple(obj.dangling), obj.returns)
        return NotImplemented


class _Unpickler(pickle.Unpickler):
    def persistent_load(self, pid: tuple[int, int]) -> View:
        return view_of(pid)

    def find_class(self, module: str, name: str) -> Any:
        if module.partition(".")[0] not in _KNOWN:
            raise pickle.UnpicklingError(f"there is no {module}.{name} outside of the rule file")
        return super().find_class(module, name)


_NODE = ("name", "op", "inputs", "controls", "attrs")


def _tensor(message: bytes, payload: Any) -> StoredTensor:
    return StoredTensor(TensorProto.FromString(message), payload)


def _node(fields: tuple[Any, ...], device: str, position: int) -> Node:
    return Node(*fields, device=device, position=position)


def _graph(nodes: tuple[Node, ...], function: str | None, dangling: Any, returns: Any) -> Graph:
    return Graph(nodes, function=function, dangling=dangling, returns=returns)
