"""Control flow and identities of references."""

from __future__ import annotations

from typing import TYPE_CHECKING

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


__all__ = ["PlainFlow"]

BEFORE = """
w = Const : float32[2] = 0.5
x = Placeholder : float32[2]
r = RefIdentity(w)
y = Mul(x, r)
"""
AFTER = """
w = Const : float32[2] = 0.5
x = Placeholder : float32[2]
r = Identity(w)
y = Mul(x, r)
"""

SWITCHED = """
w = Const : float32[2] = 0.5
p = Placeholder : bool[]
r = RefSwitch(w, p)
a = Neg(r)
b = Abs(r:1)
y = Merge(a, b)
"""
SWITCHED_AFTER = """
w = Const : float32[2] = 0.5
p = Placeholder : bool[]
r = Switch(w, p)
a = Neg(r)
b = Abs(r:1)
y = Merge(a, b)
"""

SIDE = SWITCHED.replace("a = Neg(r)\n", "").replace("Merge(a, b)", "Neg(b)")
SIDE_AFTER = """
w = Const : float32[2] = 0.5
p = Placeholder : bool[]
r = Switch(w, p)
b = Abs(r:1)
y = Neg(b)
"""

LOOP = """
w = Const : float32[2] = 0.5
c = Const : bool[] = false
e = RefEnter(w) {frame_name="f", is_constant=false, parallel_iterations=10}
ce = Enter(c) {frame_name="f", is_constant=true, parallel_iterations=10}
m = RefMerge(e, n)
t = LoopCond(ce)
s = RefSwitch(m, t)
n = RefNextIteration(s:1)
x = RefExit(s)
y = Neg(x)
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

LACKING = ("RefIdentity", "RefSwitch")
_OPS = (
    "RefEnter", "RefExit", "RefIdentity", "RefMerge", "RefNextIteration", "RefSwitch",
)  # fmt: skip


class PlainFlow(RewriteRule):
    """Replace a node that passes references on by the one that passes values on.

    It does so for any target, since TensorFlow imports no graph in which a reference is read of
    what is none.

    Exact: without a variable there is nothing that a reference could write to.
    Shapes: T[...] in and out.
    Source: TensorFlow op docs of the ops; public rewrite recipes retype RefSwitch to Switch after
        freezing.
    """

    id, name, safety = "RWS205", "plain-flow", Safety.EXACT
    always = True
    early = True
    pattern = op(_OPS)
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=LACKING, label="identity"),
        Rewritten(SWITCHED, after=SWITCHED_AFTER, lacking=LACKING, label="switch"),
        Rewritten(SIDE, after=SIDE_AFTER, lacking=LACKING, label="one side is read"),
        Rewritten(BEFORE, after=AFTER, label="the target takes it"),
        Rewritten(LOOP, after=LOOP_AFTER, label="a loop"),
        Untouched(
            BEFORE.replace(
                "Const : float32[2] = 0.5", "VariableV2 {dtype=float32, shape=shape(2)}"
            ),
            lacking=LACKING,
            reason="a reference",
            label="a variable",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """What comes along is no reference, wherever it comes from."""
        dtype = passed_dtype(m.context, m.root.value)
        return m.refuse("a reference comes along, or what is not known") if dtype is None else None

    def build(self, m: Match, edit: GraphEditor) -> Sequence[Value]:
        """The op without Ref in its name."""
        node = m.root.node
        attrs = {k: v for k, v in node.attrs.items() if k in ("frame_name", "is_constant")}
        if node.op == "RefEnter" and "parallel_iterations" in node.attrs:
            attrs["parallel_iterations"] = node.attrs["parallel_iterations"]
        attrs["T"] = DType(str(passed_dtype(m.context, m.root.value)))
        made = m.context.bind(edit.add(node.op.removeprefix("Ref"), m.root.inputs, attrs))
        count = max(m.used_outputs(), default=0) + 1
        return [made.output(port).value for port in range(count)]
