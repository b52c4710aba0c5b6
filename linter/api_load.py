"""Open what the user typed: a frozen graph as it is, a SavedModel through freezing."""

from __future__ import annotations

import hashlib
import logging
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from linter.errors import GraphError, UsageError
from linter.graph import Graph, Model, Value
from linter.io.reader import load
from linter.tf.results import SignatureInfo
from opdb.target import near_matches

__all__ = ["Opened", "open_model", "resolve_outputs", "resolve_shapes"]

_log = logging.getLogger(__name__)

_SAVED_MODELS = frozenset({"saved-model", "saved-model-dir"})


@dataclass(frozen=True, slots=True)
class Opened:
    """A model that is ready to be judged.

    Attributes:
        path: as the user typed it.
        model: the graph; of a SavedModel, the frozen one in a temporary file.
        format: format of what the user named.
        sha256: digest of the file; of a SavedModel, of its ``saved_model.pb``.
        nbytes: size of that file.
        outputs: outputs that the user named or the SavedModel's signature lists; else empty.
        signatures: of a SavedModel.
    """

    path: str
    model: Model
    format: str
    sha256: str
    nbytes: int
    outputs: tuple[Value, ...] = ()
    signatures: tuple[SignatureInfo, ...] = ()


@contextmanager
def open_model(path: str, outputs: Sequence[Value] = ()) -> Iterator[Opened]:
    """Read a model; temporary files last as long as the context.

    Args:
        path: a frozen graph, or a SavedModel (its folder or its ``saved_model.pb``).
        outputs: outputs that the user named.

    Raises:
        GraphError: the file cannot be read.
        MissingExtraError: a SavedModel, and TensorFlow is not installed.
        UsageError: an output that the model does not have.
    """
    try:
        model = load(path)
    except GraphError as err:
        if err.cause not in _SAVED_MODELS:
            raise
        model = None
    if model is not None:
        source = model.source
        resolve_outputs(model.main, outputs, path)
        yield Opened(path, model, source.format, source.sha256, source.nbytes, tuple(outputs))
        return
    with tempfile.TemporaryDirectory(prefix="omlint-") as folder:
        yield _freeze(path, str(Path(folder) / "frozen.pb"), outputs)


def resolve_outputs(graph: Graph, outputs: Sequence[Value], path: str) -> None:
    """Check that every output names a node.

    Raises:
        UsageError: it does not; names near matches.
    """
    for value in outputs:
        if value.node not in graph:
            raise UsageError(_unknown("output", value.node, graph.nodes, path))


def resolve_shapes(graph: Graph, shapes: Sequence[str], path: str) -> None:
    """Check that every name of ``--input-shape`` is a node.

    Raises:
        UsageError: it is not; names near matches.
    """
    for name in shapes:
        if name not in graph:
            raise UsageError(_unknown("input", name, graph.nodes, path))


def _unknown(kind: str, name: str, names: Iterable[str], path: str) -> str:
    near = near_matches(name, names, limit=4)
    hint = f"; near it: {', '.join(near)}" if near else ""
    return f"{path} has no node {name!r} to be an {kind}{hint}"


def _freeze(path: str, out: str, outputs: Sequence[Value]) -> Opened:
    from linter.tf.client import freeze

    frozen = freeze(path, out, outputs=tuple(str(value) for value in outputs) or None)
    for warning in frozen.warnings:
        _log.info("%s: %s", path, warning)
    folder = Path(path)
    saved = folder / "saved_model.pb" if folder.is_dir() else folder
    digest, nbytes = ("", 0)
    if saved.is_file():
        with saved.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        nbytes = saved.stat().st_size
    named = tuple(_value(text) for text in frozen.outputs)
    return Opened(path, load(out), "saved-model", digest, nbytes, named, frozen.signatures)


def _value(text: str) -> Value:
    name, _, port = text.rpartition(":")
    return Value(name, int(port))
