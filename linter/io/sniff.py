"""What is this file? Decided by its content; a suffix is never proof."""

from __future__ import annotations

import os
import re
from enum import StrEnum
from pathlib import Path

from linter.io.structure import Structure, classify_wire
from linter.io.view import BytesView, FileView, View
from linter.results.errors import GraphError

__all__ = ["Kind", "classify", "open_view", "refusal", "sniff"]

KEPT_IN_MEMORY = 4 << 20
"""Files up to this size are read at once."""


class Kind(StrEnum):
    """What an input turned out to be."""

    GRAPHDEF = "graphdef"
    GRAPHDEF_TEXT = "graphdef-text"
    GRAPHDEF_GZIP = "graphdef-gzip"
    SAVED_MODEL = "saved-model"
    SAVED_MODEL_DIR = "saved-model-dir"
    META_GRAPH = "meta-graph"
    CHECKPOINT = "checkpoint"
    GIT_LFS = "git-lfs-pointer"
    EMPTY = "empty"
    MISSING = "missing"
    DIRECTORY = "directory"
    CHECKPOINT_DIR = "checkpoint-dir"
    TFJS_DIR = "tfjs-dir"
    SPECIAL = "special-file"
    PERMISSION = "permission"
    GZIP = "gzip"
    ONNX = "onnx"
    KERAS = "keras"
    ZIP = "zip"
    HDF5 = "hdf5"
    TFLITE = "tflite"
    OM = "om"
    PNG = "png"
    JPEG = "jpeg"
    PICKLE = "pickle"
    ELF = "elf"
    JSON = "json"
    TEXT = "text"
    UNKNOWN = "unknown"


_WHAT = {
    Kind.SAVED_MODEL: "a SavedModel, which has to be frozen first",
    Kind.SAVED_MODEL_DIR: "a SavedModel, which has to be frozen first",
    Kind.META_GRAPH: "a MetaGraphDef, which has to be frozen with its checkpoint first",
    Kind.CHECKPOINT: "a part of a checkpoint: weights without a graph",
    Kind.GIT_LFS: "a Git-LFS pointer: the model itself was not downloaded (git lfs pull)",
    Kind.EMPTY: "an empty file",
    Kind.MISSING: "no such file",
    Kind.DIRECTORY: "a folder that holds no saved_model.pb",
    Kind.CHECKPOINT_DIR: "a folder with a checkpoint, which has to be frozen first",
    Kind.TFJS_DIR: "a folder with a TensorFlow.js model, which has to be frozen first",
    Kind.SPECIAL: "no regular file",
    Kind.PERMISSION: "no permission to read it",
    Kind.GZIP: "a gzip file that holds no GraphDef",
    Kind.ONNX: "an ONNX model, not a TensorFlow graph",
    Kind.KERAS: "a Keras model, which has to be frozen first",
    Kind.ZIP: "a zip archive, not a TensorFlow graph",
    Kind.HDF5: "an HDF5 file (Keras weights or model), not a frozen graph",
    Kind.TFLITE: "a TensorFlow Lite model, not a TensorFlow graph",
    Kind.OM: "an Ascend .om model, which is already compiled",
    Kind.PNG: "a PNG image, not a TensorFlow graph",
    Kind.JPEG: "a JPEG image, not a TensorFlow graph",
    Kind.PICKLE: "a Python pickle, not a TensorFlow graph",
    Kind.ELF: "an executable or library, not a TensorFlow graph",
    Kind.JSON: "a JSON file, not a TensorFlow graph",
    Kind.TEXT: "text, but not the text of a GraphDef",
    Kind.UNKNOWN: "not a TensorFlow GraphDef, nor any other format that is known here",
}

_MAGIC = (
    (b"\x1f\x8b", Kind.GZIP),
    (b"\x89PNG\r\n\x1a\n", Kind.PNG),
    (b"\xff\xd8\xff", Kind.JPEG),
    (b"\x89HDF\r\n\x1a\n", Kind.HDF5),
    (b"PK\x03\x04", Kind.ZIP),
    (b"PK\x05\x06", Kind.ZIP),
    (b"IMOD", Kind.OM),
    (b"\x7fELF", Kind.ELF),
    (b"version https://git-lfs.github.com/spec/", Kind.GIT_LFS),
)
_TFLITE = re.compile(rb"..\0\0TFL3", re.DOTALL)
_PICKLE = re.compile(rb"\x80[\x02-\x05][\x8a\x95}\]c(]")
_TABLE_END = bytes.fromhex("57fb808b247547db")
_KERAS_NAMES = (b"model.weights.h5", b"metadata.json", b"config.json")
_TEXT_HEAD = re.compile(r"(?:\s|#[^\n]*(?:\n|$))*([A-Za-z_]\w*|.)\s*([:{<]?)", re.DOTALL)
_TEXT_FIELDS = {
    **dict.fromkeys(("node", "library", "versions", "version", "debug_info"), Kind.GRAPHDEF_TEXT),
    **dict.fromkeys(("saved_model_schema_version", "meta_graphs"), Kind.SAVED_MODEL),
    **dict.fromkeys(
        ("meta_info_def", "graph_def", "saver_def", "collection_def", "signature_def"),
        Kind.META_GRAPH,
    ),
    **dict.fromkeys(("ir_version", "producer_name", "opset_import", "graph"), Kind.ONNX),
}
_STRUCTURES = {
    Structure.GRAPH: Kind.GRAPHDEF,
    Structure.META_GRAPH: Kind.META_GRAPH,
    Structure.SAVED_MODEL: Kind.SAVED_MODEL,
    Structure.ONNX: Kind.ONNX,
}
_HEAD = 1 << 16


def sniff(path: str | os.PathLike[str]) -> str:
    """The kind of an input, a value of ``Kind``; never raises."""
    try:
        if Path(path).is_dir():
            return str(_directory_kind(Path(path)))
        view = open_view(path)
        kind = classify(view)
    except GraphError as error:
        return error.cause if error.cause in set(Kind) else str(Kind.UNKNOWN)
    return str(Kind.GRAPHDEF_GZIP) if kind is Kind.GZIP and _gzip_holds_graph(view) else str(kind)


def open_view(path: str | os.PathLike[str]) -> View:
    """Open a regular file for reading.

    Raises:
        GraphError: it is missing, a folder, no regular file, or cannot be read.
    """
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise refusal(Kind.MISSING) from error
    except PermissionError as error:
        raise refusal(Kind.PERMISSION) from error
    except (OSError, ValueError) as error:
        raise GraphError(f"cannot be opened: {error}") from error
    view = FileView(fd)
    if Path(path).is_dir():
        raise refusal(_directory_kind(Path(path)))
    if not view.regular:
        raise refusal(Kind.SPECIAL)
    if view.size > KEPT_IN_MEMORY:
        return view
    data = view.read(0, view.size)
    view.check_unchanged()
    return BytesView(data)


def refusal(kind: Kind) -> GraphError:
    """The error for an input that is no frozen graph."""
    cause = Kind.SAVED_MODEL if kind is Kind.SAVED_MODEL_DIR else kind
    return GraphError(_WHAT[kind], cause=str(cause))


def classify(view: View) -> Kind:
    """The kind of the content of a file."""
    if view.size == 0:
        return Kind.EMPTY
    head = view.read(0, min(view.size, _HEAD))
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            is_keras = kind is Kind.ZIP and any(name in head for name in _KERAS_NAMES)
            return Kind.KERAS if is_keras else kind
    if _TFLITE.match(head):
        return Kind.TFLITE
    structure = classify_wire(view)
    if structure is not None:
        return _STRUCTURES[structure]
    if view.size >= 48 and view.read(view.size - 8, 8) == _TABLE_END:
        return Kind.CHECKPOINT
    if _PICKLE.match(head):
        return Kind.PICKLE
    return _classify_text(head)


def _classify_text(head: bytes) -> Kind:
    try:
        text = head[: len(head) - 4 if len(head) == _HEAD else None].decode("utf-8", "strict")
    except UnicodeDecodeError as error:
        if len(head) < _HEAD or error.start < len(head) - 8:
            return Kind.UNKNOWN
        text = head[: error.start].decode("utf-8")
    if any(ord(char) < 32 and char not in "\t\n\r\f" for char in text):
        return Kind.UNKNOWN
    match = _TEXT_HEAD.match(text)
    if match is None:
        return Kind.TEXT
    word, mark = match.groups()
    if word in "{[":
        return Kind.JSON
    return _TEXT_FIELDS.get(word, Kind.TEXT) if mark else Kind.TEXT


def _directory_kind(path: Path) -> Kind:
    names = ("saved_model.pb", "saved_model.pbtxt")
    if any((path / name).is_file() for name in names):
        return Kind.SAVED_MODEL_DIR
    if (path / "model.json").is_file():
        return Kind.TFJS_DIR
    has_checkpoint = any(path.glob("*.index")) or any(path.glob("*.meta"))
    return Kind.CHECKPOINT_DIR if has_checkpoint else Kind.DIRECTORY


def _gzip_holds_graph(view: View) -> bool:
    import zlib

    try:
        head = zlib.decompressobj(31).decompress(view.read(0, min(view.size, _HEAD)), _HEAD)
    except zlib.error:
        return False
    return classify(BytesView(head)) in (Kind.GRAPHDEF, Kind.GRAPHDEF_TEXT)
