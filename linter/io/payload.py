"""Node records that are large: the header is parsed, tensor payloads stay where they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from linter.io.view import View
from linter.io.wire import LEN, Cursor, Record, encode_varint, walk

__all__ = ["LARGE", "Payload", "SplitNode", "split_node"]

LARGE = 1 << 16
"""A tensor of more bytes than this is left in the file."""
_MAX_VALUE_RECORDS = 10_000
_ATTR, _KEY, _VALUE, _TENSOR = 5, 1, 2, 8
_VALUE_FIELDS = frozenset(range(4, 19))
"""Fields of ``TensorProto`` that hold elements."""
_CONTENT = 4


@dataclass(frozen=True, slots=True)
class Payload:
    """The elements of one tensor in the file, as the wire bytes of their fields.

    Attributes:
        view: the input.
        ranges: start and end of each run of value fields.
        content: start and end of ``tensor_content`` when that is all there is, else ``None``.
    """

    view: View
    ranges: tuple[tuple[int, int], ...]
    content: tuple[int, int] | None = None

    @property
    def nbytes(self) -> int:
        """Bytes of the elements."""
        if self.content is not None:
            return self.content[1] - self.content[0]
        return sum(end - start for start, end in self.ranges)


class SplitNode(NamedTuple):
    """A node record without the payloads of its large tensors.

    Attributes:
        header: the rest of the record.
        payloads: the payloads, by attribute.
        entries: number of attributes; when two have one name, the payloads may not be theirs.
    """

    header: bytes
    payloads: dict[str, Payload]
    entries: int


def split_node(cursor: Cursor, start: int, end: int) -> SplitNode:
    """Cut the large tensors out of the ``NodeDef`` from ``start`` to ``end``.

    Only plain structures are cut: one value in the map entry, one tensor in the value. All others
    are left in the header, where the parser merges them as protobuf says.

    Raises:
        GraphError: the wire format is broken.
    """
    pieces: list[bytes] = []
    payloads: dict[str, Payload] = {}
    entries = 0
    for record in walk(cursor, start, end):
        found = None
        if record.field == _ATTR and record.wire == LEN:
            entries += 1
            if record.end - record.body > LARGE:
                found = _split_entry(cursor, record)
        if found is None:
            pieces.append(cursor.bytes(record.start, record.end))
        else:
            key, entry, payloads[key] = found
            pieces.append(entry)
    return SplitNode(b"".join(pieces), payloads, entries)


def _split_entry(cursor: Cursor, entry: Record) -> tuple[str, bytes, Payload] | None:
    """Key, record without payload, and payload of one attribute, when it is a plain tensor."""
    parts = list(walk(cursor, entry.body, entry.end))
    if [(part.field, part.wire) for part in parts] != [(_KEY, LEN), (_VALUE, LEN)]:
        return None
    tensors = list(walk(cursor, parts[1].body, parts[1].end))
    if [(part.field, part.wire) for part in tensors] != [(_TENSOR, LEN)]:
        return None
    header, payload = _split_tensor(cursor, tensors[0].body, tensors[0].end)
    if payload is None:
        return None
    key = cursor.bytes(parts[0].body, parts[0].end)
    nested = _field(_VALUE, _field(_TENSOR, header))
    return key.decode("utf-8", "replace"), _field(_ATTR, _field(_KEY, key) + nested), payload


def _split_tensor(cursor: Cursor, start: int, end: int) -> tuple[bytes, Payload | None]:
    """The fields of a tensor that are no elements, and its elements.

    A tensor of very many value records is walked as far as its first ``_MAX_VALUE_RECORDS``; what
    follows them counts as elements, and the tensor checks that when it is read.
    """
    header: list[bytes] = []
    ranges: list[tuple[int, int]] = []
    values: list[Record] = []
    for record in walk(cursor, start, end):
        if record.field not in _VALUE_FIELDS:
            header.append(cursor.bytes(record.start, record.end))
            continue
        values.append(record)
        if ranges and ranges[-1][1] == record.start:
            ranges[-1] = (ranges[-1][0], record.end)
        else:
            ranges.append((record.start, record.end))
        if len(values) >= _MAX_VALUE_RECORDS and header:
            ranges[-1] = (ranges[-1][0], end)
            break
    if not ranges:
        return b"".join(header), None
    plain = len(values) == 1 and values[0].field == _CONTENT and values[0].wire == LEN
    content = (values[0].body, values[0].end) if plain else None
    return b"".join(header), Payload(cursor.view, tuple(ranges), content)


def _field(number: int, body: bytes) -> bytes:
    return encode_varint(number << 3 | LEN) + encode_varint(len(body)) + body
