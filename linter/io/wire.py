"""The protobuf wire format: where records begin and end, without parsing what is in them.

Everything here works on offsets of a ``View`` and reads windows of it, so that a payload of any
size costs one jump. Offsets in errors are offsets in the input.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from linter.io.view import View
from linter.results.errors import GraphError

__all__ = [
    "FIXED32",
    "FIXED64",
    "LEN",
    "VARINT",
    "BodyScan",
    "Budget",
    "Cursor",
    "Record",
    "encode_varint",
    "read_record",
    "scan_body",
    "walk",
]

VARINT, FIXED64, LEN, GROUP, END_GROUP, FIXED32 = range(6)
_MAX_FIELD = (1 << 29) - 1
_MAX_DEPTH = 100
_SMALL_WINDOW, _LARGE_WINDOW = 1 << 12, 1 << 20
_HEADROOM = 20


@dataclass(slots=True)
class Budget:
    """What one file may still make us do; shared by all that read the file.

    Attributes:
        nodes: nodes, of the main graph and of functions.
        inputs: inputs of all nodes together.
        records: records that are walked one by one.
    """

    nodes: int = 1_000_000
    inputs: int = 5_000_000
    records: int = 1_000_000

    def spend(self, what: str, count: int, offset: int) -> None:
        """Take ``count`` off a budget.

        Raises:
            GraphError: it is used up.
        """
        left = getattr(self, what) - count
        if left < 0:
            limit = getattr(Budget(), what)
            raise GraphError(f"more than {limit:,} {what}", cause="limit", offset=offset)
        setattr(self, what, left)


class Record(NamedTuple):
    """One field on the wire: tag at ``start``, content from ``body`` to ``end``."""

    field: int
    wire: int
    start: int
    body: int
    end: int


class Cursor:
    """A moving window over a view."""

    def __init__(self, view: View, end: int, budget: Budget) -> None:
        self.view = view
        self.end = end
        self.budget = budget
        self.buffer = b""
        self.base = 0
        self._window = _SMALL_WINDOW

    def load(self, offset: int) -> int:
        """Have at least 20 bytes from ``offset`` (or all that are left); its index in the buffer.

        Windows grow while they follow each other and shrink after a jump.
        """
        index = offset - self.base
        have = len(self.buffer)
        if index >= 0 and (index + _HEADROOM <= have or self.base + have >= self.end > offset):
            return index
        near = 0 <= index <= have
        self._window = min(self._window * 2, _LARGE_WINDOW) if near else _SMALL_WINDOW
        self.buffer = self.view.read(offset, max(0, min(self._window, self.end - offset)))
        self.base = offset
        return 0

    def varint(self, offset: int, end: int) -> tuple[int, int]:
        """The varint at ``offset`` and the offset after it.

        Raises:
            GraphError: it does not end before ``end``, or is longer than ten bytes.
        """
        index = self.load(offset)
        buffer = self.buffer
        value = shift = 0
        for count in range(10):
            if offset + count >= end:
                raise GraphError(
                    f"truncated: a number at byte {offset} has no end",
                    cause="truncated",
                    offset=offset,
                )
            byte = buffer[index + count]
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value & 0xFFFFFFFFFFFFFFFF, offset + count + 1
            shift += 7
        raise GraphError(f"malformed number at byte {offset}", cause="corrupt", offset=offset)

    def bytes(self, start: int, end: int) -> bytes:
        """The bytes of a range, from the window where it holds them."""
        low, high = start - self.base, end - self.base
        if low >= 0 and high <= len(self.buffer):
            return self.buffer[low:high]
        return self.view.read(start, end - start)


@dataclass(slots=True)
class BodyScan:
    """The records of one body.

    Attributes:
        starts: offset of each node record.
        ends: offset after each node record.
        heads: bytes of tag and length of each node record.
        others: all records that are no nodes.
        ranks: for each of ``others``, how many node records stand before it.
        start: where the body begins.
        end: where it ends.
    """

    starts: array[int] = field(default_factory=lambda: array("q"))
    ends: array[int] = field(default_factory=lambda: array("q"))
    heads: array[int] = field(default_factory=lambda: array("B"))
    others: list[Record] = field(default_factory=list)
    ranks: array[int] = field(default_factory=lambda: array("q"))
    start: int = 0
    end: int = 0


def encode_varint(value: int) -> bytes:
    """The shortest varint of a number that is not negative."""
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def read_record(cursor: Cursor, offset: int, end: int) -> Record:
    """The record at ``offset`` of a message that ends at ``end``.

    Raises:
        GraphError: it overruns the message, or its tag is not valid.
    """
    budget = cursor.budget
    budget.records -= 1
    if budget.records < 0:
        budget.spend("records", 0, offset)
    index = cursor.load(offset)
    buffer = cursor.buffer
    if index + 3 < len(buffer) and buffer[index] & 0x87 == LEN and buffer[index + 1] < 0x80:
        stop = offset + 2 + buffer[index + 1]  # most records: one byte of tag, one of length
        if stop <= end and buffer[index] > LEN:
            return Record(buffer[index] >> 3, LEN, offset, offset + 2, stop)
    tag, body = cursor.varint(offset, end)
    number, wire = tag >> 3, tag & 7
    if not 0 < number <= _MAX_FIELD or wire in (END_GROUP, 6, 7):
        raise GraphError(
            f"not valid protobuf: bad tag at byte {offset}", cause="corrupt", offset=offset
        )
    if wire == VARINT:
        stop = cursor.varint(body, end)[1]
    elif wire == GROUP:
        stop = _skip_group(cursor, body, end, number)
    elif wire == LEN:
        length, body = cursor.varint(body, end)
        stop = body + length
    else:
        stop = body + (8 if wire == FIXED64 else 4)
    if stop > end:
        raise GraphError(
            f"truncated: the record at byte {offset} should end at byte {stop}, "
            f"but its message ends at byte {end}",
            cause="truncated",
            offset=offset,
        )
    return Record(number, wire, offset, body, stop)


def walk(cursor: Cursor, start: int, end: int) -> Iterator[Record]:
    """The records of a message from ``start`` to ``end``.

    Raises:
        GraphError: a record is not valid, or the budget is used up.
    """
    offset = start
    while offset < end:
        record = read_record(cursor, offset, end)
        yield record
        offset = record.end


def scan_body(cursor: Cursor, start: int, end: int, node_field: int) -> BodyScan:
    """Find the records of a graph or function body.

    Args:
        cursor: a window over the input.
        start: where the message begins.
        end: where it ends.
        node_field: number of the field that holds nodes.

    Raises:
        GraphError: the wire format is broken, or there are too many nodes.
    """
    scan = BodyScan(start=start, end=end)
    starts, ends, heads = scan.starts.append, scan.ends.append, scan.heads.append
    node_tag = node_field << 3 | LEN
    count, room = 0, cursor.budget.nodes
    buffer, base, safe = b"", start, start - 1
    offset = start
    while offset < end and count <= room:
        if offset > safe:
            base = offset - cursor.load(offset)
            buffer = cursor.buffer
            safe = base + len(buffer) - _HEADROOM
        index = offset - base
        length, head = 0x80, 2
        if offset <= safe and buffer[index] == node_tag:
            length = buffer[index + 1]
            if length >= 0x80 and buffer[index + 2] < 0x80:
                length, head = length & 0x7F | buffer[index + 2] << 7, 3
        stop = offset + head + length
        if (length >= 0x80 and head == 2) or stop > end:
            record = read_record(cursor, offset, end)
            safe = start - 1
            head, stop = record.body - offset, record.end
            if record.field != node_field or record.wire != LEN:
                scan.others.append(record)
                scan.ranks.append(count)
                offset = stop
                continue
        starts(offset)
        ends(stop)
        heads(head)
        count += 1
        offset = stop
    cursor.budget.spend("nodes", count, offset)
    return scan


def _skip_group(cursor: Cursor, offset: int, end: int, number: int) -> int:
    """The offset after a group, the obsolete kind of nested message."""
    opened = [number]
    while opened and len(opened) < _MAX_DEPTH:
        tag, body = cursor.varint(offset, end)
        if tag & 7 == END_GROUP:
            if tag >> 3 != opened.pop():
                break
            offset = body
        elif tag & 7 == GROUP:
            cursor.budget.spend("records", 1, offset)
            opened.append(tag >> 3)
            offset = body
        else:
            offset = read_record(cursor, offset, end).end
    else:
        if not opened:
            return offset
    raise GraphError(f"not valid protobuf at byte {offset}", cause="corrupt", offset=offset)
