"""The inputs of a graph with what is known of them."""

from __future__ import annotations

from collections.abc import Iterable

from linter.graph import Model, Node, Value
from linter.graph.queries import placeholders
from linter.infer.inference import Inference
from linter.results.report import InputInfo
from opdb.tf_ops import load_op_table

__all__ = ["input_infos", "placeholder_infos"]


def input_infos(nodes: Iterable[Node], inference: Inference) -> tuple[InputInfo, ...]:
    """Inputs with the dtypes and shapes that were inferred."""
    return tuple(
        InputInfo(node.name, inference.dtype(Value(node.key)), inference.shape(Value(node.key)))
        for node in nodes
    )


def placeholder_infos(model: Model) -> dict[str, InputInfo]:
    """The placeholders of a model by their keys, on no target in particular."""
    inference = Inference(model.main, load_op_table(), functions=model.functions)
    nodes = tuple(placeholders(model.main))
    infos = input_infos(nodes, inference)
    return {node.key: info for node, info in zip(nodes, infos, strict=True)}
