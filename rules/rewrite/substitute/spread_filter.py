"""Dilated convolutions with their gaps written into the filter."""

from __future__ import annotations

from linter.infer.windows import reach
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
from rules.rewrite.support.folding import folded, is_foldable

__all__ = ["SpreadFilter"]

BEFORE = """
x = Placeholder : float32[1,6,6,1]
w = Const : float32[2,1,1,1] = [[[[1.0]]], [[[2.0]]]]
y = Conv2D(x, w) {strides=[1, 1, 1, 1], padding="SAME", dilations=[1, 2, 2, 1]}
"""
AFTER = """
x = Placeholder : float32[1,6,6,1]
y/filter = Const : float32[3,1,1,1] = [[[[1.0]]], [[[0.0]]], [[[2.0]]]]
y = Conv2D(x, y/filter) {dilations=[1, 1, 1, 1], padding="SAME", strides=[1, 1, 1, 1]}
"""

LIMIT = {"limits": {"Conv2D": "dil_h == 1 and dil_w == 1"}}


class SpreadFilter(RewriteRule):
    """Replace a dilated convolution by one whose filter has zeros in the gaps.

    Tolerance: the zeros add nothing to finite values; sums round in another order.
    Shapes: as the convolution has them; the filter is constant.
    Source: TensorFlow op docs: a dilation of k leaves k - 1 elements out between two.
    """

    id, name, safety = "RWS207", "spread-filter", Safety.TOLERANCE
    rtol, atol = 1e-5, 1e-5
    pattern = op(("Conv2D", "Conv2DBackpropInput", "DepthwiseConv2dNative"))
    examples = (
        Rewritten(BEFORE, after=AFTER, given=LIMIT),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            BEFORE.replace("[1, 2, 2, 1]", "[1, 1, 1, 1]"), lacking=("Conv2D",), label="no gaps"
        ),
        Untouched(
            BEFORE.replace(
                "Const : float32[2,1,1,1] = [[[[1.0]]], [[[2.0]]]]",
                "Placeholder : float32[2,1,1,1]",
            ),
            lacking=("Conv2D",),
            reason="not constant",
            label="filter is data",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """A constant filter with gaps."""
        if len(m.root.inputs) < 2 or max(m.root.attrs["dilations"]) == 1:
            return m.refuse("")
        weight = m.root.inputs[1]
        if weight.rank != 4 or not is_foldable(weight):
            return m.refuse("the filter is not constant")
        return None

    def build(self, m: Match, edit: GraphEditor) -> Value:
        """The convolution without gaps."""
        import numpy as np

        node = m.root.node
        dilations = m.root.attrs["dilations"]
        first = 2 if str(m.root.attrs["data_format"]).startswith("NC") else 1
        down, right = (int(step) for step in dilations[first : first + 2])
        weight = folded(m.root.inputs[1])
        high, wide = reach(weight.shape[0], down), reach(weight.shape[1], right)
        spread = np.zeros((high, wide, *weight.shape[2:]), weight.dtype)
        spread[::down, ::right] = weight
        inputs = [*m.root.inputs]
        attrs = {**node.attrs, "dilations": (1, 1, 1, 1)}
        made = edit.const(spread, name="filter")
        return edit.add(node.op, [inputs[0], made, *inputs[2:]], attrs)
