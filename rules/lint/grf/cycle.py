"""A cycle that is no while loop."""

from __future__ import annotations

from collections.abc import Iterator

from linter.graph.op_families import NEXT_ITERATIONS
from linter.graph.queries import unorderable_keys
from linter.rules import Clean, Finding, Flagged, Graph, LintContext, LintRule, Severity

__all__ = ["Cycle"]

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
        atc = ctx.source.database.target.tool == "atc"
        for graph in ctx.bodies:
            for members in _cycles(graph):
                first = graph.nodes[members[0]]
                read = atc and first.key in ctx.source.parsed(graph)
                yield self.finding(
                    first,
                    "cycle",
                    function=graph.function,
                    stage="parser" if read else "",
                    compiler_code="E18888" if read else "",
                    count=len(members),
                    members=self.listed(members),
                )


def _cycles(graph: Graph) -> list[list[str]]:
    rest = unorderable_keys(graph)
    if not rest:  # nearly always, so networkx can wait
        return []
    import networkx as nx

    digraph = graph.to_networkx().subgraph(
        key for key in rest if graph.nodes[key].op not in NEXT_ITERATIONS
    )
    components = (
        sorted(members, key=lambda key: graph.nodes[key].position)
        for members in nx.strongly_connected_components(digraph)
        if len(members) > 1 or any(digraph.has_edge(key, key) for key in members)
    )
    return sorted(components, key=lambda members: graph.nodes[members[0]].position)
