"""A node that others wait for and nobody reads."""

from __future__ import annotations

from collections.abc import Iterator

from linter.graph.branches import guarded_keys
from linter.rules import DeletionRule, Graph, Judge, Rewritten, Safety, Status, Sweep, Untouched
from rules.rewrite.support.effects import is_pure

__all__ = ["AwaitedNode"]

BEFORE = """
x = Placeholder : float32[2]
p = Placeholder : bool[]
s = Switch(p, p)
f = Identity(s)
t = Identity(s:1)
m = Merge(f, t)
y = Relu(x, ^m)
"""

AFTER = """
x = Placeholder : float32[2]
p = Placeholder : bool[]
y = Relu(x)
"""


class AwaitedNode(DeletionRule):
    """Remove a node without side effects that others wait for and nobody reads.

    Exact: waiting for it orders nothing that could be seen; what is left of a guarded Assert is
        such a Merge.
    Shapes: no value that is read changes.
    Source: TensorFlow control dependencies; stateful ops of the op definitions stay.
    """

    id, name, safety = "RWD011", "awaited-node", Safety.EXACT
    early = True
    always = False
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=("Merge", "Switch")),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            BEFORE.replace("Relu(x, ^m)", "Select(m, x, x)"), lacking=("Merge",), label="read"
        ),
    )

    def sweeps(self, graph: Graph, judge: Judge) -> Iterator[Sweep]:
        """Each such node that the target does not take."""
        fetched = {value.node for value in judge.outputs}
        awaited = {key for node in graph for key in node.controls} - fetched
        guarded: frozenset[str] | None = None
        for node in graph if awaited else ():
            if node.key not in awaited or any(use.slot >= 0 for use in graph.uses(node.key)):
                continue
            if not is_pure(judge.ops.get(node.op)):
                continue
            if judge.node(graph, node).status is not Status.UNSUPPORTED:
                continue
            guarded = guarded_keys(graph) if guarded is None else guarded
            if node.key not in guarded:
                yield Sweep(node.key, frozenset((node.key,)))
