"""A model as pieces: untouched records are copied, the rest is written anew."""

from __future__ import annotations

from collections.abc import Iterator

from linter.graph import Model
from linter.io.encode.body import BodyEncoder, spell_main
from linter.io.encode.function import FunctionEncoder
from linter.io.encode.pieces import Piece, Range, coalesce, field, serialized
from linter.io.file_records import FileRecords
from linter.io.library import FUNCTION
from linter.io.messages import GraphDef
from linter.io.outputs import LibraryOps
from linter.io.wire import LEN, Budget, Cursor, Record, walk
from opdb.tf_ops import load_op_table

__all__ = ["encode_model"]

_NODE, _LIBRARY = 1, 2


def encode_model(model: Model) -> list[Piece]:
    """The binary graph of a model.

    Raises:
        TypeError: an attribute has a value that cannot be written.
        ValueError: likewise.
    """
    found = model.source.records
    records = found if isinstance(found, FileRecords) else None
    encoder = _ModelEncoder(model, records)
    copied = records is not None and records.main is not None
    return coalesce(encoder.edited() if copied else encoder.whole())


class _ModelEncoder:
    def __init__(self, model: Model, records: FileRecords | None) -> None:
        self._model = model
        self._records = records
        view = None if records is None else records.view
        self._view = view
        self._body = BodyEncoder(
            model.main,
            _NODE,
            spell_main,
            () if records is None else records.nodes,
            None if records is None else records.main,
            view,
        )
        self._functions = list(self._function_encoders())

    def _function_encoders(self) -> Iterator[FunctionEncoder]:
        functions = self._model.functions
        if not functions:
            return
        ops = LibraryOps(functions, load_op_table())
        known = {} if self._records is None else self._records.functions
        for key, graph in functions.items():
            yield FunctionEncoder(graph, ops, known.get(key), self._view)

    def edited(self) -> Iterator[Piece]:
        """The input with its changes."""
        assert self._records is not None
        assert self._records.main is not None
        view = self._records.view
        assert view is not None
        if not self._library_changed():
            yield from self._body.pieces(lambda other: [Range(view, other.start, other.end)])
            return
        others = self._records.main.others
        libraries = [item for item in others if item.field == _LIBRARY and item.wire == LEN]
        library = self._library(libraries)

        def other(record: Record) -> list[Piece]:
            if record not in libraries:
                return [Range(view, record.start, record.end)]
            return library if record == libraries[0] else []

        yield from self._body.pieces(other)
        if not libraries:
            yield from library

    def whole(self) -> Iterator[Piece]:
        """A model that has no binary input to copy from."""
        yield from self._body.pieces(lambda _: [])
        rest = GraphDef()
        message = None if self._records is None else self._records.message
        if message is not None:
            rest.CopyFrom(message)
            rest.ClearField("node")
            rest.library.ClearField("function")
        else:
            rest.versions.producer = self._model.source.producer
            rest.versions.min_consumer = self._model.source.min_consumer
        library = [piece for encoder in self._functions for piece in encoder.pieces()]
        gradients = serialized(rest.library)
        if library or rest.HasField("library"):
            yield from field(_LIBRARY, [*library, gradients])
        rest.ClearField("library")
        yield serialized(rest)

    def _library_changed(self) -> bool:
        assert self._records is not None
        if list(self._model.functions) != list(self._records.functions):
            return True
        return any(encoder.changed() for encoder in self._functions)

    def _library(self, records: list[Record]) -> list[Piece]:
        """One library record for all that there were."""
        content = [piece for encoder in self._functions for piece in encoder.pieces()]
        view = self._view
        if view is not None:
            for record in records:
                cursor = Cursor(view, record.end, Budget())
                for part in walk(cursor, record.body, record.end):
                    if part.field != FUNCTION or part.wire != LEN:
                        content.append(Range(view, part.start, part.end))
        return field(_LIBRARY, content) if content else []
