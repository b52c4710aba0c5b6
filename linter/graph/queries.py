"""Questions about a graph that need neither shapes nor databases."""

from __future__ import annotations

import heapq
from collections.abc import Iterable

from linter.graph.model import Graph, Node, TensorValue, Value
from linter.graph.ports import OpLookup, output_count
from opdb.tf_ops import load_op_table

__all__ = [
    "arguments",
    "const_tensor",
    "default_outputs",
    "frame_depths",
    "in_loop_frame",
    "is_const",
    "placeholders",
    "reachable",
    "topological_keys",
]

_INPUT_OPS = frozenset({"Placeholder", "PlaceholderV2"})
_BACK_EDGE_OPS = frozenset({"NextIteration", "RefNextIteration"})
_ENTER_OPS = frozenset({"Enter", "RefEnter"})
_EXIT_OPS = frozenset({"Exit", "RefExit"})


def const_tensor(graph: Graph, value: Value) -> TensorValue | None:
    """The tensor of the Const that ``value`` reads, looking through Identity; else ``None``."""
    node = _const_node(graph, value)
    if node is None:
        return None
    tensor = node.attrs.get("value")
    return tensor if _is_tensor(tensor) else None


def is_const(graph: Graph, value: Value) -> bool:
    """Whether ``value`` is the output of a Const, or of Identity nodes above one."""
    return _const_node(graph, value) is not None


def placeholders(graph: Graph) -> tuple[Node, ...]:
    """The nodes that a caller must feed, in file order.

    A PlaceholderWithDefault is none of them: it has a value of its own.
    """
    return tuple(node for node in graph if node.op in _INPUT_OPS and not node.virtual)


def arguments(graph: Graph) -> tuple[Node, ...]:
    """The virtual nodes that stand for the arguments of a function, in signature order."""
    return tuple(node for node in graph if node.virtual)


def default_outputs(graph: Graph, ops: OpLookup | None = None) -> tuple[Value, ...]:
    """What atc takes as outputs when it is given none.

    Every output of every node that has an input (data or control) and no consumer, in topological
    order, after the parser has dropped the nodes that have neither inputs nor data consumers.
    Leaves without outputs (Assert, Print, NoOp) are among them, as port 0: atc counts them.

    Args:
        graph: a main graph.
        ops: op definitions; the table that comes with omlint when not given.
    """
    table: OpLookup = load_op_table() if ops is None else ops
    order = topological_keys(graph)
    dropped = _dropped_by_parser(graph, order)
    outputs: list[Value] = []
    for key in order:
        node = graph.nodes[key]
        if graph.uses(key) or not _has_input(node, dropped):  # nothing that is dropped has one
            continue
        opdef = table.get(node.op)
        count = None if opdef is None else output_count(node, opdef)
        outputs.extend(Value(key, port) for port in range(count or 1))
    return tuple(outputs)


def reachable(graph: Graph, outputs: Iterable[Value]) -> set[str]:
    """Keys of the nodes that ``outputs`` need, walking data and control inputs."""
    stack = [value.node for value in outputs if value.node in graph.nodes]
    seen = set(stack)
    while stack:
        for key in graph.producers(graph.nodes[stack.pop()]):
            if key not in seen:
                seen.add(key)
                stack.append(key)
    return seen


def topological_keys(graph: Graph) -> tuple[str, ...]:
    """All keys, producers before readers, and in file order where that leaves a choice.

    The edge from NextIteration to Merge does not count. Nodes of any other cycle, and what hangs on
    them, come last in file order.
    """
    rank = {key: index for index, key in enumerate(graph.nodes)}
    keys = tuple(rank)
    waits = [0] * len(keys)
    readers: list[list[int]] = [[] for _ in keys]
    for key, node in graph.nodes.items():
        for source in graph.producers(node):
            if graph.nodes[source].op not in _BACK_EDGE_OPS:
                waits[rank[key]] += 1
                readers[rank[source]].append(rank[key])
    ready = [index for index, count in enumerate(waits) if count == 0]
    order: list[int] = []
    while ready:
        index = heapq.heappop(ready)
        order.append(index)
        for reader in readers[index]:
            waits[reader] -= 1
            if waits[reader] == 0:
                heapq.heappush(ready, reader)
    order.extend(index for index, count in enumerate(waits) if count > 0)
    return tuple(keys[index] for index in order)


def in_loop_frame(graph: Graph) -> frozenset[str]:
    """Keys of the nodes that belong to a v1 while frame, its Enter and Exit nodes included."""
    depths = frame_depths(graph)
    exits = (node.key for node in graph if node.op in _EXIT_OPS)
    return frozenset(key for key, level in depths.items() if level > 0) | frozenset(exits)


def frame_depths(graph: Graph) -> dict[str, int]:
    """In how many v1 while frames the values of each node exist; those of an Exit are outside."""
    depth: dict[str, int] = {}
    for key in topological_keys(graph):
        node = graph.nodes[key]
        levels = [depth.get(source, 0) for source in graph.producers(node)]
        level = max(levels, default=0)
        step = (node.op in _ENTER_OPS) - (node.op in _EXIT_OPS)
        depth[key] = max(level + step, 0)
    return depth


def _const_node(graph: Graph, value: Value) -> Node | None:
    seen: set[Value] = set()
    while value not in seen:
        seen.add(value)
        node = graph.get(value.node)
        if node is None or value.port != 0:
            return None
        if node.op == "Const":
            return node
        if node.op != "Identity" or len(node.inputs) != 1:
            return None
        value = node.inputs[0]
    return None


def _is_tensor(value: object) -> bool:
    return hasattr(value, "values") and hasattr(value, "dtype") and hasattr(value, "shape")


def _has_input(node: Node, dropped: set[str]) -> bool:
    sources = (*(value.node for value in node.inputs), *node.controls)
    return any(source not in dropped for source in sources)


def _dropped_by_parser(graph: Graph, order: tuple[str, ...]) -> set[str]:
    """Nodes without inputs and without data consumers; never what a caller feeds."""
    dropped: set[str] = set()
    for key in order:
        node = graph.nodes[key]
        if node.op in _INPUT_OPS or _has_input(node, dropped):
            continue
        if not any(use.slot >= 0 for use in graph.uses(key)):
            dropped.add(key)
    return dropped
