"""Conv2D whose filter is as wide as the image."""

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
from rules.rewrite.support.convolution import PlainConvolution, read_convolution

__all__ = ["FullWidthFilter"]

BEFORE = """
x = Placeholder : float32[1,5,3,2]
w = Const : float32[2,3,2,4] = 0.5
y = Conv2D(x, w) {strides=[1, 1, 1, 1], padding="VALID"}
"""

AFTER = """
x = Placeholder : float32[1,5,3,2]
y/shape = Const : int32[4] = [1, 5, 1, 6]
y/Reshape = Reshape(x, y/shape)
y/filter = Const : float32[2,1,6,4] = 0.5
y = Conv2D(y/Reshape, y/filter) {data_format="NHWC", padding="VALID", strides=[1, 1, 1, 1]}
"""

LIMIT = {"limits": {"Conv2D": "k_w < 2"}}


class FullWidthFilter(RewriteRule):
    """Replace a Conv2D over the whole width by one whose channels are the width.

    Tolerance: the products are the same, the kernel may add them in another order.
    Shapes: float32[n, h, w, c] becomes float32[n, h, 1, w * c]; the filter is constant.
    Source: TensorFlow op docs of Conv2D; compilers limit the width of a filter.
    """

    id, name, safety = "RWS017", "full-width-filter", Safety.TOLERANCE
    rtol, atol = 1e-4, 1e-5
    pattern = op("Conv2D", var("x"), var("w"))
    examples = (
        Rewritten(BEFORE, after=AFTER, given=LIMIT),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(BEFORE.replace("5,3,2]", "5,4,2]"), given=LIMIT, label="part of the width"),
        Untouched(BEFORE.replace("[1,5", "[1,?"), given=LIMIT, reason="shapes", label="unknown"),
        Untouched(BEFORE.replace("VALID", "SAME"), given=LIMIT, reason="padding", label="padded"),
    )

    def guard(self, m: Match) -> Refusal | None:
        """A plain convolution over the whole width."""
        convolution = read_convolution(m)
        if not isinstance(convolution, PlainConvolution):
            return m.refuse(convolution)
        whole = convolution.kernel[1] == convolution.image[2] > 1
        return None if whole else m.refuse("")

    def build(self, m: Match, edit: GraphEditor) -> Value:
        """The convolution along the height."""
        import numpy as np

        convolution = read_convolution(m)
        assert isinstance(convolution, PlainConvolution)
        batch, height, width, depth = convolution.image
        shape = edit.const((batch, height, 1, width * depth), "int32", name="shape")
        weight = convolution.array.reshape(
            convolution.kernel[0], 1, width * depth, convolution.kernel[3]
        )
        operands = [
            edit.add("Reshape", [convolution.source, shape]),
            edit.const(np.ascontiguousarray(weight), name="filter"),
        ]
        attrs = {
            "strides": (1, convolution.strides[0], 1, 1),
            "padding": "VALID",
            "data_format": "NHWC",
        }
        return edit.add("Conv2D", operands, attrs)
