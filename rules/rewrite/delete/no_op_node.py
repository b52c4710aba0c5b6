"""NoOp that nothing waits for, or that waits for nothing."""

from __future__ import annotations

from collections.abc import Iterator

from linter.rules import DeletionRule, Graph, Judge, Rewritten, Safety, Sweep, Untouched

__all__ = ["NoOpNode"]

LEAF = """
x = Placeholder : float32[2]
y = Relu(x)
n = NoOp(^y)
"""

LEAF_AFTER = """
x = Placeholder : float32[2]
y = Relu(x)
"""

IDLE = """
x = Placeholder : float32[2]
n = NoOp
y = Relu(x, ^n)
"""

ORDERED = """
x = Placeholder : float32[2]
a = Neg(x)
n = NoOp(^a)
y = Relu(x, ^n)
"""


class NoOpNode(DeletionRule):
    """Remove a NoOp that no node waits for or that waits for no node.

    Exact: NoOp computes nothing and such a one orders nothing.
    Shapes: NoOp has no outputs.
    Source: TensorFlow op docs of NoOp; freezing leaves it where initializers were grouped.
    """

    id, name, safety = "RWD003", "no-op-node", Safety.EXACT
    early = True
    examples = (
        Rewritten(LEAF, after=LEAF_AFTER, label="leaf"),
        Rewritten(IDLE, after=LEAF_AFTER, label="waits for nothing"),
        Untouched(ORDERED, label="orders two nodes"),
    )

    def sweeps(self, graph: Graph, judge: Judge) -> Iterator[Sweep]:
        """Each such NoOp by itself."""
        for node in graph:
            if node.op == "NoOp" and not (node.controls and graph.uses(node.key)):
                yield Sweep(node.key, frozenset((node.key,)))
