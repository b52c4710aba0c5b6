"""One changed or new node as pieces: a new header, old payloads."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from linter.graph import Node
from linter.io.attrs import NodeAttrs, encode_attr, same_value
from linter.io.encode.pieces import Piece, Range, field, serialized
from linter.io.messages import AttrValue, NodeDef
from linter.io.payload import Payload
from linter.io.tensor.values import StoredTensor

__all__ = ["encode_attr_entry", "encode_node"]

_ATTR, _KEY, _VALUE, _TENSOR = 5, 1, 2, 8
_FRONT = ("name", "op", "input", "device")


def encode_node(node: Node, inputs: Iterable[str], number: int) -> list[Piece]:
    """A node as one record; fields that we do not know are kept.

    Args:
        node: the node.
        inputs: its inputs as they are written.
        number: field number of the record in the message around it.

    Raises:
        TypeError: an attribute has a value that cannot be written.
        ValueError: likewise.
    """
    front = NodeDef(name=node.name, op=node.op, input=inputs, device=node.device)
    back = NodeDef()
    if isinstance(node.origin, NodeAttrs):
        back.CopyFrom(node.origin.message)
        back.ClearField("attr")
        for name in _FRONT:
            back.ClearField(name)
    entries: list[Piece] = []
    for key in sorted(node.attrs):
        entries.extend(encode_attr_entry(node.attrs, key, node.origin, _ATTR))
    return field(number, [serialized(front), *entries, serialized(back)])


def encode_attr_entry(attrs: Any, key: str, origin: object, number: int) -> list[Piece]:
    """One attribute as an entry of a map.

    Args:
        attrs: the attributes.
        key: which one.
        origin: where they came from; what is the same there is taken from there.
        number: field number of the map.

    Raises:
        TypeError: the value cannot be written.
        ValueError: likewise.
    """
    message, payload = _attr_message(attrs[key], key, origin)
    content: list[Piece] = [serialized(message)]
    if payload is not None:
        content = _spliced(message, payload)
    return field(number, [*field(_KEY, [key.encode("utf-8")]), *field(_VALUE, content)])


def _attr_message(value: Any, key: str, origin: object) -> tuple[Any, Payload | None]:
    """The ``AttrValue`` of an attribute, and its payload when that lies in a file."""
    if isinstance(origin, NodeAttrs) and key in origin and same_value(value, origin.get(key)):
        payload = origin.payloads.get(key) if origin.payloads else None
        return origin.message.attr[key], payload
    if isinstance(value, StoredTensor) and value.payload is not None:
        message = AttrValue()
        message.tensor.CopyFrom(value.message)
        return message, value.payload
    return encode_attr(value), None


def _spliced(value: Any, payload: Payload) -> list[Piece]:
    """An ``AttrValue`` with the payload put back into its tensor."""
    header = serialized(value.tensor)
    ranges = [Range(payload.view, start, end) for start, end in payload.ranges]
    rest = AttrValue()
    rest.CopyFrom(value)
    rest.ClearField("tensor")
    return [*field(_TENSOR, [header, *ranges]), serialized(rest)]
