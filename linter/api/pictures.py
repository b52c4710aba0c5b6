"""From a model and its judge to what a picture is drawn from."""

from __future__ import annotations

from typing import Any

from linter.graph import Graph, Node, Value
from linter.infer.inference import Inference
from linter.io.graphtext.literals import format_dims, format_value
from linter.io.tensor.values import StoredTensor
from linter.judge import Judge
from linter.results.picture import Answers, BodyPicture, NodePicture, OutputPicture

__all__ = ["answers_of", "bodies_of"]

_ELEMENTS = 8
"""Elements of a constant that are shown."""

_READ = 256
"""Elements of a constant that are read to see whether they are all the same."""

_LONGEST = 400
"""Characters of an attribute."""

_HIDDEN = ("_class", "_output_shapes")
"""Attributes that only TensorFlow's own tools read; the shapes are shown as they were inferred."""


def bodies_of(judge: Judge) -> tuple[BodyPicture, ...]:
    """The main graph and the functions, in file order."""
    return tuple(_body(graph, judge.inference(graph)) for graph in judge.model.graphs)


def answers_of(judge: Judge) -> Answers:
    """What the judge says of each node of ``bodies_of``."""
    called = {graph.function for graph in judge.called_functions()}
    return tuple(
        tuple(
            judge.node(graph, node)
            if node.key in judge.reachable(graph)
            and (graph.function is None or graph.function in called)
            and not node.virtual
            else None
            for node in graph
        )
        for graph in judge.model.graphs
    )


def _body(graph: Graph, inference: Inference) -> BodyPicture:
    ranks = {key: rank for rank, key in enumerate(graph.nodes)}
    return BodyPicture(graph.function, tuple(_node(node, ranks, inference) for node in graph))


def _node(node: Node, ranks: dict[str, int], inference: Inference) -> NodePicture:
    dtypes = inference.output_dtypes(node)
    return NodePicture(
        node.key,
        node.op,
        tuple((ranks.get(value.node, -1), value.port) for value in node.inputs),
        tuple(ranks[key] for key in node.controls if key in ranks),
        tuple(
            (name, _text(node.attrs[name])) for name in sorted(node.attrs) if name not in _HIDDEN
        ),
        tuple(
            OutputPicture(dtype, inference.shape(Value(node.key, port)))
            for port, dtype in enumerate(dtypes)
        ),
    )


def _text(value: Any) -> str:
    """An attribute on one line; of a large constant only type and shape."""
    if isinstance(value, StoredTensor) and value.size > _READ:
        return f"tensor({value.dtype}[{format_dims(value.shape)}])"
    text = format_value(value, _ELEMENTS)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} ... ({len(text):,} characters)"
