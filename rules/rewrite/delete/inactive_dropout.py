"""Dropout that keeps everything."""

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

__all__ = ["InactiveDropout"]

BEFORE = """
x = Placeholder : float32[2]
keep = Const : float32[] = {keep}
size = Const : int32[1] = [2]
div = RealDiv(x, keep)
draw = RandomUniform(size) {{dtype=float32}}
sum = Add(keep, draw)
mask = Floor(sum)
drop = Mul(div, mask)
y = Relu(drop)
"""

AFTER = """
x = Placeholder : float32[2]
y = Relu(x)
"""

MASKED = """
x = Placeholder : float32[2]
rate = Const : float32[] = {rate}
scale = Const : float32[] = 1.0
size = Const : int32[1] = [2]
kept = Mul(x, scale)
draw = RandomUniform(size) {{dtype=float32}}
above = GreaterEqual(draw, rate)
mask = Cast(above) {{DstT=float32}}
drop = Mul(kept, mask)
y = Relu(drop)
"""

FED = """
x = Placeholder : float32[2]
keep = Placeholder : float32[]
size = Const : int32[1] = [2]
div = RealDiv(x, keep)
draw = RandomUniform(size) {dtype=float32}
sum = Add(draw, keep)
mask = Floor(sum)
drop = Mul(div, mask)
y = Relu(drop)
"""

WIDE = BEFORE.replace("sum = Add(keep, draw)", "wide = Mul(draw, draw)\nsum = Add(keep, wide)")


class InactiveDropout(RewriteRule):
    """Replace dropout by its input when it provably keeps every element.

    Exact: with a share of 1 the mask is floor(1 + u) = 1, or u >= 0, for every u in [0, 1), and the
        scale is 1.
    Shapes: T[...] in and out.
    Source: ``dropout_v2`` of tensorflow/python/ops/nn_ops.py.
    """

    id, name, safety = "RWD006", "inactive-dropout", Safety.EXACT
    early = True
    always = True
    pattern = DROPOUT
    examples = (
        Rewritten(BEFORE.format(keep="1.0"), after=AFTER, label="floor"),
        Rewritten(MASKED.format(rate="0.0"), after=AFTER, label="mask"),
        Untouched(BEFORE.format(keep="0.5"), reason="keeps a share of 0.5", label="active"),
        Untouched(FED, reason="is not a constant", label="the share is an input"),
        Untouched(WIDE.format(keep="1.0"), reason="not a uniform draw", label="other noise"),
    )

    def concerns(self, node: Node, context: MatchContext) -> bool:
        """One of the operands may be a mask."""
        return may_drop(node, context)

    def guard(self, m: Match) -> Refusal | None:
        """The share must be the constant 1 and the noise a uniform draw."""
        dropout = read_dropout(m)
        if not dropout.is_random:
            return m.refuse("")
        if dropout.share is None:
            return m.refuse("the share that dropout keeps is not a constant")
        if dropout.share != 1.0:
            return m.refuse(f"dropout keeps a share of {dropout.share:g}")
        if not dropout.is_unit_noise:
            return m.refuse("the noise is not a uniform draw from [0, 1)", at="noise")
        return None

    def build(self, m: Match, edit: GraphEditor) -> BoundValue:
        """The input before it is scaled by 1."""
        dropout = read_dropout(m)
        return dropout.source or dropout.kept
