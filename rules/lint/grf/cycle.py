"""A cycle that is no while loop."""

from __future__ import annotations

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter

from linter.rules import Clean, Finding, Flagged, Graph, LintContext, LintRule, Severity

__all__ = ["Cycle"]

_LOOPS = frozenset({"NextIteration", "RefNextIteration"})
_CYCLE = "x = Placeholder : float32[2]\na = Add(x, b) {T=float32}\nb = Relu(a) {T=float32}"


class Cycle(LintRule):
    """Flag a cycle that does not pass through a NextIteration.

    Why: the graph cannot be ordered; the compiler fails with an inner error (E18888).
    Remedy: remove the edge that closes the cycle.
    Source: hicann/ge, graph/normal_graph/compute_graph.cc (topological sorting).
    """

    id, name, severity = "GRF003", "cycle", Severity.ERROR
    messages = {"cycle": "{count} nodes form a cycle outside any while loop: {members}"}
    remedies = {"cycle": "remove the input that closes the cycle"}
    examples = (
        Clean("x = Placeholder : float32[2]\ny = Relu(x)"),
        Flagged(_CYCLE, at=("a",), outputs=("b",)),
    )

    def check_model(self, ctx: LintContext) -> Iterator[Finding]:
        """Flag one node of every cycle of every body."""
        for graph in ctx.bodies:
            for members in _cycles(graph):
                first = graph.nodes[members[0]]
                yield self.finding(
                    first,
                    "cycle",
                    function=graph.function,
                    count=len(members),
                    members=self.listed(members),
                )


def _cycles(graph: Graph) -> list[list[str]]:
    loops = frozenset(key for key, node in graph.nodes.items() if node.op in _LOOPS)
    if _has_order(graph, loops):
        return []
    import networkx as nx

    digraph = graph.digraph.subgraph(key for key in graph.nodes if key not in loops)
    components = (
        sorted(found, key=lambda key: graph.nodes[key].position)
        for found in nx.strongly_connected_components(digraph)
        if len(found) > 1 or any(digraph.has_edge(key, key) for key in found)
    )
    return sorted(components, key=lambda found: graph.nodes[found[0]].position)


def _has_order(graph: Graph, loops: frozenset[str]) -> bool:
    """Whether the nodes can be ordered without ``loops``; nearly always, so networkx can wait."""
    if _is_in_order(graph, loops):
        return True
    sorter: TopologicalSorter[str] = TopologicalSorter(
        {
            node.key: [key for key in graph.producers(node) if key not in loops]
            for node in graph
            if node.key not in loops
        }
    )
    try:
        sorter.prepare()
    except CycleError:
        return False
    return True


def _is_in_order(graph: Graph, loops: frozenset[str]) -> bool:
    """Whether every producer stands before its readers, as most writers of graphs see to."""
    seen: set[str] = set(loops)
    nodes = graph.nodes
    for key, node in nodes.items():
        for source, _ in node.inputs:
            if source not in seen and source in nodes:
                return False
        for source in node.controls:
            if source not in seen and source in nodes:
                return False
        seen.add(key)
    return True
