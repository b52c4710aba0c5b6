"""Merge of branches of which a constant predicate leaves one."""

from __future__ import annotations

from collections.abc import Mapping

from linter.graph.op_families import MERGES, NEXT_ITERATIONS
from linter.judge.scope import dead_values
from linter.rules import (
    BoundValue,
    GraphEditor,
    Match,
    Refusal,
    RewriteRule,
    Rewritten,
    Safety,
    Untouched,
    Value,
    op,
)

__all__ = ["ConstantMerge"]

BEFORE = """
x = Placeholder : float32[2]
p = Const : bool[] = {value}
s = Switch(x, p)
f = Neg(s)
t = Exp(s:1)
m = Merge(f, t)
y = Relu(m)
"""

AFTER = """
x = Placeholder : float32[2]
p = Const : bool[] = false
s = Switch(x, p)
f = Neg(s)
y = Relu(f)
"""

FED = BEFORE.replace("Const : bool[] = {value}", "Placeholder : bool[]")


class ConstantMerge(RewriteRule):
    """Replace Merge by its only live input when constant predicates kill the others.

    Exact: a dead input never arrives; Merge passes the live one on with its index.
    Shapes: T[...] in and out; the index is int32[].
    Source: TensorFlow op docs of Switch and Merge.
    """

    id, name, safety = "RWS001", "constant-merge", Safety.EXACT
    early = True
    pattern = op(MERGES)
    examples = (
        Rewritten(BEFORE.format(value="false"), after=AFTER, lacking=("Merge",)),
        Untouched(FED, lacking=("Merge",), reason="2 live inputs", label="predicate is an input"),
    )

    def guard(self, m: Match) -> Refusal | None:
        """Exactly one input may be live; the head of a loop is no join of branches."""
        inputs = (entry for entry in m.root.inputs if entry.value.node in m.context.graph)
        if any(entry.node.op in NEXT_ITERATIONS for entry in inputs):
            return m.refuse("")
        live = _live_inputs(m)
        if len(live) != 1:
            return m.refuse(f"it has {len(live)} live inputs")
        return None

    def build(self, m: Match, edit: GraphEditor) -> tuple[BoundValue | Value, ...]:
        """The live input and its index."""
        index = _live_inputs(m)[0]
        return m.root.inputs[index], edit.const(index, "int32", name="index")


def _live_inputs(m: Match) -> list[int]:
    dead = _dead(m)
    return [slot for slot, value in enumerate(m.root.node.inputs) if value not in dead]


def _dead(m: Match) -> Mapping[Value, bool]:
    """The values of branches that constant predicates do not take, found once a pass."""
    known = m.context.memo.setdefault("dead", {})
    if not known:
        known[Value("")] = True  # they have been looked for
        dead, _ = dead_values(m.context.graph, frozenset(m.context.input_shapes))
        known.update(dict.fromkeys(dead, True))
    return known
