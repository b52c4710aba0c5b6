"""Functions that call themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from linter.rules import Clean, Finding, Flagged, FuncRef, Graph, LintContext, LintRule, Severity

__all__ = ["RecursiveFunction"]

_CALL = """
def f(a: float32[2]) -> (out: y:0):
    y = BODY

x = Placeholder : float32[2]
c = PartitionedCall(x) {Tin=[float32], Tout=[float32], f=@f}
"""


class RecursiveFunction(LintRule):
    """Flag a function that calls itself, directly or through others.

    Why: every call gets a copy of the function's body, which never ends here.
    Remedy: a loop in place of the recursion.
    Source: hicann/ge, parser/parser/tensorflow (a subgraph per call site).
    """

    id, name, severity = "CTL004", "recursive-function", Severity.ERROR
    messages = {"recursion": "function {called!r} calls itself through {members}"}
    remedies = {"recursion": "write the recursion as a loop"}
    examples = (
        Clean(_CALL.replace("BODY", "Relu(a)")),
        Flagged(
            _CALL.replace("BODY", "PartitionedCall(a) {Tin=[float32], Tout=[float32], f=@f}"),
            at=("",),
        ),
    )

    def check_model(self, ctx: LintContext) -> Iterator[Finding]:
        """Walk the calls between functions from each function once."""
        calls = {graph.function or "": _calls(graph, ctx) for graph in ctx.bodies[1:]}
        reported: set[str] = set()
        for start in calls:
            circle = [] if start in reported else _circle(start, calls)
            if circle:
                reported.update(circle)
                yield self.finding(None, "recursion", called=start, members=self.listed(circle))


def _calls(graph: Graph, ctx: LintContext) -> list[str]:
    functions = ctx.model.functions
    result: dict[str, None] = {}
    for node in graph:
        if node.op in functions:
            result[node.op] = None
        for value in node.attrs.values():
            result.update((name, None) for name in _named(value) if name in functions)
    return list(result)


def _named(value: Any) -> Iterator[str]:
    for entry in value if isinstance(value, tuple) else (value,):
        if isinstance(entry, FuncRef):
            yield entry.name


def _circle(start: str, calls: dict[str, list[str]]) -> list[str]:
    """The functions on a way from ``start`` back to it, empty when there is none."""
    came_from: dict[str, str] = {}
    pending = [start]
    while pending:
        here = pending.pop()
        for callee in calls.get(here, ()):
            if callee == start:
                way = [here]
                while way[-1] != start:
                    way.append(came_from[way[-1]])
                return way[::-1]
            if callee not in came_from:
                came_from[callee] = here
                pending.append(callee)
    return []
