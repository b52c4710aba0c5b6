"""What lies behind nodes that call functions, as the rewriting engine weighs it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from linter.judge.base import called_by
from linter.results.judgement import Judgement, Status

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
    """The answers for all that the functions behind some nodes compute, each body once."""
    for name in _called(judge, nodes):
        body = judge.model.functions[name]
        live = judge.reachable(body)
        yield from (judge.node(body, node) for node in body if node.key in live)


def callers_of_unsupported(judge: Judge, graph: Graph) -> frozenset[str]:
    """Keys of the live nodes of a body that call, directly or not, an unsupported node."""
    bad = {
        body.function
        for body, _, judgement in judge.judgements()
        if body.function is not None and judgement.status is Status.UNSUPPORTED
    }
    if not bad:
        return frozenset()
    live = judge.reachable(graph)
    return frozenset(
        node.key
        for node in graph
        if node.key in live and not bad.isdisjoint(_called(judge, [node]))
    )


def _called(judge: Judge, nodes: Iterable[Node]) -> tuple[str, ...]:
    """Names of the functions behind the nodes, in the order in which they are met."""
    functions = judge.model.functions
    result: dict[str, None] = {}
    pending = list(nodes)
    while pending:
        for name in called_by(pending.pop(), functions):
            if name not in result:
                result[name] = None
                pending.extend(functions[name])
    return tuple(result)
