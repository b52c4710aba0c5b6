"""A graph as units that cannot be cut, in the order in which they run.

What belongs together is one unit: a while frame, a branch of a condition, whatever shares a
resource, a cycle. Inputs and what follows from constants alone belong to no unit: every part has
its own copy of those that it reads.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from linter.graph import Graph, Node, Value
from linter.graph.branches import confined_keys
from linter.graph.op_families import REQUIRED_PLACEHOLDERS
from linter.graph.queries import reachable, topological_keys
from linter.infer.inference import Inference
from opdb.tf_ops import load_op_table

__all__ = ["Units", "split_into_units"]

_TABLES = frozenset({"HashTable", "HashTableV2"})
"""Handles that every part may have its own of: the tables are filled from constants, once."""

_HANDLES = frozenset({"resource", "variant"})
_OFF_DEVICE = frozenset({"resource", "variant", "string"})


@dataclass(frozen=True, slots=True)
class Units:
    """The live part of a graph.

    Attributes:
        live: keys of the nodes that the outputs need.
        copied: those of them that belong to no unit.
        members: keys of the nodes of each unit; producers' units come first.
        unit_of: unit of each node.
        follows: for each unit those that read from it or wait for it.
        off_device: units that touch strings or resources.
    """

    live: frozenset[str]
    copied: frozenset[str]
    members: tuple[tuple[str, ...], ...]
    unit_of: dict[str, int]
    follows: tuple[tuple[int, ...], ...]
    off_device: frozenset[int]


def split_into_units(
    graph: Graph,
    inference: Inference,
    outputs: Iterable[Value],
    *,
    judged: frozenset[str],
    pinned: frozenset[str] = frozenset(),
) -> Units:
    """Split a graph.

    Args:
        graph: a main graph.
        inference: its dtypes.
        outputs: what is computed.
        judged: keys of the nodes that the target looks at.
        pinned: keys of nodes that are not to be copied although they follow from constants.
    """
    live = reachable(graph, outputs)
    order = [key for key in topological_keys(graph) if key in live]
    confined = confined_keys(graph)
    copied = _copied(graph, order, confined | pinned)
    apart = [key for key in order if key not in copied]
    groups = _groups(graph, inference, apart, confined)
    members, follows = _condensed(graph, apart, groups)
    unit_of = {key: number for number, keys in enumerate(members) for key in keys}
    off = frozenset(
        unit_of[key] for key in apart if key in judged and _off_device(graph[key], inference)
    )
    return Units(frozenset(live), copied, members, unit_of, follows, off)


def _copied(graph: Graph, order: Iterable[str], pinned: frozenset[str]) -> frozenset[str]:
    ops = load_op_table()
    copied: set[str] = set()
    constant: set[str] = set()
    for key in order:
        node = graph[key]
        if node.op in REQUIRED_PLACEHOLDERS or node.op in _TABLES:
            copied.add(key)
            continue
        definition = ops.get(node.op)
        if definition is None or definition.stateful or key in pinned:
            continue
        if node.op == "Const" or (node.inputs and all(v.node in constant for v in node.inputs)):
            constant.add(key)
    return frozenset(copied | constant)


def _groups(
    graph: Graph, inference: Inference, apart: list[str], confined: frozenset[str]
) -> dict[str, str]:
    """A representative for each node; nodes that nothing can part share one."""
    from networkx.utils import UnionFind

    joined: UnionFind[str] = UnionFind(apart)
    members = frozenset(apart)
    for key in apart:
        for value in graph[key].inputs:
            if value.node in members and _inseparable(value, confined, inference):
                joined.union(key, value.node)
        for source in graph[key].controls:
            if source in members and source in confined:
                joined.union(key, source)
    return {key: joined[key] for key in apart}


def _inseparable(value: Value, confined: frozenset[str], inference: Inference) -> bool:
    """Whether no part can hand the value to another."""
    if value.node in confined:
        return True
    dtype = inference.dtype(value)
    return dtype is None or dtype in _HANDLES or dtype.endswith("_ref")


def _condensed(
    graph: Graph, apart: list[str], groups: dict[str, str]
) -> tuple[tuple[tuple[str, ...], ...], tuple[tuple[int, ...], ...]]:
    """Units in topological order, and what follows each."""
    import networkx as nx

    links: nx.DiGraph[str] = nx.DiGraph()
    links.add_nodes_from(groups[key] for key in apart)
    for key in apart:
        for source in graph.producers(graph[key]):
            if source in groups and groups[source] != groups[key]:
                links.add_edge(groups[source], groups[key])
    merged = nx.condensation(links)
    home = merged.graph["mapping"]
    place = {key: number for number, key in enumerate(apart)}
    first = {
        unit: min(place[key] for key in data["members"]) for unit, data in merged.nodes.items()
    }
    order = list(nx.lexicographical_topological_sort(merged, key=first.__getitem__))
    number = {unit: index for index, unit in enumerate(order)}
    members: list[list[str]] = [[] for _ in order]
    for key in apart:
        members[number[home[groups[key]]]].append(key)
    follows = [tuple(sorted(number[other] for other in merged.successors(unit))) for unit in order]
    return tuple(map(tuple, members)), tuple(follows)


def _off_device(node: Node, inference: Inference) -> bool:
    dtypes = (*inference.input_dtypes(node), *inference.output_dtypes(node))
    return any(dtype is not None and dtype.removesuffix("_ref") in _OFF_DEVICE for dtype in dtypes)
