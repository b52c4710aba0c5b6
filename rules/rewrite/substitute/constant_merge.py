"""Merge of branches of which a constant predicate leaves one."""

from __future__ import annotations

from linter.graph.op_families import MERGES, NEXT_ITERATIONS, SWITCHES
from linter.judge.scope import constant_predicate
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
    return [slot for slot, value in enumerate(m.root.node.inputs) if not _is_dead(m, value)]


def _is_dead(m: Match, value: Value) -> bool:
    """Whether the value comes from the branch that a constant predicate does not take."""
    graph, stops = m.context.graph, frozenset(m.context.input_shapes)
    pending, seen = [value], {value}
    while pending:
        current = pending.pop()
        node = graph.get(current.node)
        if node is None:
            continue
        if node.op in SWITCHES and len(node.inputs) == 2 and current.port >= 0:
            taken = constant_predicate(graph, node.inputs[1], stops)
            if taken is not None and current.port != int(taken):
                return True
        if node.op in MERGES:
            if node.key != m.root.value.node and all(_is_dead(m, entry) for entry in node.inputs):
                return True
            continue
        for source in (*node.inputs, *(Value(key, -1) for key in node.controls)):
            if source not in seen:
                seen.add(source)
                pending.append(source)
    return False
