"""Assignments to what freezing has made a constant."""

from __future__ import annotations

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
    const,
    op,
)

__all__ = ["SettledAssignment"]

BEFORE = """
mean = Const : float32[2] = 0.5
d = Placeholder : float32[2]
a = AssignSub(mean, d)
y = Neg(a)
"""
AFTER = """
mean = Const : float32[2] = 0.5
d = Placeholder : float32[2]
a = Sub(mean, d)
y = Neg(a)
"""

WHOLE = BEFORE.replace("AssignSub", "Assign")
WHOLE_AFTER = """
d = Placeholder : float32[2]
y = Neg(d)
"""

CHECKED = """
mean = Const : float32[2] = 0.5
x = Placeholder : float32[2]
i = IsVariableInitialized(mean) {dtype=float32}
y = Select(i, x, mean)
"""
CHECKED_AFTER = """
mean = Const : float32[2] = 0.5
x = Placeholder : float32[2]
i = Const : bool[] = true
y = Select(i, x, mean)
"""

LACKING = ("Assign", "AssignAdd", "AssignSub", "IsVariableInitialized")
_PLAIN = {"AssignAdd": "Add", "AssignSub": "Sub"}


class SettledAssignment(RewriteRule):
    """Replace an assignment to a constant by the value that it would give.

    Manual: what a variable held later is lost when it is frozen; only the value that the node gives
        now is kept.
    Shapes: T[...] in and out.
    Source: public rewrite recipes retype AssignSub to Sub, AssignAdd to Add and Assign to Identity
        of its second input in frozen graphs.
    """

    id, name, safety = "RWS204", "settled-assignment", Safety.MANUAL
    pattern = op(("Assign", "AssignAdd", "AssignSub", "IsVariableInitialized"), const("ref"), ...)
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=LACKING, unsafe=True, label="difference"),
        Rewritten(WHOLE, after=WHOLE_AFTER, lacking=LACKING, unsafe=True, label="the value"),
        Rewritten(CHECKED, after=CHECKED_AFTER, lacking=LACKING, unsafe=True, label="a check"),
        Untouched(BEFORE, unsafe=True, label="the target takes it"),
        Untouched(BEFORE, lacking=LACKING, reason="manual", label="not without consent"),
        Untouched(
            BEFORE.replace(
                "Const : float32[2] = 0.5", "VariableV2 {dtype=float32, shape=shape(2)}"
            ),
            lacking=LACKING,
            unsafe=True,
            label="a variable",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """As many inputs as the op has."""
        wanted = 1 if m.root.node.op == "IsVariableInitialized" else 2
        if len(m.root.inputs) != wanted:
            return m.refuse(f"it has {len(m.root.inputs)} inputs, not {wanted}")
        return None

    def build(self, m: Match, edit: GraphEditor) -> Value | BoundValue:
        """The sum, the difference, the value, or true."""
        if m.root.node.op == "IsVariableInitialized":
            return edit.const(value=True, dtype="bool", name="initialized")
        if m.root.node.op == "Assign":
            return m.root.inputs[1]
        return edit.add(_PLAIN[m.root.node.op], m.root.inputs)
