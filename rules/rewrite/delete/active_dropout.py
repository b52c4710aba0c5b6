"""Dropout that drops at random."""

from __future__ import annotations

from linter.rules import (
    BoundValue,
    GraphEditor,
    Match,
    MatchContext,
    Node,
    Refusal,
    RewriteRule,
    Rewritten,
    Safety,
    Untouched,
)
from rules.rewrite.support.dropout import DROPOUT, may_drop, read_dropout

__all__ = ["ActiveDropout"]

BEFORE = """
x = Placeholder : float32[2]
keep = Const : float32[] = 0.5
size = Const : int32[1] = [2]
div = RealDiv(x, keep)
draw = RandomUniform(size) {dtype=float32}
sum = Add(keep, draw)
mask = Floor(sum)
drop = Mul(div, mask)
y = Relu(drop)
"""

AFTER = """
x = Placeholder : float32[2]
y = Relu(x)
"""

UNSCALED = BEFORE.replace("Mul(div, mask)", "Mul(x, mask)").replace("div = RealDiv(x, keep)\n", "")


class ActiveDropout(RewriteRule):
    """Replace dropout that is left active by its input, as in a graph exported for inference.

    Manual: the graph computes random numbers; without dropout it computes what inference means.
    Shapes: T[...] in and out.
    Source: ``dropout_v2`` of tensorflow/python/ops/nn_ops.py, training argument.
    """

    id, name, safety = "RWD007", "active-dropout", Safety.MANUAL
    early = True
    always = True
    pattern = DROPOUT
    examples = (
        Rewritten(BEFORE, after=AFTER, unsafe=True),
        Untouched(BEFORE, reason="--unsafe-fixes", label="not asked for"),
        Untouched(UNSCALED, unsafe=True, reason="scale", label="scaling not recognised"),
    )

    def concerns(self, node: Node, context: MatchContext) -> bool:
        """One of the operands may be a mask."""
        return may_drop(node, context)

    def guard(self, m: Match) -> Refusal | None:
        """The scaling must be understood, so that it goes as well."""
        dropout = read_dropout(m)
        if dropout.is_inactive or not dropout.is_random:
            return m.refuse("")
        if not dropout.is_unit_noise:
            return m.refuse("the noise is not a uniform draw from [0, 1)", at="noise")
        if dropout.source is None:
            return m.refuse("what scales the kept elements is not recognised", at="kept")
        return None

    def build(self, m: Match, edit: GraphEditor) -> BoundValue:
        """The input before it is scaled."""
        return read_dropout(m).source or m["kept"]
