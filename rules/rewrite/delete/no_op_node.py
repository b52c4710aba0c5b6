"""NoOp that nothing waits for, or that waits for nothing that has an effect."""

from __future__ import annotations

from collections.abc import Iterator

from linter.graph.branches import guarded_keys
from linter.rules import DeletionRule, Graph, Judge, Rewritten, Safety, Sweep, Untouched
from rules.rewrite.support.effects import is_pure

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

FROZEN = """
x = Placeholder : float32[2]
w = Const : float32[2] = 0.5
r = Identity(w)
m = NoOp(^r)
n = NoOp(^m)
s = Mul(x, r)
y = Identity(s, ^n)
"""

FROZEN_AFTER = """
x = Placeholder : float32[2]
w = Const : float32[2] = 0.5
r = Identity(w)
s = Mul(x, r)
y = Identity(s)
"""

ORDERED = """
x = Placeholder : float32[2]
a = Print(x, x)
n = NoOp(^a)
y = Relu(x, ^n)
"""

BRANCH = """
x = Placeholder : float32[2]
p = Placeholder : bool[]
s = Switch(p, p)
f = Identity(s)
n = NoOp(^f)
c = Switch(x, p)
y = Neg(c, ^n)
z = Merge(y, c:1)
"""


class NoOpNode(DeletionRule):
    """Remove a NoOp that no node waits for, or that waits for no node with an effect.

    Exact: NoOp computes nothing, and such a one orders nothing that could be seen. What runs in one
        branch of a condition or in a loop only is left: it says whether what waits runs at all.
    Shapes: NoOp has no outputs.
    Source: TensorFlow op docs of NoOp; freezing leaves it where initializers were grouped.
    """

    id, name, safety = "RWD003", "no-op-node", Safety.EXACT
    early = True
    examples = (
        Rewritten(LEAF, after=LEAF_AFTER, label="leaf"),
        Rewritten(IDLE, after=LEAF_AFTER, label="waits for nothing"),
        Rewritten(FROZEN, after=FROZEN_AFTER, label="waits for frozen variables"),
        Untouched(ORDERED, label="waits for an effect"),
        Untouched(BRANCH, label="waits for a branch"),
    )

    def sweeps(self, graph: Graph, judge: Judge) -> Iterator[Sweep]:
        """Each such NoOp by itself."""
        idle: dict[str, bool] = {}
        guarded: frozenset[str] | None = None
        for node in graph:
            if node.op != "NoOp":
                continue
            if node.controls and graph.uses(node.key):
                guarded = guarded_keys(graph) if guarded is None else guarded
                if not _is_idle(node.key, graph, judge, guarded, idle):
                    continue
            yield Sweep(node.key, frozenset((node.key,)))


def _is_idle(
    key: str, graph: Graph, judge: Judge, guarded: frozenset[str], idle: dict[str, bool]
) -> bool:
    """Whether a NoOp waits, itself or through other NoOps, for nothing that has an effect."""
    chain, waiting = [key], [key]
    seen = {key}
    while waiting:
        for awaited in graph.nodes[waiting.pop()].controls:
            node = graph.get(awaited)
            if node is None or awaited in guarded or idle.get(awaited) is False:
                idle[key] = False
                return False
            if node.op == "NoOp":
                if awaited not in seen and awaited not in idle:
                    seen.add(awaited)
                    chain.append(awaited)
                    waiting.append(awaited)
            elif not is_pure(judge.ops.get(node.op)):
                idle[key] = False
                return False
    idle.update(dict.fromkeys(chain, True))
    return True
