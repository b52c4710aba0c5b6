"""The bodies of a model as the rewriting engine sees them: main graph and functions alike."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from linter.graph import Graph, Model, Value
from linter.graph.queries import placeholders

if TYPE_CHECKING:
    from linter.graph import Dangling, Node
    from linter.judge import Judge
    from linter.rules import RewriteRule

__all__ = ["Roots", "Snapshot", "copied", "drop_uncalled", "fetched", "given", "place_of"]


def copied(model: Model) -> Model:
    """A model whose bodies can be edited; the nodes are shared."""
    functions = {name: _copy(graph) for name, graph in model.functions.items()}
    return Model(model.source, _copy(model.main), functions)


def _copy(graph: Graph) -> Graph:
    return Graph(
        graph.nodes.values(),
        function=graph.function,
        dangling=graph.dangling,
        duplicates=graph.duplicates,
        returns=graph.returns,
        return_controls=graph.return_controls,
        signature_attrs=graph.signature_attrs,
    )


def drop_uncalled(model: Model, functions: set[str | None]) -> None:
    """Drop the functions that the rewriting has left without a call."""
    for name in functions:
        if name is not None:
            del model.functions[name]


def place_of(function: str | None, name: str) -> str:
    """The name of a node; in a function body the name of the function goes before it."""
    return name if function is None else f"{function}::{name}"


def given(judge: Judge, graph: Graph) -> frozenset[str]:
    """Keys of the nodes that a caller feeds."""
    if graph.function is not None:
        return frozenset(node.key for node in graph if node.virtual)
    inputs = judge.inputs if not judge.outputs_guessed else placeholders(graph)
    return frozenset(node.key for node in (*inputs, *judge.inputs))


def fetched(judge: Judge, graph: Graph) -> Iterator[Value]:
    """The outputs; a leaf without outputs, such as NoOp, holds nothing that could be lost."""
    values = judge.outputs
    if graph.function is not None:
        values = (*graph.returns.values(), *(Value(key) for key in graph.return_controls))
    for value in values:
        node = graph.get(value.node)
        definition = None if node is None else judge.ops.get(node.op)
        if node is not None and (definition is None or definition.outputs):
            yield value


class Roots:
    """The nodes of a body at the beginning of a pass, by op type and in file order.

    Args:
        graph: the body.
        refused: keys of the nodes that the target refuses.
    """

    def __init__(self, graph: Graph, refused: frozenset[str]) -> None:
        self._ranks = {key: rank for rank, key in enumerate(graph.nodes)}
        self._all = _by_op(graph, graph.nodes)
        self._refused = _by_op(graph, refused)

    def of(self, rule: RewriteRule, *, only_refused: bool) -> Sequence[str]:
        """Keys of the nodes that a rule may replace."""
        by_op = self._refused if only_refused else self._all
        anchors = rule.anchors or tuple(by_op)
        if len(anchors) == 1:
            return by_op.get(anchors[0], ())
        keys = [key for op in dict.fromkeys(anchors) for key in by_op.get(op, ())]
        return sorted(keys, key=self._ranks.__getitem__)


def _by_op(graph: Graph, keys: Container[str]) -> dict[str, list[str]]:
    by_op: dict[str, list[str]] = {}
    for key, node in graph.nodes.items():
        if key in keys:
            by_op.setdefault(node.op, []).append(key)
    return by_op


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The content of a body at one moment."""

    nodes: tuple[Node, ...]
    dangling: tuple[Dangling, ...]
    return_controls: tuple[str, ...]

    @classmethod
    def of(cls, graph: Graph) -> Snapshot:
        """What the body holds now."""
        return cls(tuple(graph), tuple(graph.dangling), graph.return_controls)

    def restore(self, graph: Graph) -> None:
        """Give the body this content."""
        graph.replace_nodes(self.nodes)
        graph.dangling = list(self.dangling)
        graph.return_controls = self.return_controls
