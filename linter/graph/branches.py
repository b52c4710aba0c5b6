"""Which nodes run in a while frame or in one branch of a condition only."""

from __future__ import annotations

from linter.graph.model import Graph, Node
from linter.graph.op_families import ENTERS, MERGES, NEXT_ITERATIONS, SWITCHES
from linter.graph.queries import frame_depths, in_loop_frame, topological_keys

__all__ = ["confined_keys", "guarded_keys"]


def guarded_keys(graph: Graph) -> frozenset[str]:
    """Nodes that run in a while frame or in one branch of a condition only.

    A constant that replaces such a node runs always, unless it waits for what the node read.
    """
    if not any(node.op in SWITCHES or node.op in ENTERS for node in graph):
        return frozenset()
    inside = frozenset(key for key, level in _branch_depths(graph).items() if level > 0)
    return inside | in_loop_frame(graph)


def confined_keys(graph: Graph) -> frozenset[str]:
    """Nodes whose values do not exist outside of their while frame or branch of a condition.

    Neither a caller nor another graph can read or supply them: there is one such value a round,
    or none. The Exit of a frame and the Merge of a condition are not among them, unless another
    frame or branch is around them.
    """
    if not any(node.op in SWITCHES or node.op in ENTERS for node in graph):
        return frozenset()
    branches = _branch_depths(graph)
    frames = frame_depths(graph)
    return frozenset(key for key in graph.nodes if branches[key] > 0 or frames[key] > 0)


def _branch_depths(graph: Graph) -> dict[str, int]:
    """In how many branches of conditions each node runs."""
    depths: dict[str, int] = {}
    for key in topological_keys(graph):
        node = graph.nodes[key]
        level = max((depths.get(source, 0) for source in graph.producers(node)), default=0)
        depths[key] = max(level + _branch_step(graph, node), 0)
    return depths


def _branch_step(graph: Graph, node: Node) -> int:
    """Into a branch of a condition, or out of it; a loop's own Switch and Merge are neither."""
    ops = {producer.op for key, _ in node.inputs if (producer := graph.get(key)) is not None}
    if node.op in SWITCHES:
        return 0 if "LoopCond" in ops else 1
    if node.op in MERGES:
        return 0 if ops & NEXT_ITERATIONS else -1
    return 0
