"""Reading a frozen graph: lazily, within limits, with every fault named."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from linter.graph import Graph, Model, Source
from linter.io.body import Container, RawNodes, build_main, read_messages
from linter.io.file_records import FileRecords
from linter.io.library import FunctionRecord, build_functions, read_library
from linter.io.messages import DecodeError, GraphDef, VersionDef
from linter.io.pbtxt import parse_graph_text
from linter.io.saved_model import has_variables
from linter.io.sniff import KEPT_IN_MEMORY, Kind, classify, open_view, refusal
from linter.io.view import BytesView, FileView, View, sha256_of
from linter.io.wire import LEN, Budget, Cursor, Record, scan_body
from linter.results.errors import GraphError
from opdb.tf_ops import load_op_table

__all__ = ["MAX_BYTES", "from_bytes", "load", "source_sha256"]

MAX_BYTES = (1 << 31) - 1
"""Protobuf, and with it TensorFlow and atc, reads no message of 2 GiB or more."""
_NODE, _LIBRARY, _VERSIONS = 1, 2, 4
_CONTAINER = Container(GraphDef, "node", _NODE)


def load(path: str | os.PathLike[str]) -> Model:
    """Read a frozen graph: binary, gzip of one, or text.

    Args:
        path: the file.

    Raises:
        GraphError: the input is not a frozen graph, or damaged; ``cause`` says which. A SavedModel
            has the cause ``saved-model``, or ``saved-model-incomplete`` when its variables are
            not there.
    """
    shown = os.fspath(path)
    with _named(shown), _collector_off():
        try:
            view = open_view(path)
            kind = classify(view)
            if kind is Kind.SAVED_MODEL:
                raise refusal(kind)
        except GraphError as error:
            if error.cause == Kind.SAVED_MODEL:
                raise _saved_model_error(Path(path)) from error
            raise
        return _read(view, kind, shown)


def from_bytes(data: bytes, name: str = "<memory>") -> Model:
    """Read a frozen graph from bytes, as ``load`` does from a file.

    Raises:
        GraphError: as ``load``.
    """
    with _named(name), _collector_off():
        view = BytesView(data)
        return _read(view, classify(view), name)


def source_sha256(model: Model) -> str:
    """The digest of the model's input file; computed when it is first asked for.

    Raises:
        GraphError: the file has changed since it was read.
    """
    source = model.source
    records = source.records
    if not source.sha256 and isinstance(records, FileRecords):
        with _named(source.path):
            records.outer.check_unchanged()
            source.sha256 = sha256_of(records.outer)
    return source.sha256


def _read(view: View, kind: Kind, path: str) -> Model:
    source = Source(path, str(kind), nbytes=view.size)
    records = FileRecords(view)
    inner = view
    if kind is Kind.GZIP:
        inner = _unzipped(view)
        source.format = str(Kind.GRAPHDEF_GZIP)
        kind = classify(inner)
    if kind not in (Kind.GRAPHDEF, Kind.GRAPHDEF_TEXT):
        raise refusal(kind)
    if inner.size > MAX_BYTES:
        raise GraphError(
            f"the graph has {inner.size} bytes; protobuf ends at {MAX_BYTES}", cause="too-large"
        )
    source.records = records
    if kind is Kind.GRAPHDEF_TEXT:
        source.suffix_mismatch = Path(path).suffix == ".pb"
        model = _read_text(inner, source, records)
    else:
        records.view = inner
        model = _read_binary(inner, source, records)
    view.check_unchanged()
    if isinstance(view, BytesView):
        source.sha256 = sha256_of(view)
    return model


def _read_binary(view: View, source: Source, records: FileRecords) -> Model:
    budget = Budget()
    cursor = Cursor(view, view.size, budget)
    scan = scan_body(cursor, 0, view.size, _NODE)
    _set_versions(source, cursor, scan.others)
    main = build_main(read_messages(cursor, scan, _CONTAINER), budget, scan)
    functions: list[FunctionRecord] = []
    for record in scan.others:
        if record.field == _LIBRARY and record.wire == LEN:
            functions.extend(read_library(cursor, record))
    records.main = scan
    return _model(source, records, main, functions, budget)


def _read_text(view: View, source: Source, records: FileRecords) -> Model:
    message = parse_graph_text(view)
    source.producer = message.versions.producer
    source.min_consumer = message.versions.min_consumer
    budget = Budget()
    records.message = message
    main = build_main(RawNodes(message.node, {}), budget)
    functions = [
        FunctionRecord(function, RawNodes(function.node_def, {}))
        for function in message.library.function
    ]
    return _model(source, records, main, functions, budget)


def _model(
    source: Source,
    records: FileRecords,
    main: Graph,
    functions: list[FunctionRecord],
    budget: Budget,
) -> Model:
    records.nodes = tuple(main)
    graphs = build_functions(functions, load_op_table(), budget) if functions else {}
    records.functions = {record.key: record for record in functions}
    return Model(source, main, graphs)


def _set_versions(source: Source, cursor: Cursor, records: list[Record]) -> None:
    versions = VersionDef()
    for record in records:
        if record.field == _VERSIONS and record.wire == LEN:
            try:
                versions.MergeFromString(cursor.view.read(record.body, record.end - record.body))
            except DecodeError as error:
                raise GraphError(
                    f"corrupt: the versions at byte {record.start} are not valid",
                    cause="corrupt",
                    offset=record.start,
                ) from error
    source.producer = versions.producer
    source.min_consumer = versions.min_consumer


def _unzipped(view: View) -> View:
    import io

    from linter.io.unzip import unzip

    def check(head: bytes) -> None:
        kind = classify(BytesView(head))
        if kind not in (Kind.GRAPHDEF, Kind.GRAPHDEF_TEXT):
            raise refusal(Kind.GZIP)

    if isinstance(view, FileView):
        with os.fdopen(os.dup(view.fd), "rb") as stream:
            stream.seek(0)
            return unzip(stream, limit=MAX_BYTES, keep=KEPT_IN_MEMORY, check=check)
    data = view.read(0, view.size)
    return unzip(io.BytesIO(data), limit=MAX_BYTES, keep=KEPT_IN_MEMORY, check=check)


def _saved_model_error(path: Path) -> GraphError:
    file = path / "saved_model.pb" if path.is_dir() else path
    folder = file.parent
    if not (folder / "variables").is_dir() and file.is_file() and has_variables(open_view(file)):
        return GraphError(
            "a SavedModel whose variables are not there: the folder has no variables/",
            cause="saved-model-incomplete",
        )
    return refusal(Kind.SAVED_MODEL)


@contextmanager
def _named(path: str) -> Iterator[None]:
    """Put the path before the message of every fault."""
    try:
        yield
    except GraphError as error:
        raise GraphError(f"{path}: {error}", cause=error.cause, offset=error.offset) from error


@contextmanager
def _collector_off() -> Iterator[None]:
    """No garbage collection while very many objects are made that all stay."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
