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
    op,
    var,
)
from rules.rewrite.support.passed_values import is_handle

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

HANDLE = CHECKED.replace("IsVariableInitialized(mean) {dtype=float32}", "VarIsInitializedOp(mean)")
_PLAIN = {"AssignAdd": "Add", "AssignSub": "Sub"}
_CHECKS = ("IsVariableInitialized", "VarIsInitializedOp")


class SettledAssignment(RewriteRule):
    """Replace an assignment to what is no variable by the value that it would give.

    Freezing makes constants of variables and leaves what was assigned to them. TensorFlow does not
    import a graph that assigns to a constant, so that no target needs to ask for the change.

    Exact: the value that the node gives; a constant holds the same on every run, and no graph that
        TensorFlow could run had it otherwise.
    Shapes: T[...] in and out.
    Source: public rewrite recipes retype AssignSub to Sub, AssignAdd to Add and Assign to Identity
        of its second input in frozen graphs.
    """

    id, name, safety = "RWS204", "settled-assignment", Safety.EXACT
    always = True
    early = True
    pattern = op((*_PLAIN, "Assign", *_CHECKS), var("ref"), ...)
    examples = (
        Rewritten(BEFORE, after=AFTER, label="difference"),
        Rewritten(WHOLE, after=WHOLE_AFTER, label="the value"),
        Rewritten(CHECKED, after=CHECKED_AFTER, label="a check"),
        Rewritten(HANDLE, after=CHECKED_AFTER, label="a check of a handle"),
        Untouched(
            BEFORE.replace(
                "Const : float32[2] = 0.5", "VariableV2 {dtype=float32, shape=shape(2)}"
            ),
            label="a variable",
        ),
        Untouched(
            BEFORE.replace("mean, d", "mean"), reason="1 inputs", label="a value that is missing"
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """No reference and no handle, and as many inputs as the op has."""
        if is_handle(m["ref"].dtype):
            return m.refuse("")
        wanted = 1 if m.root.node.op in _CHECKS else 2
        if len(m.root.inputs) != wanted:
            return m.refuse(f"it has {len(m.root.inputs)} inputs, not {wanted}")
        return None

    def build(self, m: Match, edit: GraphEditor) -> Value | BoundValue:
        """The sum, the difference, the value, or true."""
        if m.root.node.op in _CHECKS:
            return edit.const(value=True, dtype="bool", name="initialized")
        if m.root.node.op == "Assign":
            return m.root.inputs[1]
        return edit.add(_PLAIN[m.root.node.op], m.root.inputs)
