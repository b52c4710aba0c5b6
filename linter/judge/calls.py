"""What the call sites of a function say about its arguments."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from linter.graph import FuncRef, Graph, Node, Value
from linter.shapes.inference import Dims, Inference

__all__ = ["CallSite", "arguments_of", "call_sites"]

_FIRST_ARGUMENT = {"If": 1, "StatelessIf": 1, "Case": 1, "StatelessCase": 1}
_LOOPS = frozenset({"While", "StatelessWhile"})


@dataclass(frozen=True, slots=True)
class CallSite:
    """One call: the body it stands in, what it passes, and whether shapes stay as passed."""

    body: Graph
    values: tuple[Value, ...]
    fixed: bool


def call_sites(bodies: Iterable[Graph]) -> dict[str, list[CallSite]]:
    """Every call of every function, by function name."""
    found: dict[str, list[CallSite]] = {}
    for body in bodies:
        for node in body:
            if node.virtual:
                continue
            found.setdefault(node.op, []).append(CallSite(body, node.inputs, fixed=True))
            for name in _referred(node):
                first = _FIRST_ARGUMENT.get(node.op, 0)
                site = CallSite(body, node.inputs[first:], fixed=node.op not in _LOOPS)
                found.setdefault(name, []).append(site)
    return found


def arguments_of(
    function: Graph, sites: Iterable[CallSite], inference: Callable[[Graph], Inference]
) -> dict[str, tuple[str | None, Dims]]:
    """Dtype and shape of each argument, as far as all call sites agree.

    Args:
        function: a body of the function library.
        sites: the calls of that function.
        inference: inference of a body.

    Returns:
        By argument name; a loop's body gives dtypes only, because shapes may change as it runs.
    """
    arguments = [node.name for node in function if node.virtual]
    found: dict[str, tuple[str | None, Dims]] = {}
    for index, site in enumerate(sites):
        facts = inference(site.body)
        for name, value in zip(arguments, site.values, strict=False):
            seen = (facts.dtype(value), facts.shape(value) if site.fixed else None)
            found[name] = seen if index == 0 else _agreed(found.get(name), seen)
    return found


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
