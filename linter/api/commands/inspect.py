"""``inspect`` and ``freeze``: single steps of the way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from linter.api.inputs import placeholder_infos
from linter.api.opened import open_model
from linter.graph import Graph, Value
from linter.graph.queries import default_outputs
from linter.io.sniff import Kind, refusal, sniff
from linter.results.errors import GraphError
from linter.results.inspect import FreezeResult, ModelFacts

__all__ = ["freeze", "inspect"]

_FREEZABLE = frozenset(
    {
        Kind.SAVED_MODEL,
        Kind.SAVED_MODEL_DIR,
        Kind.CHECKPOINT_DIR,
        Kind.TFJS_DIR,
        Kind.META_GRAPH,
        Kind.KERAS,
        Kind.ZIP,
        Kind.HDF5,
        Kind.JSON,
        Kind.UNKNOWN,
    }
)
"""Kinds that TensorFlow is asked about; a damaged saved_model.pb is of unknown kind."""

_FROZEN = dict.fromkeys(
    (Kind.GRAPHDEF, Kind.GRAPHDEF_TEXT, Kind.GRAPHDEF_GZIP),
    "a GraphDef by itself: it is frozen already, or its variables are not with it",
)


def inspect(
    path: str, *, outputs: Sequence[Value] = (), cut_inputs: Sequence[Value] = ()
) -> ModelFacts:
    """Read a model and say what is in it.

    Args:
        path: a frozen graph or a SavedModel.
        outputs: what the model computes; none means what no other node reads.
        cut_inputs: tensors that become inputs.

    Raises:
        GraphError: the model cannot be read.
        MissingExtraError: a SavedModel, and TensorFlow is not installed.
        UsageError: an output that the model does not have, or a tensor that cannot be an input.
    """
    with open_model(path, outputs, cut_inputs) as opened:
        model = opened.model
        types = Counter(node.op for body in model.graphs for node in body if not node.virtual)
        found = opened.outputs or tuple(default_outputs(model.main))
        return ModelFacts(
            path=path,
            format=opened.format,
            sha256=opened.sha256,
            nbytes=opened.nbytes,
            nodes=sum(types.values()),
            inputs=tuple(placeholder_infos(model).values()),
            outputs=tuple(str(value) for value in found),
            outputs_guessed=not opened.outputs,
            op_types=dict(types),
            functions=tuple(model.functions),
            constants=sum(_constant_bytes(body) for body in model.graphs),
            producer=model.source.producer,
            min_consumer=model.source.min_consumer,
            signatures=opened.signatures,
        )


def freeze(
    source: str,
    output: str,
    *,
    signature: str | None = None,
    tags: Sequence[str] | None = None,
    outputs: Sequence[Value] = (),
) -> FreezeResult:
    """Freeze a model of any kind that TensorFlow loads: variables become constants.

    Args:
        source: a SavedModel, a checkpoint's prefix, a Keras file or a TensorFlow.js graph model.
        output: the frozen graph; it appears whole or not at all.
        signature: which signature; ``None`` takes ``serving_default`` or the only one.
        tags: tags of the meta graph; ``None`` takes the one that serves, or the only one.
        outputs: what to keep; none means all outputs of the signature.

    Raises:
        MissingExtraError: TensorFlow is not installed.
        UsageError: no such signature, tag or output.
        GraphError: the source cannot be read, or is nothing that could be frozen.
    """
    from linter.process.tf import client

    _refuse_unfreezable(source)
    names = tuple(str(value) for value in outputs) or None
    return client.freeze(source, output, signature=signature, tags=tags, outputs=names)


def _refuse_unfreezable(source: str) -> None:
    """Name what a source is that TensorFlow would only find no SavedModel in."""
    if Path(f"{source}.meta").is_file():
        return  # the prefix of a checkpoint
    kind = Kind(sniff(source))
    damaged = kind is Kind.UNKNOWN and Path(source).name != "saved_model.pb"
    if damaged or kind not in _FREEZABLE:
        raise GraphError(f"{source}: {_FROZEN.get(kind) or refusal(kind)}", cause=str(kind))


def _constant_bytes(graph: Graph) -> int:
    values = (node.attrs.get("value") for node in graph if node.op == "Const")
    return sum(value.nbytes for value in values if value is not None)
