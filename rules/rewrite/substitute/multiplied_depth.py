"""DepthwiseConv2dNative with a channel multiplier above 1."""

from __future__ import annotations

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
    var,
)
from rules.rewrite.support.folding import folded, is_foldable

__all__ = ["MultipliedDepth"]

BEFORE = """
x = Placeholder : float32[1,3,3,2]
w = Const : float32[1,1,2,2] = [[[[1.0, 2.0], [3.0, 4.0]]]]
y = DepthwiseConv2dNative(x, w) {strides=[1, 1, 1, 1], padding="SAME"}
"""

AFTER = """
x = Placeholder : float32[1,3,3,2]
y/indices = Const : int32[4] = [0, 0, 1, 1]
y/axis = Const : int32[] = 3
y/GatherV2 = GatherV2(x, y/indices, y/axis)
y/filter = Const : float32[1,1,4,1] = [[[[1.0], [2.0], [3.0], [4.0]]]]
y = DepthwiseConv2dNative(y/GatherV2, y/filter) {strides=[1, 1, 1, 1], padding="SAME"}
"""

LIMIT = {"limits": {"DepthwiseConv2dNative": "channel_multiplier == 1"}}


class MultipliedDepth(RewriteRule):
    """Repeat every input channel instead of multiplying it in the convolution.

    Tolerance: output channel c * m + q is channel c through filter q either way; the kernel for a
        multiplier of 1 may round in another order.
    Shapes: float32[n, h, w, c] and a constant filter [kh, kw, c, m] become m * c channels.
    Source: TensorFlow op docs of DepthwiseConv2dNative; the operator table of OMG wants m = 1.
    """

    id, name, safety = "RWS053", "multiplied-depth", Safety.TOLERANCE
    rtol, atol = 1e-5, 1e-5
    pattern = op("DepthwiseConv2dNative", var("x"), var("w"), data_format="NHWC")
    examples = (
        Rewritten(BEFORE, after=AFTER, given=LIMIT),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            BEFORE.replace("Const : float32[1,1,2,2] = [[[[1.0, 2.0], [3.0, 4.0]]]]", "Neg(v)")
            + "v = Placeholder : float32[1,1,2,2]",
            given=LIMIT,
            reason="constant",
            label="the filter is data",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """A constant filter with a multiplier."""
        kernel = m["w"].static_shape
        if kernel is None or not is_foldable(m["w"]):
            return m.refuse("its filter is not constant", at="w")
        return None if kernel[3] > 1 else m.refuse("")

    def build(self, m: Match, edit: GraphEditor) -> Value:
        """The convolution of the repeated channels."""
        height, width, depth, times = m["w"].static_shape or (1, 1, 1, 1)
        order = [channel for channel in range(depth) for _ in range(times)]
        indices = edit.const(order, "int32", name="indices")
        axis = edit.const(3, "int32", name="axis")
        repeated = edit.add("GatherV2", [m["x"], indices, axis])
        weight = folded(m["w"]).reshape(height, width, depth * times, 1)
        kernel = edit.const(weight, name="filter")
        return edit.add("DepthwiseConv2dNative", [repeated, kernel], like=m.root)
