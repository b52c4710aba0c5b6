"""Which units the device takes, which run on the host before it, and which after it.

The first step looks for the body that computes most: units that the target refuses are on either
side, nothing of the body reads from after it, nothing before it reads from the body. Every unit
has two answers, "not before the body" and "after the body"; both are monotone along the edges, a
refused unit gives the same answer twice, and what a body gains is linear in them. That is a
maximum-weight closure, which one minimum cut solves exactly.

The second step gives units at the edges of the body back to the host where that spares the device
tensors: a tensor costs a thousandth of what the body computes, and a quarter of an operation an
element. Again one minimum cut for the end of the body and one for its beginning.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["Problem", "Side", "Tensor", "largest_body", "trimmed"]

_SCALE = 8
_PER_ELEMENT = 2
_PER_TENSOR = 1000
_SOURCE, _SINK = "source", "sink"


class Side(IntEnum):
    """Where a unit runs, in the order in which the parts run."""

    HEAD = 0
    BODY = 1
    TAIL = 2


@dataclass(frozen=True, slots=True)
class Tensor:
    """A value that one unit hands to others.

    Attributes:
        producer: the unit that computes it.
        readers: the units that read it.
        size: number of elements.
        fetched: it is an output of the model.
    """

    producer: int
    readers: tuple[int, ...]
    size: int
    fetched: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """What is to be divided.

    Attributes:
        work: of each unit; producers come before their readers.
        follows: for each unit those that must not run before it.
        refused: units that cannot be in the body.
        tensors: what the units hand over.
    """

    work: tuple[int, ...]
    follows: tuple[tuple[int, ...], ...]
    refused: frozenset[int]
    tensors: tuple[Tensor, ...] = ()


def largest_body(problem: Problem) -> tuple[Side, ...]:
    """The side of every unit; the body computes as much as any body can."""
    if not problem.refused:
        return (Side.BODY,) * len(problem.work)
    above, below = _refused_around(problem)
    groups: dict[tuple[int, int, bool], list[int]] = {}
    for unit in range(len(problem.work)):
        key = (above[unit], below[unit], unit in problem.refused)
        groups.setdefault(key, []).append(unit)
    group_of = {unit: number for number, units in enumerate(groups.values()) for unit in units}
    edges = {
        (group_of[unit], group_of[other])
        for unit, others in enumerate(problem.follows)
        for other in others
        if group_of[unit] != group_of[other]
    }
    gains = [sum(problem.work[unit] + 1 for unit in units) for units in groups.values()]
    refused = [key[2] for key in groups]
    sides = _closure(gains, refused, sorted(edges))
    return tuple(sides[group_of[unit]] for unit in range(len(problem.work)))


def trimmed(problem: Problem, sides: Sequence[Side]) -> tuple[Side, ...]:
    """The same division with fewer and smaller tensors between the host and the device."""
    result = list(sides)
    for side in (Side.TAIL, Side.HEAD):
        for unit in _given_back(problem, result, side):
            result[unit] = side
    return tuple(result)


# -- the largest body -----------------------------------------------------------------------------


def _refused_around(problem: Problem) -> tuple[list[int], list[int]]:
    """For each unit the refused units that it depends on and that depend on it, as bit sets."""
    count = len(problem.work)
    bit = {unit: 1 << number for number, unit in enumerate(sorted(problem.refused))}
    above, below = [0] * count, [0] * count
    for unit in range(count):
        above[unit] |= bit.get(unit, 0)
        for other in problem.follows[unit]:
            above[other] |= above[unit]
    for unit in reversed(range(count)):
        below[unit] |= bit.get(unit, 0)
        for other in problem.follows[unit]:
            below[unit] |= below[other]
    return above, below


def _closure(
    gains: Sequence[int], refused: Sequence[bool], edges: Iterable[tuple[int, int]]
) -> list[Side]:
    """Maximum-weight closure over two answers for each group."""
    import networkx as nx

    network: nx.DiGraph[object] = nx.DiGraph()
    network.add_nodes_from((_SOURCE, _SINK))
    for number, gain in enumerate(gains):
        started, over = ("started", number), ("over", number)
        network.add_edge(over, started)
        if refused[number]:
            network.add_edge(started, over)
        else:
            network.add_edge(_SOURCE, started, capacity=gain)
            network.add_edge(over, _SINK, capacity=gain)
    for first, second in edges:
        network.add_edge(("started", first), ("started", second))
        network.add_edge(("over", first), ("over", second))
    chosen = _source_side(network)
    return [
        Side((("started", number) in chosen) + (("over", number) in chosen))
        for number in range(len(gains))
    ]


def _source_side(network: nx.DiGraph[object]) -> set[object]:
    import networkx as nx

    return set(nx.minimum_cut(network, _SOURCE, _SINK)[1][0])


# -- its edges ------------------------------------------------------------------------------------


def _given_back(problem: Problem, sides: Sequence[Side], side: Side) -> list[int]:
    """Units of the body that are better off on ``side`` of it."""
    body = frozenset(unit for unit, found in enumerate(sides) if found is Side.BODY)
    fee = _SCALE * sum(problem.work[unit] for unit in body) // _PER_TENSOR
    priced = [
        (one, fee + _PER_ELEMENT * one.size)
        for one in problem.tensors
        if not body.isdisjoint((one.producer, *one.readers))
    ]
    movable = _movable(problem, body, side, sum(price for _, price in priced))
    if not movable:
        return []
    edge = _Edge(body, movable, sides, side)
    for unit in movable:
        edge.pay(unit, _SINK, _SCALE * problem.work[unit] + 1)
        for other in body.intersection(problem.follows[unit]):
            if side is Side.TAIL:
                edge.imply(unit, other)
            elif other in movable:
                edge.imply(other, unit)
    for number, (one, price) in enumerate(priced):
        edge.add(one, ("tensor", number), price)
    chosen = _source_side(edge.network)
    return sorted(unit for unit in movable if unit in chosen)


def _movable(problem: Problem, body: frozenset[int], side: Side, most: int) -> frozenset[int]:
    """Units of the body that no unit holds back which computes more than could be spared."""
    held = [False] * len(problem.work)
    units = range(len(problem.work))
    for unit in reversed(units) if side is Side.TAIL else units:
        if unit in body and _SCALE * problem.work[unit] > most:
            held[unit] = True
        if side is Side.TAIL:
            held[unit] = held[unit] or any(held[other] for other in problem.follows[unit])
        elif held[unit]:
            for other in problem.follows[unit]:
                held[other] = True
    return frozenset(unit for unit in body if not held[unit])


class _Edge:
    """The network whose minimum cut says which units of the body move to one side of it.

    A unit on the source's side of the cut is moved.
    """

    def __init__(
        self,
        body: frozenset[int],
        movable: frozenset[int],
        sides: Sequence[Side],
        side: Side,
    ) -> None:
        import networkx as nx

        self.body, self.movable, self.sides, self.side = body, movable, sides, side
        self.network: nx.DiGraph[object] = nx.DiGraph()
        self.network.add_nodes_from((_SOURCE, _SINK))

    def imply(self, first: object, second: object) -> None:
        """``second`` is moved where ``first`` is."""
        self.network.add_edge(first, second)

    def pay(self, first: object, second: object, price: int) -> None:
        """It costs when ``first`` is moved and ``second`` is not."""
        if self.network.has_edge(first, second):
            self.network[first][second]["capacity"] += price
        else:
            self.network.add_edge(first, second, capacity=price)

    def add(self, tensor: Tensor, mark: object, price: int) -> None:
        """What a tensor costs that the body reads or makes."""
        readers = [unit for unit in tensor.readers if unit in self.body]
        if tensor.producer not in self.body:
            self._read(readers, mark, price, _SOURCE)
            return
        producer = tensor.producer if tensor.producer in self.movable else _SINK
        given = tensor.fetched or any(self.sides[unit] is Side.TAIL for unit in tensor.readers)
        if given:  # it leaves the device as long as its producer is there
            self.pay(_SOURCE, producer, price)
        if self.side is Side.HEAD:
            self._read(readers, mark, price, producer)
        elif not given and readers:  # it leaves the device once a reader has left
            for unit in readers:
                if unit in self.movable:
                    self.imply(unit, mark)
            self.pay(mark, producer, price)

    def _read(self, readers: list[int], mark: object, price: int, producer: object) -> None:
        """It enters the device when its producer is not there and any of its readers is."""
        if not readers or producer == _SINK:
            return
        if all(unit in self.movable for unit in readers):
            self.pay(producer, mark, price)
            for unit in readers:
                self.imply(mark, unit)
        else:
            self.pay(producer, _SINK, price)
