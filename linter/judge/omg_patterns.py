"""Rows of an OMG table about several nodes that the tool takes as one.

``l2_normalize`` is the only one whose nodes are told from others by their ops alone: Square, Sum,
Maximum, Rsqrt and Mul. Source: HiLens user guide, TensorFlow operator boundaries, and
``l2_normalize`` of tensorflow/python/ops/nn_impl.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from linter.graph import Graph, Node, Value
from linter.graph.queries import const_tensor

__all__ = ["Normalisation", "normalisations"]


@dataclass(frozen=True, slots=True)
class Normalisation:
    """The nodes of one ``l2_normalize``.

    Attributes:
        root: the Mul that gives the result.
        nodes: keys of all five, the root among them.
        data: what is normalised.
        axis: the axis as written, ``None`` when it is not one constant.
    """

    root: str
    nodes: frozenset[str]
    data: Value
    axis: int | None


def normalisations(graph: Graph, outputs: frozenset[str]) -> Iterator[Normalisation]:
    """Every ``l2_normalize`` of a body.

    Args:
        graph: one body.
        outputs: keys of fetched nodes; none of them is inside of one.
    """
    for node in graph:
        if node.op == "Mul" and len(node.inputs) == 2:
            for data, scale in (node.inputs, node.inputs[::-1]):
                found = _at(graph, node, data, scale)
                if found is not None and not outputs & (found.nodes - {node.key}):
                    yield found
                    break


def _at(graph: Graph, root: Node, data: Value, scale: Value) -> Normalisation | None:
    rsqrt = _inner(graph, scale, "Rsqrt", 1)
    maximum = None if rsqrt is None else _inner(graph, rsqrt.inputs[0], "Maximum", 2)
    if rsqrt is None or maximum is None:
        return None
    for value, floor in (maximum.inputs, maximum.inputs[::-1]):
        total = _inner(graph, value, "Sum", 2)
        square = None if total is None else _inner(graph, total.inputs[0], "Square", 1)
        if total is None or square is None or const_tensor(graph, floor) is None:
            continue
        if square.inputs[0] == data and total.attrs.get("keep_dims") is True:
            keys = frozenset(node.key for node in (root, rsqrt, maximum, total, square))
            return Normalisation(root.key, keys, data, _axis(graph, total))
    return None


def _inner(graph: Graph, value: Value, op: str, inputs: int) -> Node | None:
    """The producer of a value, if it is of that type and nobody else reads it."""
    node = graph.get(value.node)
    if node is None or node.op != op or len(node.inputs) != inputs:
        return None
    return node if len(graph.uses(node.key)) == 1 else None


def _axis(graph: Graph, total: Node) -> int | None:
    tensor = const_tensor(graph, total.inputs[1])
    values = None if tensor is None else tensor.values()
    return int(values[0]) if values is not None and len(values) == 1 else None
