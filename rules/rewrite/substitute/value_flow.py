"""Control flow and identities that say they pass a handle on, and pass a value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.graph.op_families import CONTROL_FLOW
from linter.rules import (
    DType,
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
from rules.rewrite.support.passed_values import passed_dtype

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["ValueFlow"]

BEFORE = """
w = Const : float32[2] = 0.5
p = Placeholder : bool[]
s = Switch(w, p) {T=resource}
a = Identity(s) {T=float32}
b = Identity(s:1) {T=float32}
y = Merge(a, b)
"""

AFTER = BEFORE.replace("T=resource", "T=float32")

LOOP = """
w = Const : float32[2] = 0.5
c = Const : bool[] = false
e = Enter(w) {T=resource, frame_name="f", is_constant=false, parallel_iterations=10}
ce = Enter(c) {frame_name="f", is_constant=true, parallel_iterations=10}
m = Merge(e, n) {T=resource}
t = LoopCond(ce)
s = Switch(m, t) {T=resource}
n = NextIteration(s:1) {T=resource}
x = Exit(s) {T=resource}
y = Neg(x) {T=float32}
"""

LOOP_AFTER = """
w = Const : float32[2] = 0.5
c = Const : bool[] = false
e = Enter(w) {frame_name="f", is_constant=false, parallel_iterations=10}
ce = Enter(c) {frame_name="f", is_constant=true, parallel_iterations=10}
t = LoopCond(ce)
s = Switch(m, t)
n = NextIteration(s:1)
m = Merge(e, n)
x = Exit(s)
y = Neg(x)
"""

HANDLE = """
v = VarHandleOp {container="", dtype=float32, shape=shape(2), shared_name="v"}
p = Placeholder : bool[]
s = Switch(v, p)
y = ReadVariableOp(s) {dtype=float32}
"""


class ValueFlow(RewriteRule):
    """Replace a node that declares a resource, but passes a value on, by one that says so.

    Freezing makes constants of variables and leaves T of the nodes behind them at resource.
    TensorFlow does not import such a graph, so that no target needs to ask for the change.

    Exact: the node passes on what it reads, whatever it is called.
    Shapes: T[...] in and out.
    Source: TensorFlow op docs of the ops; public rewrite recipes set T of the Switch nodes of a
        frozen batch normalization to float.
    """

    id, name, safety = "RWS210", "value-flow", Safety.EXACT
    always = True
    early = True
    retypes = True
    pattern = op((*sorted(CONTROL_FLOW), "Identity"), T=DType("resource"))
    examples = (
        Rewritten(BEFORE, after=AFTER, label="switch"),
        Rewritten(LOOP, after=LOOP_AFTER, label="loop"),
        Untouched(HANDLE, label="a handle"),
    )

    def guard(self, m: Match) -> Refusal | None:
        """What comes along is of one dtype, and no handle."""
        return m.refuse("") if passed_dtype(m.context, m.root.value) is None else None

    def build(self, m: Match, edit: GraphEditor) -> Sequence[Value]:
        """The same node with the dtype of what it passes on."""
        node, dtype = m.root.node, DType(str(passed_dtype(m.context, m.root.value)))
        made = m.context.bind(edit.add(node.op, node.inputs, {**node.attrs, "T": dtype}))
        count = max(m.used_outputs(), default=0) + 1
        return [made.output(port).value for port in range(count)]
