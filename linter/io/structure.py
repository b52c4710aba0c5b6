"""Which message is this? GraphDef, MetaGraphDef, SavedModel and ONNX told apart on the wire."""

from __future__ import annotations

import re
from enum import Enum

from linter.io.view import View
from linter.io.wire import LEN, VARINT, Budget, Cursor, Record, read_record
from linter.results.errors import GraphError

__all__ = ["Structure", "classify_wire"]

_MAX_RECORDS = 1000
_OP = re.compile(rb"[A-Za-z_][A-Za-z0-9_.>/:$-]*")
_MAX_OP = 1024


class Structure(Enum):
    """A message that can stand alone in a file."""

    GRAPH = "GraphDef"
    META_GRAPH = "MetaGraphDef"
    SAVED_MODEL = "SavedModel"
    ONNX = "ModelProto"


def classify_wire(view: View) -> Structure | None:
    """The message that the first records of a file belong to, ``None`` when it is none of them.

    A file that is cut short or damaged further on keeps the kind of its beginning, so that the
    reader can say where the damage is.
    """
    probe = _Probe(view)
    records = probe.records(0, view.size)
    if not records:
        return None
    if records[0].field == 1 and records[0].wire == VARINT:
        return _saved_model_or_onnx(probe, records)
    nodes = [record for record in records if record.field == 1 and record.wire == LEN]
    if any(probe.is_node(record) for record in nodes[:50]):
        return Structure.GRAPH
    if _is_meta_graph(probe, records):
        return Structure.META_GRAPH
    if not nodes and all(probe.is_graph_field(record) for record in records):
        return Structure.GRAPH
    return None


def _saved_model_or_onnx(probe: _Probe, records: list[Record]) -> Structure | None:
    fields = {record.field for record in records}
    graphs = [record for record in records if record.field == 2 and record.wire == LEN]
    if fields <= {1, 2} and graphs and all(map(probe.is_meta_graph, graphs[:10])):
        return Structure.SAVED_MODEL
    known = fields <= {1, 2, 3, 4, 5, 6, 7, 8, 14, 20, 25, 26}
    if known and len(fields) > 1 and fields & {2, 7, 8}:
        return Structure.ONNX
    return None


def _is_meta_graph(probe: _Probe, records: list[Record]) -> bool:
    if any(record.wire != LEN or record.field > 7 for record in records):
        return False
    graphs = [record for record in records if record.field == 2]
    return bool(graphs) and probe.is_graph(graphs[0])


class _Probe:
    """Looks into records without trusting them."""

    def __init__(self, view: View) -> None:
        self._cursor = Cursor(view, view.size, Budget(records=100_000))

    def records(self, start: int, end: int) -> list[Record]:
        """The first records of a message, as far as they are valid; the last may be cut short."""
        result: list[Record] = []
        offset = start
        while offset < end and len(result) < _MAX_RECORDS:
            try:
                record = read_record(self._cursor, offset, end)
            except GraphError as error:
                if error.cause == "truncated":
                    result.extend(self._cut(offset, end))
                break
            result.append(record)
            offset = record.end
        return result

    def _cut(self, offset: int, end: int) -> list[Record]:
        try:
            tag, body = self._cursor.varint(offset, end)
            length, body = self._cursor.varint(body, end)
        except GraphError:
            return []
        return [Record(tag >> 3, LEN, offset, body, end)] if tag & 7 == LEN and length else []

    def is_node(self, record: Record) -> bool:
        """Whether a record reads as a ``NodeDef``: it has an op, and nothing contradicts."""
        op = b""
        for part in self.records(record.body, record.end)[:100]:
            if part.field <= 7 and part.wire != LEN:
                return False
            if part.field == 2:
                op = self._head(part, _MAX_OP)
                if not _OP.fullmatch(op):
                    return False
            elif part.field == 5 and self._head(part, 1) not in (b"", b"\n", b"\x12"):
                return False
        return bool(op)

    def is_graph(self, record: Record) -> bool:
        """Whether a record reads as a ``GraphDef``."""
        parts = self.records(record.body, record.end)
        nodes = [part for part in parts if part.field == 1 and part.wire == LEN]
        if nodes:
            return any(map(self.is_node, nodes[:50]))
        return bool(parts) and all(map(self.is_graph_field, parts))

    def is_meta_graph(self, record: Record) -> bool:
        """Whether a record reads as a ``MetaGraphDef``."""
        parts = self.records(record.body, record.end)
        if any(part.wire != LEN or part.field > 7 for part in parts):
            return False
        graphs = [part for part in parts if part.field == 2]
        return all(map(self.is_graph, graphs)) and bool(parts)

    def is_graph_field(self, record: Record) -> bool:
        """Whether a record reads as a library, versions or debug information of a graph."""
        if record.field == 3:
            return record.wire == VARINT
        if record.wire != LEN or record.field not in (2, 4, 5):
            return False
        parts = self.records(record.body, record.end)
        if record.field == 4:
            return all(part.field in (1, 2, 3) for part in parts) and all(
                part.wire == VARINT or part.field == 3 for part in parts
            )
        if record.field == 2:
            return all(part.wire == LEN and part.field in (1, 2, 3) for part in parts)
        return all(part.wire == LEN and part.field in (1, 2, 4, 5, 6) for part in parts)

    def _head(self, record: Record, most: int) -> bytes:
        return self._cursor.bytes(record.body, min(record.end, record.body + most))
