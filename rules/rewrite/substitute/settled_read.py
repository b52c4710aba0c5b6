"""Reads of a variable that freezing has made a constant."""

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

__all__ = ["SettledRead"]

BEFORE = """
w = Const : float32[2] = 0.5
r = ReadVariableOp(w) {dtype=float32}
y = Neg(r)
"""

AFTER = """
w = Const : float32[2] = 0.5
y = Neg(w)
"""

ROWS = """
w = Const : float32[4,2] = 0.5
i = Placeholder : int32[3]
r = ResourceGather(w, i) {dtype=float32}
y = Neg(r)
"""

ROWS_AFTER = """
w = Const : float32[4,2] = 0.5
i = Placeholder : int32[3]
r/axis = Const : int32[] = 0
r = GatherV2(w, i, r/axis) {batch_dims=0}
y = Neg(r)
"""

HANDLE = """
v = VarHandleOp {container="", dtype=float32, shape=shape(2), shared_name="v"}
r = ReadVariableOp(v) {dtype=float32}
y = Neg(r)
"""


class SettledRead(RewriteRule):
    """Replace a read of a variable by the value, where a value is what it reads.

    TensorFlow does not import a graph in which a handle is read of what is none, so that no
    target needs to ask for the change.

    Exact: what a read gives is what the variable holds, and that is the value.
    Shapes: T[...] in and out; rows of T[n, ...] are gathered along the first axis.
    Source: TensorFlow op docs of ReadVariableOp and ResourceGather; its freezing puts Identity and
        GatherV2 in their places.
    """

    id, name, safety = "RWS211", "settled-read", Safety.EXACT
    always = True
    early = True
    pattern = op(("ReadVariableOp", "ResourceGather"), var("x"), ...)
    examples = (
        Rewritten(BEFORE, after=AFTER, label="the whole"),
        Rewritten(ROWS, after=ROWS_AFTER, label="rows"),
        Untouched(HANDLE, label="a handle"),
        Untouched(
            ROWS.replace("dtype=float32}", "dtype=float32, batch_dims=1}"),
            reason="batch_dims",
            label="rows of a batch",
        ),
        Untouched(
            BEFORE.replace("dtype=float32", "dtype=int32"),
            reason="reads a float32 as int32",
            label="another dtype",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """A value of the dtype that the read gives."""
        found, wanted = m["x"].dtype, m.root.dtype
        if is_handle(found):
            return m.refuse("")
        if found != wanted:
            return m.refuse(f"it reads a {found} as {wanted}")
        if batch_dims := m.root.node.attrs.get("batch_dims"):
            return m.refuse(f"batch_dims is {batch_dims}")
        return None

    def build(self, m: Match, edit: GraphEditor) -> Value | BoundValue:
        """The value, or the rows of it."""
        if m.root.node.op == "ReadVariableOp":
            return m["x"]
        axis = edit.const(0, "int32", name="axis")
        return edit.add("GatherV2", [*m.root.inputs, axis], {"batch_dims": 0})
