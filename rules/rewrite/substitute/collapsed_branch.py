"""An If or Case whose branch is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.graph.op_families import CASES, IFS
from linter.rewrite.unroll.loop import carry_out_call
from linter.rules import (
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

if TYPE_CHECKING:
    from collections.abc import Sequence


__all__ = ["CollapsedBranch"]

BODIES = """
def yes(v: float32[3]) -> (r: a:0):
  a = Exp(v)
def no(v: float32[3]) -> (r: a:0):
  a = Abs(v)
"""

BEFORE = (
    """
x = Placeholder : float32[3]
p = Const : bool[] = true
choice = If(p, x) {then_branch=@yes, else_branch=@no, Tin=[float32], Tout=[float32]}
y = Neg(choice)
"""
    + BODIES
)

AFTER = """
x = Placeholder : float32[3]
choice/a = Exp(x)
y = Neg(choice/a)
"""

CASE = BEFORE.replace("p = Const : bool[] = true", "p = Const : int32[] = 7").replace(
    "If(p, x) {then_branch=@yes, else_branch=@no", "StatelessCase(p, x) {branches=[@no, @yes]"
)

OPEN = BEFORE.replace("p = Const : bool[] = true", "p = Placeholder : bool[]")


class CollapsedBranch(RewriteRule):
    """Write the branch that a known condition or index takes in place of If or Case.

    Exact: the other branches never run.
    Shapes: those of the outputs.
    Source: TensorFlow op docs of If and Case; an index out of range takes the last branch.
    """

    id, name, safety = "RWS103", "collapsed-branch", Safety.EXACT
    pattern = op(IFS | CASES)
    early = True
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=("If",)),
        Rewritten(CASE, after=AFTER, lacking=("StatelessCase",), label="index out of range"),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(OPEN, lacking=("If",), reason="the condition of choice is not known"),
    )

    def build(self, m: Match, edit: GraphEditor) -> Sequence[Value] | Refusal:
        """Tell the editor what takes the place of each output."""
        refusal = carry_out_call(m, edit)
        return () if refusal is None else refusal
