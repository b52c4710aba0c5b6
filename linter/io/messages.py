"""TensorFlow's messages under our own package: the only module that imports protobuf.

The classes come from ``linter.io.schema`` in a descriptor pool of their own, so they live beside
TensorFlow in one process. They read and write the same bytes and the same text as TensorFlow's.
The messages of saved models are built when the first of them is asked for.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import DecodeError, EncodeError

from linter.io.dtypes import DTYPES, REF_OFFSET
from linter.io.schema import CORE, SAVED

__all__ = [
    "AttrValue",
    "DecodeError",
    "EncodeError",
    "FunctionDef",
    "FunctionDefLibrary",
    "GraphDef",
    "NameAttrList",
    "NodeDef",
    "OpDef",
    "TensorProto",
    "TensorShapeProto",
    "TextError",
    "VersionDef",
    "message_class",
    "parse_text",
    "to_text",
]

_PACKAGE = "omlint"
_CORE_FILE, _SAVED_FILE = "omlint/graph.proto", "omlint/saved_model.proto"
_FIELD: Any = descriptor_pb2.FieldDescriptorProto
_SCALARS = {
    name.removeprefix("TYPE_").lower(): number for name, number in _FIELD.Type.items() if number
}
_GOOGLE = {
    "google/protobuf/any.proto": "Any: type_url 1 string, value 2 bytes",
    "google/protobuf/wrappers.proto": "BoolValue: value 1 bool",
}


class TextError(Exception):
    """Text that is not what ``parse_text`` was asked for.

    Attributes:
        line: line of the fault, from 1; 0 when unknown.
        column: column of the fault, from 1; 0 when unknown.
    """

    def __init__(self, message: str, line: int = 0, column: int = 0) -> None:
        super().__init__(message)
        self.line = line
        self.column = column


class _FileBuilder:
    """Turns one table into one file descriptor."""

    def __init__(self, name: str, package: str = _PACKAGE) -> None:
        self.file: Any = descriptor_pb2.FileDescriptorProto(
            name=name, package=package, syntax="proto3"
        )
        self._messages: dict[str, Any] = {}
        self._enums: set[str] = {"DataType", "FullTypeId"}

    def build(self, table: str) -> Any:
        """The descriptor of all declarations in ``table``."""
        lines = table.replace("\n    ", " ").strip().splitlines()
        declarations = [line.partition(":")[::2] for line in lines]
        for head, body in declarations:
            if head.startswith("enum "):
                self.add_enum(head.removeprefix("enum "), _numbered(body))
        for head, _ in declarations:
            if not head.startswith("enum "):
                self._declare(head)
        for head, body in declarations:
            if not head.startswith("enum "):
                self._fill(self._messages[head], head, body)
        return self.file

    def add_enum(self, path: str, values: list[tuple[str, int]]) -> None:
        """Declare one enum."""
        self._enums.add(path)
        enum = self._scope(path, "enum_type", "enum_type")
        for name, number in values:
            enum.value.add(name=name, number=number)

    def _scope(self, path: str, top: str, nested: str) -> Any:
        outer, _, name = path.rpartition(".")
        if not outer:
            return getattr(self.file, top).add(name=name)
        return getattr(self._declare(outer), nested).add(name=name)

    def _declare(self, path: str) -> Any:
        if path not in self._messages:
            self._messages[path] = self._scope(path, "message_type", "nested_type")
        return self._messages[path]

    def _fill(self, message: Any, path: str, body: str) -> None:
        oneofs: dict[str, int] = {}
        for declaration in filter(None, map(str.strip, body.split(","))):
            name, number, kind = declaration.split(" ", 2)
            kind, _, oneof = kind.partition(" @")
            field = message.field.add(name=name, number=int(number))
            if oneof:
                if oneof not in oneofs:
                    oneofs[oneof] = len(message.oneof_decl)
                    message.oneof_decl.add(name=oneof)
                field.oneof_index = oneofs[oneof]
            if kind.startswith("<"):
                self._set_map(message, field, path, kind[1:-1])
            else:
                self._set_type(field, kind)

    def _set_map(self, message: Any, field: Any, path: str, kinds: str) -> None:
        words = field.name.split("_")
        entry = message.nested_type.add(name="".join(map(str.capitalize, words)) + "Entry")
        entry.options.map_entry = True
        for number, (name, kind) in enumerate(zip(("key", "value"), kinds.split(), strict=True), 1):
            self._set_type(entry.field.add(name=name, number=number), kind)
        field.label = _FIELD.LABEL_REPEATED
        field.type = _FIELD.TYPE_MESSAGE
        field.type_name = f".{_PACKAGE}.{path}.{entry.name}"

    def _set_type(self, field: Any, kind: str) -> None:
        field.label = _FIELD.LABEL_REPEATED if kind.endswith("*") else _FIELD.LABEL_OPTIONAL
        kind = kind.removesuffix("*")
        if kind in _SCALARS:
            field.type = _SCALARS[kind]
            return
        field.type = _FIELD.TYPE_ENUM if kind in self._enums else _FIELD.TYPE_MESSAGE
        google = kind.startswith("google.")
        field.type_name = f".google.protobuf.{kind[7:]}" if google else f".{_PACKAGE}.{kind}"


def _numbered(body: str) -> list[tuple[str, int]]:
    pairs = (item.split() for item in body.split(","))
    return [(name, int(number)) for name, number in pairs]


def _dtype_values() -> list[tuple[str, int]]:
    plain = [(info.enum, info.number) for info in DTYPES]
    return plain + [(f"{name}_REF", number + REF_OFFSET) for name, number in plain if number]


def _core_pool() -> Any:
    pool = descriptor_pool.DescriptorPool()
    builder = _FileBuilder(_CORE_FILE)
    builder.add_enum("DataType", _dtype_values())
    pool.AddSerializedFile(builder.build(CORE).SerializeToString())
    return pool


_pool = _core_pool()


@lru_cache(maxsize=1)
def _add_saved() -> None:
    for name, table in _GOOGLE.items():
        _pool.AddSerializedFile(
            _FileBuilder(name, "google.protobuf").build(table).SerializeToString()
        )
    file = _FileBuilder(_SAVED_FILE).build(SAVED)
    file.dependency.extend((_CORE_FILE, *_GOOGLE))
    _pool.AddSerializedFile(file.SerializeToString())


@cache
def message_class(name: str) -> Any:
    """The class of a message by TensorFlow's name, nested ones with dots.

    Raises:
        KeyError: there is no such message.
    """
    try:
        descriptor = _pool.FindMessageTypeByName(f"{_PACKAGE}.{name}")
    except KeyError:
        _add_saved()
        descriptor = _pool.FindMessageTypeByName(f"{_PACKAGE}.{name}")
    return message_factory.GetMessageClass(descriptor)


AttrValue: Any = message_class("AttrValue")
FunctionDef: Any = message_class("FunctionDef")
FunctionDefLibrary: Any = message_class("FunctionDefLibrary")
GraphDef: Any = message_class("GraphDef")
NameAttrList: Any = message_class("NameAttrList")
NodeDef: Any = message_class("NodeDef")
OpDef: Any = message_class("OpDef")
TensorProto: Any = message_class("TensorProto")
TensorShapeProto: Any = message_class("TensorShapeProto")
VersionDef: Any = message_class("VersionDef")


def parse_text(text: str, message: Any) -> None:
    """Merge text format into ``message``.

    Raises:
        TextError: the text is not the text format of that message.
    """
    from google.protobuf import text_format

    try:
        text_format.Parse(text, message, descriptor_pool=_pool)
    except text_format.ParseError as error:
        line, column = error.GetLine() or 0, error.GetColumn() or 0
        raise TextError(str(error), line, column) from error


def to_text(message: Any) -> str:
    """The text format of ``message``, as TensorFlow prints it."""
    from google.protobuf import text_format

    return text_format.MessageToString(message, descriptor_pool=_pool)
