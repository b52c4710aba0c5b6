"""What the call sites of a function say about its arguments."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from linter.graph import FuncRef, Graph, Node
from linter.infer.inference import Dims, Inference

__all__ = ["CallSite", "arguments_of", "call_sites"]


@dataclass(frozen=True, slots=True)
class CallSite:
    """One call: the body it stands in, and the node that makes it."""

    body: Graph
    node: Node


def call_sites(bodies: Iterable[Graph]) -> dict[str, list[CallSite]]:
    """Every call of every function, by function name."""
    result: dict[str, list[CallSite]] = {}
    for body in bodies:
        for node in body:
            if not node.virtual:
                for name in dict.fromkeys((node.op, *_referred(node))):
                    result.setdefault(name, []).append(CallSite(body, node))
    return result


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
