"""Stage 0: the nodes that take part.

Source: the order of the graph passes in hicann/ge (graph_prepare.cc, graph_manager.cc): Assert and
Print are taken out with the producers that nobody else reads, and a Switch whose predicate is a
constant goes with its dead branch, before any engine is asked.
"""

from __future__ import annotations

from dataclasses import dataclass

from linter.graph import Graph, Node, TensorValue, Value
from linter.graph.op_families import MERGES, SWITCHES

__all__ = [
    "Scope",
    "constant_predicate",
    "dead_values",
    "parsed_keys",
    "scope_of",
    "trimmed_keys",
]

_BYPASSED = frozenset({"Identity", "PlaceholderWithDefault", "LoopCond"})


@dataclass(frozen=True, slots=True)
class Scope:
    """What the fetches need.

    Attributes:
        reachable: keys of the nodes that take part.
        resolved: Switch and Merge nodes that vanish because a predicate is constant.
    """

    reachable: frozenset[str]
    resolved: frozenset[str] = frozenset()


def scope_of(
    graph: Graph,
    roots: tuple[Value, ...],
    *,
    stops: frozenset[str] = frozenset(),
    skips_removed: bool = False,
) -> Scope:
    """Walk back from the fetches.

    Args:
        graph: one body.
        roots: the fetched values; nodes that are missing are left out.
        stops: names that ``--input-shape`` turns into inputs; the walk ends at them.
        skips_removed: do not walk through Assert and Print, and leave dead branches out.

    Returns:
        The nodes that take part.
    """
    dead, resolved = dead_values(graph, stops) if skips_removed else (set(), set())
    nodes = graph.nodes
    reachable: set[str] = set()
    pending = [value.node for value in roots if value.node in nodes]
    pending += [key for key in graph.return_controls if key in nodes]
    while pending:
        key = pending.pop()
        if key in reachable:
            continue
        reachable.add(key)
        node = nodes[key]
        if node.name in stops:
            continue
        for producer in _needed(node, dead, resolved, skips_removed):
            if producer in nodes and producer not in reachable:
                pending.append(producer)
    return Scope(frozenset(reachable), frozenset(resolved & reachable))


def parsed_keys(
    graph: Graph, outputs: tuple[Value, ...], stops: frozenset[str] = frozenset()
) -> frozenset[str]:
    """The nodes of a main graph that atc's parser reads, before anything is removed.

    Given outputs keep their data and control ancestors, up to the named inputs. Without them every
    node is read but those that come before a named input. Source: hicann/ge,
    tensorflow_parser.cc (TrimGraphByOutput, TrimGraphByInput, ParseAllGraph).

    Args:
        graph: the main graph.
        outputs: the fetches that were given; empty when they are to be guessed.
        stops: names that ``--input-shape`` turns into inputs.
    """
    if outputs:
        return scope_of(graph, outputs, stops=stops).reachable | (stops & graph.nodes.keys())
    return frozenset(graph.nodes.keys() - trimmed_keys(graph, stops))


def trimmed_keys(graph: Graph, stops: frozenset[str]) -> set[str]:
    """What goes because a named input comes after it, whoever else reads it."""
    pending = [key for key in stops if key in graph.nodes]
    gone: set[str] = set()
    while pending:
        for producer in graph.producers(graph.nodes[pending.pop()]):
            if producer not in gone and producer not in stops:
                gone.add(producer)
                pending.append(producer)
    return gone


def constant_predicate(
    graph: Graph, value: Value, stops: frozenset[str] = frozenset()
) -> bool | None:
    """The constant that a predicate comes down to, ``None`` when it is not constant.

    Identity and PlaceholderWithDefault are looked through, as atc bypasses both; a default that
    ``--input-shape`` names stays an input.
    """
    seen: set[str] = set()
    while value.node not in seen:
        seen.add(value.node)
        node = graph.get(value.node)
        if node is None or node.name in stops:
            return None
        if node.op in _BYPASSED and node.inputs:
            value = node.inputs[0]
            continue
        tensor = node.attrs.get("value") if node.op == "Const" else None
        if tensor is None or tensor.dtype != "bool":
            return None
        return _scalar(tensor)
    return None


def _scalar(tensor: TensorValue) -> bool | None:
    values = tensor.values()
    return bool(values[0]) if values is not None and len(values) == 1 else None


def _needed(
    node: Node, dead: set[Value], resolved: set[str], skips_removed: bool
) -> tuple[str, ...]:
    if skips_removed and node.op == "Assert":
        return ()
    if skips_removed and node.op == "Print":
        return (*(value.node for value in node.inputs[:1]), *node.controls)
    if node.key in resolved:
        return tuple(value.node for value in node.inputs[:1] if node.op in SWITCHES) + tuple(
            value.node for value in node.inputs if node.op in MERGES and value not in dead
        )
    return (*(value.node for value in node.inputs), *node.controls)


def dead_values(graph: Graph, stops: frozenset[str] = frozenset()) -> tuple[set[Value], set[str]]:
    """Values that are never produced, and the Switch and Merge nodes that are thereby decided.

    Args:
        graph: one body.
        stops: names of nodes that are inputs, whatever they compute.

    Returns:
        The values, as far as something reads them or they are output 0, and keys of the nodes.
    """
    dead: set[Value] = set()
    resolved: set[str] = set()
    pending: list[str] = []
    for node in graph:
        if node.op in SWITCHES and len(node.inputs) == 2:
            predicate = constant_predicate(graph, node.inputs[1], stops)
            if predicate is not None:
                resolved.add(node.key)
                dead.add(Value(node.key, 0 if predicate else 1))
                pending.append(node.key)
    dead_nodes: set[str] = set()
    while pending:
        for use in graph.uses(pending.pop()):
            reader = graph.nodes[use.node]
            if reader.key in dead_nodes or not _dies(reader, dead, dead_nodes):
                if reader.op in MERGES and any(value in dead for value in reader.inputs):
                    resolved.add(reader.key)
                continue
            dead_nodes.add(reader.key)
            ports = {read.port for read in graph.uses(reader.key)} | {0}
            dead.update(Value(reader.key, port) for port in ports)
            pending.append(reader.key)
    live = {key for key in resolved if key not in dead_nodes and _decided(graph.nodes[key], dead)}
    return dead, live


def _dies(node: Node, dead: set[Value], dead_nodes: set[str]) -> bool:
    inputs = node.inputs
    if node.op in MERGES:
        return bool(inputs) and all(value in dead for value in inputs)
    return any(value in dead for value in inputs) or any(key in dead_nodes for key in node.controls)


def _decided(node: Node, dead: set[Value]) -> bool:
    if node.op in SWITCHES:
        return True
    return sum(value not in dead for value in node.inputs) == 1
