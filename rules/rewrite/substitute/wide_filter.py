"""Conv2D whose filter is too wide."""

from __future__ import annotations

from itertools import pairwise

from linter.infer.windows import covered
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

__all__ = ["WideFilter"]

BEFORE = """
x = Placeholder : float32[1,1,6,1]
w = Const : float32[1,4,1,2] = 0.5
y = Conv2D(x, w) {strides=[1, 1, 1, 1], padding="VALID"}
"""

AFTER = """
x = Placeholder : float32[1,1,6,1]
y/begin = Const : int32[4] = [0, 0, 0, 0]
y/size = Const : int32[4] = [1, 1, 4, 1]
y/Slice = Slice(x, y/begin, y/size)
y/filter = Const : float32[1,2,1,2] = 0.5
y/Conv2D = Conv2D(y/Slice, y/filter) {data_format="NHWC", padding="VALID", strides=[1, 1, 1, 1]}
y/begin_1 = Const : int32[4] = [0, 0, 2, 0]
y/size_1 = Const : int32[4] = [1, 1, 4, 1]
y/Slice_1 = Slice(x, y/begin_1, y/size_1)
y/filter_1 = Const : float32[1,2,1,2] = 0.5
y/Conv2D_1 = Conv2D(y/Slice_1, y/filter_1) {data_format="NHWC", padding="VALID", strides=[1, 1, 1, 1]}
y = Add(y/Conv2D, y/Conv2D_1)
"""  # noqa: E501 - one node a line

LIMIT = {"limits": {"Conv2D": "k_w < 3"}}


class WideFilter(RewriteRule):
    """Replace a Conv2D by the sum of convolutions with pieces of its filter.

    Tolerance: the products are the same and are added in another order.
    Shapes: float32[n, h, w, c]; the filter is constant and cut along its longer side.
    Source: TensorFlow op docs of Conv2D; compilers limit the height and the width of a filter.
    """

    id, name, safety = "RWS019", "wide-filter", Safety.TOLERANCE
    rtol, atol = 1e-4, 1e-5
    variants = (2, 3, 4, 8)
    pattern = op("Conv2D", var("x"), var("w"))
    examples = (
        Rewritten(BEFORE, after=AFTER, given=LIMIT),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            BEFORE, given={"limits": {"Conv2D": "k_w < 1"}}, reason="Conv2D", label="no piece fits"
        ),
        Untouched(BEFORE.replace("[1,1,6", "[1,?,6"), given=LIMIT, reason="shapes", label="open"),
    )

    def guard(self, m: Match) -> Refusal | None:
        """A plain convolution with a filter that can be cut."""
        convolution = read_convolution(m)
        if not isinstance(convolution, PlainConvolution):
            return m.refuse(convolution)
        return None if max(convolution.kernel[:2]) >= max(self.variants[:1]) else m.refuse("")

    def build(self, m: Match, edit: GraphEditor) -> Value:
        """The sum over the pieces."""
        convolution = read_convolution(m)
        assert isinstance(convolution, PlainConvolution)
        axis = 0 if convolution.kernel[0] > convolution.kernel[1] else 1
        span = convolution.kernel[axis]
        cuts = sorted({piece * span // m.variant for piece in range(m.variant + 1)})
        total: Value | None = None
        for start, end in pairwise(cuts):
            part = _piece(convolution, edit, axis, (start, end))
            total = part if total is None else edit.add("Add", [total, part])
        assert total is not None
        return total


def _piece(
    convolution: PlainConvolution, edit: GraphEditor, axis: int, span: tuple[int, int]
) -> Value:
    """The convolution with rows or columns ``span`` of the filter."""
    import numpy as np

    start, end = span
    begin, size = [0, 0, 0, 0], list(convolution.image)
    begin[axis + 1] = start
    size[axis + 1] = covered(convolution.output[axis + 1], end - start, convolution.strides[axis])
    corner = edit.const(begin, "int32", name="begin")
    extent = edit.const(size, "int32", name="size")
    source = edit.add("Slice", [convolution.source, corner, extent])
    weight = convolution.array[start:end] if axis == 0 else convolution.array[:, start:end]
    attrs = {"strides": (1, *convolution.strides, 1), "padding": "VALID", "data_format": "NHWC"}
    kernel = edit.const(np.ascontiguousarray(weight), name="filter")
    return edit.add("Conv2D", [source, kernel], attrs)
