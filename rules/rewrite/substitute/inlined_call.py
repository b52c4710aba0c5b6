"""A call of a function."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.graph.op_families import FUNCTION_CALLS
from linter.rewrite.unroll.loop import carry_out_call
from linter.rules import (
    GraphEditor,
    Match,
    MatchContext,
    Node,
    Refusal,
    RewriteRule,
    Rewritten,
    Safety,
    Untouched,
    Value,
    op,
)

if TYPE_CHECKING:
    from collections.abc import Sequence


__all__ = ["InlinedCall"]

BODIES = """
def outer(v: float32[3]) -> (r: b:0, s: a:0):
  a = Exp(v)
  b = PartitionedCall(a) {f=@inner, Tin=[float32], Tout=[float32]}
def inner(v: float32[3]) -> (r: a:0):
  a = Abs(v)
"""

BEFORE = (
    """
x = Placeholder : float32[3]
call = PartitionedCall(x) {f=@outer, Tin=[float32], Tout=[float32, float32]}
y = Add(call, call:1)
"""
    + BODIES
)

AFTER = """
x = Placeholder : float32[3]
call/a = Exp(x)
call/b/a = Abs(call/a)
y = Add(call/b/a, call/a)
"""

BY_NAME = BEFORE.replace(
    "PartitionedCall(x) {f=@outer, Tin=[float32], Tout=[float32, float32]}", "outer(x)"
)

ENDLESS = BEFORE.replace("f=@inner", "f=@outer").replace("Tout=[float32]}", "Tout=[float32]}", 1)


class InlinedCall(RewriteRule):
    """Write the body of a function in place of a call.

    Exact: the same nodes on the same values.
    Shapes: those of the outputs.
    Source: TensorFlow op docs of PartitionedCall and StatefulPartitionedCall; function.proto.
    """

    id, name, safety = "RWS104", "inlined-call", Safety.EXACT
    pattern = op(())
    early = True
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=("PartitionedCall",)),
        Rewritten(BY_NAME, after=AFTER, lacking=("outer", "PartitionedCall"), label="by name"),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(ENDLESS, lacking=("PartitionedCall",), reason="function 'outer' calls itself"),
    )

    def concerns(self, node: Node, context: MatchContext) -> bool:
        """The node is a call."""
        return node.op in FUNCTION_CALLS or node.op in context.functions

    def guard(self, m: Match) -> Refusal | None:
        """The node must be a call."""
        return None if self.concerns(m.root.node, m.context) else m.refuse("")

    def build(self, m: Match, edit: GraphEditor) -> Sequence[Value] | Refusal:
        """Tell the editor what takes the place of each output."""
        refusal = carry_out_call(m, edit)
        return () if refusal is None else refusal
