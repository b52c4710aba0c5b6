"""PrintV2, which has no output."""

from __future__ import annotations

from collections.abc import Iterator

from linter.rules import DeletionRule, Graph, Judge, Rewritten, Safety, Sweep, Untouched

__all__ = ["PrintLeaf"]

BEFORE = """
x = Placeholder : float32[2]
s = Const : string[] = "shape"
p = PrintV2(s)
y = Relu(x, ^p)
"""

AFTER = """
x = Placeholder : float32[2]
y = Relu(x)
"""


class PrintLeaf(DeletionRule):
    """Remove PrintV2 with the nodes that only it reads.

    Exact: PrintV2 has no outputs; readers have it as a control input only.
    Shapes: no value changes.
    Source: TensorFlow op docs of PrintV2.
    """

    id, name, safety = "RWD005", "print-leaf", Safety.EXACT
    early = True
    examples = (
        Rewritten(BEFORE, after=AFTER),
        Untouched("x = Placeholder : float32[2]\ny = Relu(x)", label="no PrintV2"),
    )

    def sweeps(self, graph: Graph, judge: Judge) -> Iterator[Sweep]:
        """Each PrintV2 by itself."""
        for node in graph:
            if node.op == "PrintV2":
                yield Sweep(node.key, frozenset((node.key,)))
