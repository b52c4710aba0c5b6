"""While a user's rule runs, the graph takes new nodes and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from linter.graph import Graph
from linter.results.errors import RuleCrashError

if TYPE_CHECKING:
    from linter.graph import Node
    from linter.rules.edit import GraphEditor
    from linter.rules.match import Match

__all__ = ["fenced"]


@contextmanager
def fenced(match: Match, editors: Iterable[GraphEditor]) -> Iterator[None]:
    """Let a rule look at the graph of a match, and add nodes through the editor only.

    Raises:
        RuleCrashError: the rule did something else to the graph, which is taken back.
    """
    graph = match.context.graph
    nodes = graph.nodes
    matched = [nodes[key] for key in match.nodes]
    attrs = [(node, dict(node.attrs)) for node in matched if type(node.attrs) is dict]
    new: set[str] = set()
    _shut(graph, nodes, new)
    try:
        yield
    finally:
        for name in ("patch", "replace_nodes"):
            vars(graph).pop(name, None)
        graph.nodes = nodes
        stray = new - {node.key for editor in editors for node in editor.added}
        graph.patch(drop=stray)
        if _restored(attrs) or stray:
            raise _fault()


def _shut(graph: Graph, nodes: dict[str, Node], new: set[str]) -> None:
    """Put refusals where the graph is written; they are taken away by deleting them."""
    view: Any = MappingProxyType(nodes)

    def patch(put: Iterable[Node] = (), drop: Iterable[str] = ()) -> None:
        put, drop = tuple(put), tuple(drop)
        if not new.issuperset(drop) or any(n.key in nodes and n.key not in new for n in put):
            raise _fault()
        graph.nodes = nodes
        try:
            Graph.patch(graph, put, drop)
        finally:
            graph.nodes = view
        new.update(node.key for node in put)
        new.difference_update(drop)

    def replace_nodes(nodes: Iterable[Node]) -> None:
        raise _fault()

    vars(graph).update(patch=patch, replace_nodes=replace_nodes, nodes=view)


def _restored(attrs: list[tuple[Node, dict[str, Any]]]) -> bool:
    """Put attributes back that were changed in place; whether there were any."""
    changed = [(node, before) for node, before in attrs if node.attrs != before]
    for node, before in changed:
        node.attrs = before
    return bool(changed)


def _fault() -> RuleCrashError:
    return RuleCrashError("changed the graph itself; a rule changes it through the editor only")
