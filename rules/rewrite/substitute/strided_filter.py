"""Conv2D along one axis with a long stride."""

from __future__ import annotations

from linter.infer.windows import covered
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
from rules.rewrite.support.convolution import PlainConvolution, read_convolution

__all__ = ["StridedFilter"]

BEFORE = """
x = Placeholder : float32[1,1,11,2]
w = Const : float32[1,6,2,3] = 0.5
y = Conv2D(x, w) {strides=[1, 1, 3, 1], padding="VALID"}
"""

AFTER = """
x = Placeholder : float32[1,1,11,2]
y/begin = Const : int32[4] = [0, 0, 0, 0]
y/size = Const : int32[4] = [1, 1, 9, 2]
y/Slice = Slice(x, y/begin, y/size)
y/shape = Const : int32[4] = [1, 1, 3, 6]
y/Reshape = Reshape(y/Slice, y/shape)
y/filter = Const : float32[1,2,6,3] = 0.5
y = Conv2D(y/Reshape, y/filter) {data_format="NHWC", padding="VALID", strides=[1, 1, 1, 1]}
"""

LIMIT = {"limits": {"Conv2D": "s_w < 2"}}


class StridedFilter(RewriteRule):
    """Replace a strided Conv2D along the width by one over channels that hold a stride of pixels.

    Tolerance: the products are the same, the kernel may add them in another order.
    Shapes: float32[n, 1, w, c]; the filter is constant and a whole number of strides wide.
    Source: TensorFlow op docs of Conv2D; compilers limit the stride and the width of a filter.
    """

    id, name, safety = "RWS018", "strided-filter", Safety.TOLERANCE
    rtol, atol = 1e-4, 1e-5
    pattern = op("Conv2D", var("x"), var("w"))
    examples = (
        Rewritten(BEFORE, after=AFTER, given=LIMIT),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(BEFORE.replace("[1,6,", "[1,5,"), given=LIMIT, label="no whole number"),
        Untouched(BEFORE.replace("[1,1,11", "[1,?,11"), given=LIMIT, reason="shapes", label="open"),
    )

    def guard(self, m: Match) -> Refusal | None:
        """A plain convolution along the width whose filter is some strides wide."""
        convolution = read_convolution(m)
        if not isinstance(convolution, PlainConvolution):
            return m.refuse(convolution)
        stride = convolution.strides[1]
        fits = (
            convolution.image[1] == convolution.kernel[0] == 1
            and convolution.kernel[1] % stride == 0
        )
        return None if fits and stride > 1 else m.refuse("")

    def build(self, m: Match, edit: GraphEditor) -> Value:
        """The convolution over strides."""
        import numpy as np

        convolution = read_convolution(m)
        assert isinstance(convolution, PlainConvolution)
        batch, _, width, depth = convolution.image
        stride, span = convolution.strides[1], convolution.kernel[1]
        needed = covered(convolution.output[2], span, stride)
        source: Value | BoundValue = convolution.source
        if needed != width:
            begin = edit.const((0, 0, 0, 0), "int32", name="begin")
            size = edit.const((batch, 1, needed, depth), "int32", name="size")
            source = edit.add("Slice", [source, begin, size])
        shape = edit.const((batch, 1, needed // stride, stride * depth), "int32", name="shape")
        weight = convolution.array.reshape(1, span // stride, stride * depth, convolution.kernel[3])
        operands = [
            edit.add("Reshape", [source, shape]),
            edit.const(np.ascontiguousarray(weight), name="filter"),
        ]
        attrs = {"strides": (1, 1, 1, 1), "padding": "VALID", "data_format": "NHWC"}
        return edit.add("Conv2D", operands, attrs)
