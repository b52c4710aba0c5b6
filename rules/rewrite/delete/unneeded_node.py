"""Nodes that the outputs do not need."""

from __future__ import annotations

from collections.abc import Iterator

from linter.graph.op_families import TABLE_INITIALIZERS
from linter.graph.queries import reachable
from linter.judge.atc.demands import is_miscounted, parser_demand
from linter.rules import (
    DeletionRule,
    Graph,
    Judge,
    Node,
    Rewritten,
    Safety,
    Sweep,
    Untouched,
    Value,
)

__all__ = ["UnneededNode"]

BEFORE = """
x = Placeholder : float32[2]
y = Relu(x)
n = Neg(x)
z = Exp(n)
"""

AFTER = """
x = Placeholder : float32[2]
y = Relu(x)
"""


TABLE = """
words = Placeholder : string[3]
table = HashTableV2() {key_dtype=string, value_dtype=int64}
keys = Const : string[2] = ["a", "b"]
ids = Const : int64[2] = [0, 1]
none = Const : int64[] = 2
fill = InitializeTableV2(table, keys, ids)
y = LookupTableFindV2(table, words, none)
"""


class UnneededNode(DeletionRule):
    """Remove the nodes that no output needs, when the outputs are given.

    Exact: nothing that remains reads them.
    Shapes: no value of an output changes.
    Source: TensorFlow graph execution runs only what the fetches need.
    Notes: without given outputs every leaf is an output, so nothing is dead but what the tool
        removes by itself; of that only those nodes go that its parser would stop at, with all
        that reads them and all that only they read. What fills a lookup table that is needed is
        needed too, although nothing reads it. An input that nothing at all reads stays, as one
        does that a rewrite has left so.
    """

    id, name, safety = "RWD001", "unneeded-node", Safety.EXACT
    early = True
    examples = (
        Rewritten(BEFORE, after=AFTER, outputs=("y",)),
        Untouched(BEFORE, label="outputs are not given"),
        Untouched(
            "x = Placeholder : float32[2]\na = Neg(x)\ny = Relu(x, ^a)",
            outputs=("y",),
            label="a control input needs it",
        ),
        Untouched(
            "x = Placeholder : float32[2]\nz = Placeholder : float32[2]\ny = Relu(x)",
            outputs=("y",),
            label="an input that nothing reads",
        ),
        Rewritten(
            "x = Placeholder : float32[2]\ny = Relu(x)\nu = Digamma(x)\nn = NoOp(^u)",
            after=AFTER,
            lacking=("Digamma",),
            label="the parser stops at what only a NoOp waits for",
        ),
        Rewritten(
            "x = Placeholder : float32[2]\nu = Timestamp\ny = Relu(x)",
            after=AFTER,
            lacking=("Timestamp",),
            label="the parser stops at what stands alone",
        ),
        Untouched(TABLE, outputs=("y",), label="what fills a table stays"),
    )

    def sweeps(self, graph: Graph, judge: Judge) -> Iterator[Sweep]:
        """All dead nodes at once, recorded under the last of them."""
        if judge.outputs_guessed:
            gone = _refused(graph, judge)
            if gone:
                yield Sweep(max(gone, key=lambda key: graph.nodes[key].position), gone)
            return
        live = _needed(graph, judge)
        dead = [key for key in graph.nodes if key not in live and not _is_left(graph, key)]
        if dead:
            yield Sweep(dead[-1], frozenset(dead))


def _is_left(graph: Graph, key: str) -> bool:
    """Whether it is an input that nothing reads: what a rewrite has left unread stays an input."""
    return graph.nodes[key].op == "Placeholder" and not graph.uses(key)


def _needed(graph: Graph, judge: Judge) -> set[str]:
    """What TensorFlow would run; wider than what the tool looks at, so that nothing dangles."""
    needed = reachable(graph, judge.outputs)
    fillers = [
        Value(node.key)
        for node in graph
        if node.op in TABLE_INITIALIZERS and node.inputs and node.inputs[0].node in needed
    ]
    return needed | reachable(graph, fillers)


def _refused(graph: Graph, judge: Judge) -> frozenset[str]:
    """What the parser stops at although the leaves do not need it, and what hangs on that alone."""
    live = judge.reachable(graph)
    unneeded = judge.parsed(graph) - live
    gone: set[str] = set()
    for key in unneeded:
        node = graph.nodes[key]
        if _stops_at(graph, node, judge):
            readers = _readers(graph, key)
            if readers <= unneeded:
                gone |= readers
    pending = list(gone)
    while pending:
        for key in graph.producers(graph.nodes[pending.pop()]):
            idle = key in unneeded and graph.nodes[key].op != "Placeholder"
            if key not in gone and idle and all(use.node in gone for use in graph.uses(key)):
                gone.add(key)
                pending.append(key)
    return frozenset(gone)


def _stops_at(graph: Graph, node: Node, judge: Judge) -> bool:
    if node.name in judge.options.input_shapes or node.op == "Placeholder":
        return False
    asks = judge.database.target.tool == "atc"
    return judge.unparsed(graph, node) or (
        asks and (parser_demand(node) is not None or is_miscounted(node, judge.ops.get(node.op)))
    )


def _readers(graph: Graph, key: str) -> set[str]:
    """The node and all that comes after it."""
    found, pending = {key}, [key]
    while pending:
        for use in graph.uses(pending.pop()):
            if use.node not in found:
                found.add(use.node)
                pending.append(use.node)
    return found
