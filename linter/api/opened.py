"""Open what the user typed: a frozen graph as it is, a SavedModel through freezing."""

from __future__ import annotations

import hashlib
import logging
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from linter.graph import Graph, Model, Value
from linter.io.reader import load, source_sha256
from linter.results.errors import GraphError, UsageError
from opdb.target import near_matches

if TYPE_CHECKING:
    from linter.results.inspect import SignatureInfo
    from linter.rewrite.cutting.inputs import InputCut

__all__ = ["Opened", "open_model", "resolve_outputs", "resolve_shapes"]

_log = logging.getLogger(__name__)

_HASHED_MEANWHILE = 32 << 20
_SAVED_MODELS = frozenset({"saved-model", "saved-model-dir"})


@dataclass(frozen=True, slots=True)
class Opened:
    """A model that is ready to be judged.

    Attributes:
        path: as the user typed it.
        model: the graph; of a SavedModel, the frozen one in a temporary file.
        format: format of what the user named.
        nbytes: size of the file; of a SavedModel, of its ``saved_model.pb``.
        outputs: outputs that the user named or the SavedModel's signature lists; else empty.
        signatures: of a SavedModel.
        digest: gives ``sha256``.
        cut: how the inputs were chosen anew, ``None`` when they were not.
        is_changed: the model is not what is in the file: it was cut, or inputs were set.
    """

    path: str
    model: Model
    format: str
    nbytes: int
    digest: Callable[[], str]
    outputs: tuple[Value, ...] = ()
    signatures: tuple[SignatureInfo, ...] = ()
    cut: InputCut | None = None
    is_changed: bool = False

    @property
    def sha256(self) -> str:
        """Digest of the file; of a SavedModel, of its ``saved_model.pb``.

        Raises:
            GraphError: the file has changed since it was read.
        """
        _log.info("digest of %s", self.path)
        return self.digest()


@contextmanager
def open_model(
    path: str,
    outputs: Sequence[Value] = (),
    cuts: Sequence[Value] = (),
    shapes: Mapping[str, tuple[int, ...]] | None = None,
    settings: Mapping[str, str] | None = None,
    *,
    lenient: bool = False,
) -> Iterator[Opened]:
    """Read a model, and change its inputs as the user asks.

    Temporary files last as long as the context.

    Args:
        path: a frozen graph, or a SavedModel (its folder or its ``saved_model.pb``).
        outputs: outputs that the user named.
        cuts: tensors that become inputs.
        shapes: sizes of inputs that the user gave.
        settings: literals by the name of the input that becomes that constant.
        lenient: an input that is to be set may be missing.

    Raises:
        GraphError: the file cannot be read.
        MissingExtraError: a SavedModel, and TensorFlow is not installed.
        UsageError: an output that the model does not have, a tensor that cannot be an input, or a
            value that does not fit one.
    """
    with _uncut(path, outputs) as opened:
        whole = _set(opened, settings, lenient=lenient) if settings else opened
        yield _cut(whole, cuts, shapes or {}) if cuts else whole


@contextmanager
def _uncut(path: str, outputs: Sequence[Value]) -> Iterator[Opened]:
    _log.info("reading %s", path)
    try:
        model = load(path)
    except GraphError as err:
        if err.cause not in _SAVED_MODELS:
            raise
        model = None
    if model is not None:
        source = model.source
        resolve_outputs(model.main, outputs, path)
        large = source.nbytes > _HASHED_MEANWHILE
        digest = _hashed_meanwhile(model) if large else partial(source_sha256, model)
        yield Opened(path, model, source.format, source.nbytes, digest, tuple(outputs))
        return
    with tempfile.TemporaryDirectory(prefix="omlint-") as folder:
        yield _freeze(path, str(Path(folder) / "frozen.pb"), outputs)


def _cut(opened: Opened, cuts: Sequence[Value], shapes: Mapping[str, tuple[int, ...]]) -> Opened:
    from linter.rewrite.cutting.inputs import cut_inputs

    cut = cut_inputs(opened.model, cuts, outputs=opened.outputs, shapes=shapes)
    if cut.kept:
        _log.warning(
            "%s: still needed although the graph is cut below: %s", opened.path, ", ".join(cut.kept)
        )
    for value in cut.unused:
        _log.warning("%s: no output needs %s, which makes no input", opened.path, value)
    if cut.lost:
        _log.warning("%s: no output any more: %s", opened.path, ", ".join(cut.lost))
    return replace(opened, model=cut.model, cut=cut, is_changed=True)


def _set(opened: Opened, settings: Mapping[str, str], *, lenient: bool) -> Opened:
    from linter.rewrite.cutting.settings import set_inputs

    model = set_inputs(opened.model, settings, lenient=lenient)
    return replace(opened, model=model, is_changed=model is not opened.model)


def _hashed_meanwhile(model: Model) -> Callable[[], str]:
    """Compute the digest of a large file while the graph is judged."""

    def work() -> None:
        with suppress(GraphError):
            source_sha256(model)

    def digest() -> str:
        thread.join()
        return source_sha256(model)  # known by now; a fault is raised here, not over there

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return digest


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
    from linter.process.tf.client import freeze

    _log.info("TensorFlow freezes %s", path)
    frozen = freeze(path, out, outputs=tuple(str(value) for value in outputs) or None)
    for warning in frozen.warnings:
        _log.info("%s: %s", path, warning)
    saved = _saved_model_file(Path(path))
    sha256 = hashlib.sha256(saved.read_bytes()).hexdigest()
    return Opened(
        path,
        load(out),
        "saved-model",
        saved.stat().st_size,
        lambda: sha256,
        tuple(_value(text) for text in frozen.outputs),
        frozen.signatures,
    )


def _saved_model_file(path: Path) -> Path:
    """The file that holds the graph: the binary one, else the text one."""
    if not path.is_dir():
        return path
    binary = path / "saved_model.pb"
    return binary if binary.is_file() else path / "saved_model.pbtxt"


def _value(text: str) -> Value:
    name, _, port = text.rpartition(":")
    return Value(name, int(port))
