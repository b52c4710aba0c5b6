"""What lies behind nodes that call functions, as the rewriting engine weighs it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from linter.judge.calls import called_by
from linter.results.judgement import Judgement

if TYPE_CHECKING:
    from linter.graph import Graph, Node
    from linter.judge import Judge

__all__ = ["answers_behind", "callers_of_unsupported", "each_body"]


def each_body(judge: Judge) -> Iterator[Graph]:
    """The main graph, then every function that is called by the time its turn comes."""
    yield judge.model.main
    for body in judge.called_functions():
        if any(body is called for called in judge.called_functions()):
            yield body


def answers_behind(judge: Judge, nodes: Iterable[Node]) -> Iterator[Judgement]:
    """The answers for what is not supported in the functions behind some nodes, each body once."""
    functions = judge.model.functions
    found = dict.fromkeys(name for node in nodes for name in called_by(node, functions))
    pending = list(found)
    while pending:
        new = [n for n in judge.callees(functions[pending.pop()]).sites if n not in found]
        found.update(dict.fromkeys(new))
        pending += new
    for name in found:
        yield from (judgement for _, judgement in judge.not_supported(functions[name]))


def callers_of_unsupported(judge: Judge, graph: Graph) -> frozenset[str]:
    """Keys of the live nodes of a body that call, directly or not, an unsupported node."""
    bad = _with_callers(
        judge, [str(body.function) for body in judge.called_functions() if any(judge.refused(body))]
    )
    if bad.isdisjoint(judge.callees(graph).live):
        return frozenset()
    live = judge.reachable(graph)
    functions = judge.model.functions
    return frozenset(
        node.key
        for node in graph
        if node.key in live and not bad.isdisjoint(called_by(node, functions))
    )


def _with_callers(judge: Judge, names: Iterable[str]) -> set[str]:
    """Functions and all that call them, directly or not."""
    found = set(names)
    callers: dict[str, list[str]] = {}
    for name, body in judge.model.functions.items() if found else ():
        for called in judge.callees(body).sites:
            callers.setdefault(called, []).append(name)
    pending = list(found)
    while pending:
        new = [name for name in callers.get(pending.pop(), ()) if name not in found]
        found.update(new)
        pending += new
    return found
