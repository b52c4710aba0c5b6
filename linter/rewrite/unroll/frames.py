"""v1 while frames: which nodes belong to one, and in which order a round computes them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from linter.graph import Graph, Node
from linter.graph.op_families import ENTERS, EXITS, MERGES, NEXT_ITERATIONS
from linter.rewrite.unroll.values import Unresolved

__all__ = ["Frame", "Plan", "find_frame", "plan_of"]


@dataclass(frozen=True, slots=True)
class Frame:
    """One while frame.

    Attributes:
        cond: key of its LoopCond.
        nodes: keys of all its nodes, those of frames inside and its own exits included.
        enters: keys of its own Enter nodes.
        exits: keys of its own Exit nodes.
        inner: the frames directly inside.
    """

    cond: str
    nodes: tuple[str, ...]
    enters: tuple[str, ...]
    exits: tuple[str, ...]
    inner: tuple[Frame, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What a round computes, in order; a frame inside stands under the key of its LoopCond.

    Attributes:
        enters: Enter nodes that are needed.
        heads: Merge nodes at the start of a round: their Enter and their NextIteration.
        test: what the condition needs.
        body: what the next round needs further.
        leave: what the exits need, after the last round.
        inner: frames inside, by LoopCond.
        exits: Exit nodes that are needed.
    """

    enters: tuple[str, ...]
    heads: Mapping[str, tuple[str, str]]
    test: tuple[str, ...]
    body: tuple[str, ...]
    leave: tuple[str, ...]
    exits: tuple[str, ...]
    inner: Mapping[str, Frame] = field(default_factory=dict)


def find_frame(graph: Graph, start: str) -> Frame:
    """The frame around a node.

    Args:
        graph: the body.
        start: a node that gives its outputs inside the frame, such as its LoopCond or an Enter.

    Raises:
        Unresolved: the nodes do not make a well-formed frame.
    """
    levels = _levels(graph, start)
    keys = sorted(levels, key=lambda key: graph.nodes[key].position)
    conds = [key for key in keys if graph.nodes[key].op == "LoopCond" and levels[key] == 0]
    if len(conds) != 1:
        raise Unresolved(f"its frame has {len(conds)} conditions", graph.nodes[start].name)
    enters = tuple(k for k in keys if graph.nodes[k].op in ENTERS and levels[k] == 0)
    exits = tuple(k for k in keys if graph.nodes[k].op in EXITS and levels[k] == -1)
    names = {graph.nodes[key].attrs.get("frame_name") for key in enters}
    if len(names) != 1:
        raise Unresolved(f"its frame has {len(names)} names", graph.nodes[start].name)
    within = [k for k in keys if graph.nodes[k].op == "LoopCond" and levels[k] == 1]
    inner = tuple(find_frame(graph, key) for key in within)
    return Frame(conds[0], tuple(keys), enters, exits, inner)


def _levels(graph: Graph, start: str) -> dict[str, int]:
    """How deep in the frame each node gives its outputs: 0 is the frame itself, -1 its exits."""
    levels = {start: 0}
    pending = [start]
    while pending:
        node = graph.nodes[pending.pop()]
        for key, level in _neighbours(graph, node, levels[node.key]):
            if key not in levels:
                levels[key] = level
                pending.append(key)
            elif levels[key] != level:
                reason = f"{graph.nodes[key].name} is in two frames at once"
                raise Unresolved(reason, graph.nodes[start].name)
    return levels


def _neighbours(graph: Graph, node: Node, level: int) -> Iterator[tuple[str, int]]:
    """What a node reads and what reads it, with the level; never out of the frame."""
    reads = level + (node.op in EXITS) - (node.op in ENTERS)
    if reads >= 0:
        for key in graph.producers(node):
            yield key, reads
    if level >= 0:
        for use in graph.uses(node.key):
            reader = graph.nodes[use.node]
            yield use.node, level + (reader.op in ENTERS) - (reader.op in EXITS)


def plan_of(graph: Graph, frame: Frame, exits: Collection[str]) -> Plan:
    """The order in which the nodes of a frame are carried out.

    Args:
        graph: the body.
        frame: the frame.
        exits: the Exit nodes that are needed; without one, what the condition needs.
    """
    order = _Order(graph, frame)
    placed: set[str] = set()
    test = order.take([frame.cond], placed)
    leave = order.take(exits, set(placed))
    body: list[str] = []
    heads: dict[str, tuple[str, str]] = {}
    while new := [key for key in order.heads if key not in heads]:
        for key in new:
            heads[key] = _entries(graph, graph.nodes[key])
        body += order.take([heads[key][1] for key in new], placed)
    return Plan(
        tuple(order.enters),
        heads,
        tuple(test),
        tuple(body),
        tuple(leave),
        tuple(exits),
        order.inner,
    )


class _Order:
    """Puts the nodes of one frame in order, producers first."""

    def __init__(self, graph: Graph, frame: Frame) -> None:
        self.graph = graph
        self.enters: dict[str, None] = {}
        self.heads: dict[str, None] = {}
        self.inner = {inner.cond: inner for inner in frame.inner}
        self._own = frozenset(frame.enters)
        self._item = {key: inner.cond for inner in frame.inner for key in inner.nodes}

    def take(self, keys: Iterable[str], placed: set[str]) -> list[str]:
        """The nodes that these need, in order; ``placed`` are there already and grow."""
        order: list[str] = []
        opened: set[str] = set()
        stack = [(key, False) for key in reversed([self._item.get(key, key) for key in keys])]
        while stack:
            item, ready = stack.pop()
            if item in placed:
                continue
            if ready:
                placed.add(item)
                order.append(item)
                continue
            if self._starts(item):
                continue
            if item in opened:
                name = self.graph.nodes[item].name
                raise Unresolved(f"{name} depends on itself within a round", name)
            opened.add(item)
            stack.append((item, True))
            waits = [self._item.get(key, key) for key in self._producers(item)]
            stack.extend((key, False) for key in reversed(waits) if key not in placed)
        return order

    def _starts(self, item: str) -> bool:
        """Whether a round begins with the node, which then waits for nothing."""
        node = self.graph.nodes[item]
        if item in self._own:
            self.enters[item] = None
            return True
        if node.op in MERGES and _is_head(self.graph, node):
            if item not in self.heads:
                self.heads[item] = None
                self.enters.update(dict.fromkeys([_entries(self.graph, node)[0]]))
            return True
        return False

    def _producers(self, item: str) -> Iterator[str]:
        inner = self.inner.get(item)
        for key in (item,) if inner is None else inner.enters:
            yield from self.graph.producers(self.graph.nodes[key])


def _is_head(graph: Graph, node: Node) -> bool:
    return any(_op(graph, value.node) in NEXT_ITERATIONS for value in node.inputs)


def _entries(graph: Graph, head: Node) -> tuple[str, str]:
    """The Enter and the NextIteration of a Merge at the head of a loop."""
    sources = [value.node for value in head.inputs]
    nexts = [key for key in sources if _op(graph, key) in NEXT_ITERATIONS]
    enters = [key for key in sources if _op(graph, key) in ENTERS]
    if len(sources) != 2 or len(nexts) != 1 or len(enters) != 1:
        raise Unresolved(f"{head.name} is no head of a loop: it has other inputs", head.name)
    return enters[0], nexts[0]


def _op(graph: Graph, key: str) -> str | None:
    node = graph.get(key)
    return None if node is None else node.op
