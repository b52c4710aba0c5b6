"""Which nodes run in a while frame or in one branch of a condition only."""

from __future__ import annotations

from linter.graph import Graph
from linter.queries import in_loop_frame, topological_keys

__all__ = ["guarded_keys"]


def guarded_keys(graph: Graph) -> frozenset[str]:
    """Nodes that run in a while frame or in one branch of a condition only.

    A constant that replaces such a node runs always, unless it waits for what the node read.
    """
    if not any(node.op in ("Switch", "RefSwitch", "Enter", "RefEnter") for node in graph):
        return frozenset()
    depth: dict[str, int] = {}
    for key in topological_keys(graph):
        node = graph.nodes[key]
        level = max((depth.get(source, 0) for source in graph.producers(node)), default=0)
        step = (node.op in ("Switch", "RefSwitch")) - (node.op in ("Merge", "RefMerge"))
        depth[key] = max(level + step, 0)
    inside = frozenset(key for key, level in depth.items() if level > 0)
    return inside | in_loop_frame(graph)
