"""SavedModel folders: where they are, what they offer, which signature is meant."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from google.protobuf import text_format
from google.protobuf.message import DecodeError
from tensorflow.core.protobuf import meta_graph_pb2, saved_model_pb2

from linter.graph.op_families import VARIABLES
from linter.process.tf.worker.graphs import dtype_name
from linter.results.errors import GraphError, UsageError
from linter.results.inspect import SignatureInfo, TensorInfo

__all__ = [
    "SavedModel",
    "choose_signature",
    "is_saved_model",
    "list_signatures",
    "open_saved_model",
    "signatures_of",
]

_DEFAULT_SIGNATURE = "serving_default"
_SERVE = "serve"
_BINARY, _TEXT = "saved_model.pb", "saved_model.pbtxt"
_INTERNAL = "__saved_model_"


@dataclass(slots=True)
class SavedModel:
    """A SavedModel that can be loaded from ``folder``."""

    label: str
    folder: Path
    proto: saved_model_pb2.SavedModel

    @property
    def signatures(self) -> tuple[SignatureInfo, ...]:
        """The signatures of all meta graphs."""
        return tuple(s for meta in self.proto.meta_graphs for s in signatures_of(meta))

    def meta_graph(self, tags: tuple[str, ...] | None) -> meta_graph_pb2.MetaGraphDef:
        """The meta graph with these tags, or the one that is meant without any.

        Raises:
            UsageError: none has them, or it is not clear which is meant.
        """
        by_tags = {tuple(sorted(m.meta_info_def.tags)): m for m in self.proto.meta_graphs}
        if tags is not None:
            meta = by_tags.get(tuple(sorted(tags)))
        elif len(by_tags) == 1:
            meta = next(iter(by_tags.values()))
        else:
            meta = by_tags.get((_SERVE,))
        if meta is None:
            known = "; ".join(",".join(key) or "(no tag)" for key in sorted(by_tags))
            asked = "several sets of tags" if tags is None else f"no tags {','.join(tags)}"
            raise UsageError(f"{self.label}: {asked}; there are: {known}")
        return meta

    def check_variables(self, meta: meta_graph_pb2.MetaGraphDef) -> None:
        """Refuse a graph with variables whose values are not there."""
        values = self.folder / "variables"
        if (values / "variables.index").is_file() and any(values.glob("variables.data-*")):
            return
        bodies = [meta.graph_def.node, *(f.node_def for f in meta.graph_def.library.function)]
        count = sum(node.op in VARIABLES for body in bodies for node in body)
        if count:
            raise GraphError(
                f"{self.label}: the SavedModel has {count} variables, but no folder 'variables'"
                " with their values beside it",
                cause="no-variables",
            )


def is_saved_model(source: Path) -> bool:
    """Whether the path is a SavedModel folder or names the file inside one."""
    if source.is_dir():
        return any((source / name).is_file() for name in (_BINARY, _TEXT))
    return source.name in (_BINARY, _TEXT)


@contextmanager
def open_saved_model(source: str) -> Iterator[SavedModel]:
    """Read a SavedModel; a file under another name is staged in a folder of its own.

    Raises:
        GraphError: it is none.
    """
    path = Path(source)
    file = path
    if path.is_dir():
        file = path / (_BINARY if (path / _BINARY).is_file() else _TEXT)
    proto = _parse(source, file)
    if file.name in (_BINARY, _TEXT):
        yield SavedModel(source, file.parent, proto)
        return
    with TemporaryDirectory(prefix="omlint-") as staged:
        folder = Path(staged)
        (folder / _BINARY).symlink_to(file.resolve())
        for name in ("variables", "assets"):
            (folder / name).symlink_to(file.resolve().parent / name)
        yield SavedModel(source, folder, proto)


def list_signatures(source: str) -> tuple[SignatureInfo, ...]:
    """See ``linter.process.tf.client.signatures``."""
    with open_saved_model(source) as model:
        return model.signatures


def signatures_of(meta: meta_graph_pb2.MetaGraphDef) -> tuple[SignatureInfo, ...]:
    """Signatures of one meta graph by name, without those of the loader itself."""
    tags = tuple(sorted(meta.meta_info_def.tags))
    return tuple(
        SignatureInfo(
            name=name,
            tags=tags,
            method=meta.signature_def[name].method_name,
            inputs=_tensors(meta.signature_def[name].inputs),
            outputs=_tensors(meta.signature_def[name].outputs),
        )
        for name in sorted(meta.signature_def)
        if not name.startswith(_INTERNAL)
    )


def choose_signature(
    label: str, signatures: tuple[SignatureInfo, ...], name: str | None
) -> SignatureInfo:
    """The signature of that name, the default one, or the only one.

    Raises:
        UsageError: there is none, or it is not clear which is meant.
    """
    by_name = {signature.name: signature for signature in signatures}
    if name is None and len(by_name) == 1:
        return signatures[0]
    chosen = by_name.get(_DEFAULT_SIGNATURE if name is None else name)
    if chosen is None:
        known = ", ".join(sorted(by_name)) or "none"
        asked = "several signatures and no default" if name is None else f"no signature {name}"
        if not by_name:
            asked = "no signature"
        raise UsageError(f"{label}: {asked}; there are: {known}")
    return chosen


def _tensors(infos: dict[str, meta_graph_pb2.TensorInfo]) -> tuple[TensorInfo, ...]:
    return tuple(
        TensorInfo(name, infos[name].name, dtype_name(infos[name].dtype), _dims(infos[name]))
        for name in sorted(infos)
    )


def _dims(info: meta_graph_pb2.TensorInfo) -> tuple[int | None, ...] | None:
    shape = info.tensor_shape
    if shape.unknown_rank:
        return None
    return tuple(None if dim.size < 0 else dim.size for dim in shape.dim)


def _parse(source: str, file: Path) -> saved_model_pb2.SavedModel:
    proto = saved_model_pb2.SavedModel()
    try:
        data = file.read_bytes()
        if file.name == _TEXT:
            text_format.Parse(data.decode("utf-8"), proto)
        else:
            proto.ParseFromString(data)
    except FileNotFoundError as err:
        raise GraphError(f"{source}: there is no SavedModel", cause="missing") from err
    except OSError as err:
        raise GraphError(f"{source}: cannot be read: {err.strerror}") from err
    except (DecodeError, text_format.ParseError, UnicodeDecodeError) as err:
        raise GraphError(f"{source}: not a SavedModel", cause="not-saved-model") from err
    if not proto.meta_graphs:
        raise GraphError(f"{source}: a SavedModel without a graph", cause="empty")
    return proto
