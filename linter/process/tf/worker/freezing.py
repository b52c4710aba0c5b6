"""Models of every kind that TensorFlow can load, as frozen graphs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import tensorflow as tf
from google.protobuf.message import DecodeError
from tensorflow.core.protobuf import meta_graph_pb2
from tensorflow.python.framework import convert_to_constants

from linter.graph.op_families import PLACEHOLDERS
from linter.process.tf.protocol import FreezeRequest
from linter.process.tf.worker import trim
from linter.process.tf.worker.graphs import ancestors, first_line, node_name, tensor_name
from linter.process.tf.worker.saved_model import (
    SavedModel,
    choose_signature,
    is_saved_model,
    open_saved_model,
    signatures_of,
)
from linter.process.tf.worker.stateful import assigned_variables
from linter.process.tf.worker.tfjs import is_tfjs, read_graph_model
from linter.results.errors import GraphError, UsageError
from linter.results.inspect import FreezeResult, SignatureInfo

__all__ = ["freeze"]

_TF_ERRORS = (
    tf.errors.OpError,
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    RuntimeError,
    NotImplementedError,
)
"""What TensorFlow raises, one way or another, for a model that it cannot load or convert."""

_KERAS_SUFFIXES = frozenset({".keras", ".h5", ".hdf5"})
_KERAS_ERRORS = (*_TF_ERRORS, OSError, ImportError)

_GraphDef = Any


@dataclass(slots=True)
class _Frozen:
    """A frozen graph before it is trimmed.

    Attributes:
        outputs: key to ``node:index``.
        inputs: the name an input shall have, by the name it has.
        offered: everything that could be an output, for the messages.
    """

    graph_def: _GraphDef
    outputs: dict[str, str]
    inputs: dict[str, str] = field(default_factory=dict)
    signature: str | None = None
    signatures: tuple[SignatureInfo, ...] = ()
    warnings: list[str] = field(default_factory=list)


def freeze(request: FreezeRequest) -> FreezeResult:
    """Load, freeze, trim, write; see ``linter.process.tf.client.freeze``."""
    frozen = _load(request)
    outputs = _chosen_outputs(request, frozen)
    graph_def = trim.prune(frozen.graph_def, outputs.values())
    trim.name_functions(graph_def)
    unfrozen = trim.remaining_variables(graph_def)
    if unfrozen:
        raise GraphError(
            f"{request.source}: {len(unfrozen)} nodes still use variables, first {unfrozen[0]}",
            cause="not-frozen",
        )
    frozen.warnings += _input_warnings(frozen, graph_def)
    renamed = trim.rename_placeholders(graph_def, frozen.inputs)
    keys: dict[str, list[str]] = {}
    for key, tensor in outputs.items():
        keys.setdefault(_renamed(tensor, renamed), []).append(key)
    trim.write(graph_def, request.out)
    return FreezeResult(
        path=request.out,
        inputs=trim.placeholders(graph_def),
        outputs=tuple(keys),
        output_keys=tuple(", ".join(group) for group in keys.values()),
        signature=frozen.signature,
        signatures=frozen.signatures,
        warnings=(*frozen.warnings, *trim.warnings_of(graph_def)),
        nodes=len(graph_def.node),
        functions=tuple(f.signature.name for f in graph_def.library.function),
    )


def _load(request: FreezeRequest) -> _Frozen:
    path = _checkpoint_in(Path(request.source))
    if path.is_dir() or is_saved_model(path):
        with open_saved_model(request.source) as model:
            return _freeze_saved_model(model, request)
    if path.suffix == ".meta" or Path(f"{path}.meta").is_file():
        return _freeze_checkpoint(path, request)
    if is_tfjs(path):
        graph_def, named = read_graph_model(request.source)
        return _Frozen(graph_def, named)
    if path.suffix in _KERAS_SUFFIXES:
        return _freeze_keras(request)
    with open_saved_model(request.source) as model:
        return _freeze_saved_model(model, request)


def _checkpoint_in(path: Path) -> Path:
    """The newest checkpoint with a meta graph of a folder that holds no SavedModel.

    Raises:
        GraphError: its checkpoints are weights without a graph.
    """
    if not path.is_dir() or is_saved_model(path) or any(path.glob("saved_model.pb*")):
        return path
    if (path / "model.json").is_file():
        return path / "model.json"
    latest = tf.train.latest_checkpoint(str(path))
    metas = sorted(path.glob("*.meta"), key=lambda meta: (meta.stat().st_mtime, meta.name))
    if latest is not None and Path(f"{latest}.meta").is_file():
        return Path(latest)
    if metas:
        return metas[-1]
    if latest is not None or any(path.glob("*.index")):
        raise GraphError(
            f"{path}: a checkpoint without a meta graph: weights without a graph; build the model"
            " in Python, restore it there and export a SavedModel",
            cause="checkpoint",
        )
    return path


def _freeze_keras(request: FreezeRequest) -> _Frozen:
    """Keras writes the SavedModel that is then frozen; custom layers are not imported."""
    if not Path(request.source).is_file():
        raise GraphError(f"{request.source}: there is no such file", cause="missing")
    with TemporaryDirectory(prefix="omlint-") as folder:
        try:
            model = tf.keras.models.load_model(request.source, compile=False)
            model.export(folder, format="tf_saved_model", verbose=False)
        except _KERAS_ERRORS as err:
            raise GraphError(f"{request.source}: Keras cannot load it: {first_line(err)}") from err
        with open_saved_model(folder) as saved:
            return _freeze_saved_model(replace(saved, label=request.source), request)


def _freeze_saved_model(model: SavedModel, request: FreezeRequest) -> _Frozen:
    meta = model.meta_graph(request.tags)
    model.check_variables(meta)
    signature = None
    if request.outputs is None or request.signature is not None or signatures_of(meta):
        signature = _signature(model, meta, request)
    if signature is not None and meta.HasField("object_graph_def"):
        frozen = _freeze_function(model, meta, signature, request)
        if frozen is not None:
            return frozen
    return _freeze_in_session(model, meta, signature, request)


def _signature(
    model: SavedModel, meta: meta_graph_pb2.MetaGraphDef, request: FreezeRequest
) -> SignatureInfo | None:
    try:
        return choose_signature(model.label, signatures_of(meta), request.signature)
    except UsageError:
        if request.outputs is None or request.signature is not None:
            raise
        return None


def _freeze_function(
    model: SavedModel,
    meta: meta_graph_pb2.MetaGraphDef,
    signature: SignatureInfo,
    request: FreezeRequest,
) -> _Frozen | None:
    """The way of TensorFlow 2; ``None`` when its loader cannot rebuild the saved objects."""
    try:
        loaded = tf.saved_model.load(str(model.folder), tags=list(meta.meta_info_def.tags))
        function = loaded.signatures[signature.name]
        assigned = assigned_variables(function, loaded)
    except _TF_ERRORS:
        return None
    if assigned:
        raise GraphError(
            f"{model.label}: the signature {signature.name!r} assigns the variable"
            f" {', '.join(assigned)}, and a frozen graph holds no state; make it an input and an"
            " output of the function, or leave the assignment out",
            cause="stateful",
        )
    try:
        constant = convert_to_constants.convert_variables_to_constants_v2(
            function, lower_control_flow=request.lower_control_flow
        )
    except _TF_ERRORS:
        return None
    graph_def = constant.graph.as_graph_def()
    outputs = [tensor.name for tensor in constant.outputs]
    keys = sorted(function.structured_outputs)
    if len(keys) != len(outputs):
        return None
    return _Frozen(
        trim.inline_functions(graph_def, outputs),
        outputs=dict(zip(keys, outputs, strict=True)),
        inputs={node_name(t.name): _argument(t) for t in constant.inputs},
        signature=signature.name,
        signatures=model.signatures,
    )


def _argument(tensor: tf.Tensor) -> str:
    """The name of a function's argument as its author wrote it."""
    attrs = tensor.op.node_def.attr
    if "_user_specified_name" in attrs:
        return str(attrs["_user_specified_name"].s.decode("utf-8"))
    return node_name(tensor.name)


def _freeze_in_session(
    model: SavedModel,
    meta: meta_graph_pb2.MetaGraphDef,
    signature: SignatureInfo | None,
    request: FreezeRequest,
) -> _Frozen:
    """The way of TensorFlow 1, which needs nothing but the graph and the variables."""
    with _session(model.label) as session:
        tf.compat.v1.saved_model.load(session, list(meta.meta_info_def.tags), str(model.folder))
        frozen = _freeze_session(session, model.label, signature, request)
    frozen.signatures = model.signatures
    if signature is not None:
        infos = meta.signature_def[signature.name].inputs
        cuts = {
            t.tensor: (infos[t.name].dtype, infos[t.name].tensor_shape) for t in signature.inputs
        }
        names = trim.cut_at_inputs(frozen.graph_def, cuts)
        # The names in the graph of a TensorFlow 2 model are its loader's, not its author's.
        renamed = meta.HasField("object_graph_def")
        frozen.inputs = {
            names[t.tensor]: t.name if renamed else names[t.tensor] for t in signature.inputs
        }
    return frozen


def _freeze_checkpoint(path: Path, request: FreezeRequest) -> _Frozen:
    """A meta graph and its checkpoint: ``model.ckpt`` stands for both files."""
    prefix = str(path).removesuffix(".meta")
    meta = meta_graph_pb2.MetaGraphDef()
    try:
        meta.ParseFromString(Path(f"{prefix}.meta").read_bytes())
    except (OSError, DecodeError) as err:
        raise GraphError(f"{prefix}.meta: not a meta graph", cause="not-meta-graph") from err
    if not Path(f"{prefix}.index").is_file() and not Path(prefix).is_file():
        raise GraphError(
            f"{prefix}.meta: the checkpoint with the values is not beside it",
            cause="no-variables",
        )
    signatures = signatures_of(meta)
    signature = None
    if request.outputs is None or request.signature is not None:
        if not signatures:
            raise UsageError(
                f"{request.source}: a checkpoint has no signatures, so --outputs must name the"
                f" outputs; nodes without readers: {_candidates(meta.graph_def)}"
            )
        signature = choose_signature(request.source, signatures, request.signature)
    with _session(request.source) as session:
        saver = tf.compat.v1.train.import_meta_graph(meta, clear_devices=True)
        if saver is None:
            raise GraphError(f"{prefix}.meta: has no saver to restore the variables with")
        saver.restore(session, prefix)
        frozen = _freeze_session(session, request.source, signature, request)
    frozen.signatures = signatures
    return frozen


def _freeze_session(
    session: tf.compat.v1.Session,
    label: str,
    signature: SignatureInfo | None,
    request: FreezeRequest,
) -> _Frozen:
    graph_def = session.graph.as_graph_def()
    keyed = {} if signature is None else {t.name: t.tensor for t in signature.outputs}
    wanted = list(keyed.values())
    known = {node.name for node in graph_def.node}
    for text in request.outputs or ():
        if text not in keyed:
            if node_name(text) not in known:
                raise UsageError(f"{label}: no output {text}; there are: {_offered(keyed)}")
            wanted.append(tensor_name(text))
    if not request.lower_control_flow:
        trim.keep_functional_control_flow(graph_def)
    constant = convert_to_constants.convert_variables_to_constants_from_session_graph(
        session, graph_def, sorted({node_name(tensor) for tensor in wanted})
    )
    constant = trim.inline_functions(constant, wanted)
    name = None if signature is None else signature.name
    return _Frozen(constant, outputs=keyed, signature=name)


@contextmanager
def _session(label: str) -> Iterator[tf.compat.v1.Session]:
    try:
        with tf.Graph().as_default(), tf.compat.v1.Session() as session:
            yield session
    except (GraphError, UsageError):
        raise
    except _TF_ERRORS as err:
        raise GraphError(f"{label}: TensorFlow cannot freeze it: {first_line(err)}") from err


def _chosen_outputs(request: FreezeRequest, frozen: _Frozen) -> dict[str, str]:
    """The outputs to keep, by the name that they were asked for."""
    if request.outputs is None:
        return frozen.outputs
    known = {node.name for node in frozen.graph_def.node}
    chosen = {}
    for text in request.outputs:
        if text in frozen.outputs:
            chosen[text] = frozen.outputs[text]
        elif node_name(text) in known:
            chosen[tensor_name(text)] = tensor_name(text)
        else:
            raise UsageError(
                f"{request.source}: no output {text}; there are: {_offered(frozen.outputs)}"
            )
    return chosen


def _input_warnings(frozen: _Frozen, graph_def: _GraphDef) -> list[str]:
    names = {info.name for info in trim.placeholders(graph_def)}
    warnings = [
        f"input {argument} is not used by the outputs and was left out"
        for name, argument in frozen.inputs.items()
        if name not in names
    ]
    if frozen.inputs:
        warnings += [
            f"placeholder {name} is needed by the outputs, but no input of the signature"
            for name in sorted(names - set(frozen.inputs))
        ]
    return warnings


def _renamed(tensor: str, names: Mapping[str, str]) -> str:
    node, _, port = tensor.partition(":")
    return f"{names.get(node, node)}:{port}"


def _offered(outputs: Mapping[str, str]) -> str:
    return ", ".join(f"{key} ({tensor})" for key, tensor in outputs.items()) or "none"


def _candidates(graph_def: _GraphDef) -> str:
    """Leaves that a placeholder reaches, as a hint; training leaves are among them."""
    read = {node_name(text) for node in graph_def.node for text in node.input}
    fed = {node.name for node in graph_def.node if node.op in PLACEHOLDERS}
    names = [
        node.name
        for node in graph_def.node
        if node.name not in read and node.input and fed & ancestors(graph_def, [node.name])
    ]
    return ", ".join(names[:8]) or "none"
