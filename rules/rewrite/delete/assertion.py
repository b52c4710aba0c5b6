"""Assert, with what only it needs."""

from __future__ import annotations

from collections.abc import Iterator

from linter.rules import DeletionRule, Graph, Judge, Rewritten, Safety, Sweep, Untouched

__all__ = ["Assertion"]

BEFORE = """
x = Placeholder : float32[2]
c = Const : bool[] = true
d = Const : float32[] = 1.0
a = Assert(c, d) {T=[float32], summarize=3}
y = Relu(x, ^a)
"""

AFTER = """
x = Placeholder : float32[2]
y = Relu(x)
"""

SHARED = """
p = Placeholder : bool[]
x = Placeholder : float32[2]
a = Assert(p, x) {T=[float32]}
y = Relu(x, ^a)
"""

SHARED_AFTER = """
p = Placeholder : bool[]
x = Placeholder : float32[2]
y = Relu(x)
"""


class Assertion(DeletionRule):
    """Remove Assert with the nodes that only it reads.

    Exact: an assertion that holds computes nothing; one that fails stops TensorFlow.
    Shapes: Assert has no outputs; readers have it as a control input only.
    Source: TensorFlow op docs of Assert; the graph preparation of hicann/ge removes it likewise.
    """

    id, name, safety = "RWD002", "assertion", Safety.EXACT
    early = True
    examples = (
        Rewritten(BEFORE, after=AFTER, label="what only it needs goes too"),
        Rewritten(SHARED, after=SHARED_AFTER, label="inputs of the model stay"),
        Untouched("x = Placeholder : float32[2]\ny = Relu(x)", label="no assertion"),
    )

    def sweeps(self, graph: Graph, judge: Judge) -> Iterator[Sweep]:
        """Each Assert by itself."""
        for node in graph:
            if node.op == "Assert":
                yield Sweep(node.key, frozenset((node.key,)))
