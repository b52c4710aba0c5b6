"""Nodes that the outputs do not need."""

from __future__ import annotations

from collections.abc import Iterator

from linter.graph.op_families import TABLE_INITIALIZERS
from linter.graph.queries import reachable
from linter.rules import DeletionRule, Graph, Judge, Rewritten, Safety, Sweep, Untouched, Value

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
    Notes: without given outputs every leaf is an output, so nothing is dead. What fills a lookup
        table that is needed is needed too, although nothing reads it. An input that nothing at all
        reads stays, as one does that a rewrite has left so.
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
        Untouched(TABLE, outputs=("y",), label="what fills a table stays"),
    )

    def sweeps(self, graph: Graph, judge: Judge) -> Iterator[Sweep]:
        """All dead nodes at once, recorded under the last of them."""
        if judge.outputs_guessed:
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
