"""Which functions a node calls, and what the call sites of one say about its arguments."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from linter.graph import FuncRef, Graph, Node
from linter.infer.inference import Dims, Inference

__all__ = ["CallSite", "Callees", "arguments_of", "called_by", "callees_of"]


class Callees(NamedTuple):
    """The functions that the nodes of a body call themselves, in the order of the nodes.

    Attributes:
        live: names of those that the nodes call which the outputs need.
        sites: by name, the nodes that call it, whether they are needed or not.
    """

    live: tuple[str, ...]
    sites: Mapping[str, Sequence[Node]]

    def called_at(self, keys: frozenset[str] | None) -> Iterator[str]:
        """Names of the functions that nodes of these keys call; all of them for ``None``."""
        for name, nodes in self.sites.items():
            if keys is None or any(node.key in keys for node in nodes):
                yield name


@dataclass(frozen=True, slots=True)
class CallSite:
    """One call: the body it stands in, and the node that makes it."""

    body: Graph
    node: Node


def called_by(node: Node, functions: Container[str]) -> Iterator[str]:
    """Names of the functions of the library that a node calls."""
    if node.op in functions:
        yield node.op
    yield from (name for name in _referred(node) if name in functions)


def callees_of(graph: Graph, live: Container[str], functions: Container[str]) -> Callees:
    """What the nodes of a body call; ``live`` are the keys of those that the outputs need."""
    needed: dict[str, None] = {}
    sites: dict[str, list[Node]] = {}
    for node in graph:
        for name in dict.fromkeys(called_by(node, functions)) if not node.virtual else ():
            sites.setdefault(name, []).append(node)
            if node.key in live:
                needed[name] = None
    return Callees(tuple(needed), sites)


def arguments_of(
    function: Graph, sites: Iterable[CallSite], inference: Callable[[Graph], Inference]
) -> dict[str, tuple[str | None, Dims]]:
    """Dtype and shape of each argument, as far as all call sites agree.

    Args:
        function: a body of the function library.
        sites: the calls of that function.
        inference: inference of a body.

    Returns:
        By argument name; what a loop hands over holds in every round.
    """
    arguments = [node.name for node in function if node.virtual]
    result: dict[str, tuple[str | None, Dims]] = {}
    for index, site in enumerate(sites):
        passed = inference(site.body).call_arguments(site.node)
        for name, seen in zip(arguments, passed, strict=False):
            result[name] = seen if index == 0 else _agreed(result.get(name), seen)
    return result


def _referred(node: Node) -> Iterator[str]:
    for value in node.attrs.values():
        for entry in value if isinstance(value, tuple) else (value,):
            if isinstance(entry, FuncRef):
                yield entry.name


def _agreed(
    known: tuple[str | None, Dims] | None, seen: tuple[str | None, Dims]
) -> tuple[str | None, Dims]:
    if known is None:
        return (None, None)
    dtype = known[0] if known[0] == seen[0] else None
    if known[1] is None or seen[1] is None or len(known[1]) != len(seen[1]):
        return (dtype, None)
    dims = tuple(a if a == b else None for a, b in zip(known[1], seen[1], strict=True))
    return (dtype, dims)
