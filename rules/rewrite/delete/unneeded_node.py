"""Nodes that the outputs do not need."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from linter.examples import Rewritten, Untouched
from linter.finding import Safety
from linter.rule import DeletionRule, Sweep

if TYPE_CHECKING:
    from linter.graph import Graph
    from linter.judge import Judge

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


class UnneededNode(DeletionRule):
    """Remove the nodes that no output needs, when the outputs are given.

    Exact: nothing that remains reads them.
    Shapes: no value of an output changes.
    Source: TensorFlow graph execution runs only what the fetches need.
    Notes: without given outputs every leaf is an output, so nothing is dead.
    """

    id, name, safety = "RWD001", "unneeded-node", Safety.EXACT
    examples = (
        Rewritten(BEFORE, after=AFTER, outputs=("y",)),
        Untouched(BEFORE, label="outputs are not given"),
        Untouched(
            "x = Placeholder : float32[2]\na = Neg(x)\ny = Relu(x, ^a)",
            outputs=("y",),
            label="a control input needs it",
        ),
    )

    def sweeps(self, graph: Graph, judge: Judge) -> Iterator[Sweep]:
        """All dead nodes at once, recorded under the last of them."""
        if judge.outputs_guessed:
            return
        live = _needed(graph, judge)
        dead = [key for key in graph.nodes if key not in live]
        if dead:
            yield Sweep(dead[-1], frozenset(dead))


def _needed(graph: Graph, judge: Judge) -> set[str]:
    """What TensorFlow would run; wider than what the tool looks at, so that nothing dangles."""
    pending = [value.node for value in judge.outputs if value.node in graph]
    needed = set(pending)
    while pending:
        for key in graph.producers(graph.nodes[pending.pop()]):
            if key not in needed:
                needed.add(key)
                pending.append(key)
    return needed
