"""Conv2DBackpropInput with too many output channels."""

from __future__ import annotations

from itertools import pairwise

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

__all__ = ["WideDeconvolution"]

BEFORE = """
s = Const : int32[4] = [1, 4, 4, 2]
w = Const : float32[2,2,2,3] = 0.5
x = Placeholder : float32[1,2,2,3]
y = Conv2DBackpropInput(s, w, x) {strides=[1, 2, 2, 1], padding="VALID"}
"""

AFTER = """
x = Placeholder : float32[1,2,2,3]
y/input_sizes = Const : int32[4] = [1, 4, 4, 1]
y/filter = Const : float32[2,2,1,3] = 0.5
y/Conv2DBackpropInput = Conv2DBackpropInput(y/input_sizes, y/filter, x) {strides=[1, 2, 2, 1], padding="VALID"}
y/input_sizes_1 = Const : int32[4] = [1, 4, 4, 1]
y/filter_1 = Const : float32[2,2,1,3] = 0.5
y/Conv2DBackpropInput_1 = Conv2DBackpropInput(y/input_sizes_1, y/filter_1, x) {strides=[1, 2, 2, 1], padding="VALID"}
y/axis = Const : int32[] = 3
y = ConcatV2(y/Conv2DBackpropInput, y/Conv2DBackpropInput_1, y/axis)
"""  # noqa: E501 - one node a line

LIMIT = {"limits": {"Conv2DBackpropInput": "out_c < 2"}}


class WideDeconvolution(RewriteRule):
    """Replace Conv2DBackpropInput by several that make a part of the channels each, joined.

    Tolerance: each channel is computed from the same products; the kernel may add them in another
        order.
    Shapes: float32[n, h, w, c] of known shape; the filter [kh, kw, out, c] is constant.
    Source: TensorFlow op docs of Conv2DBackpropInput; the operator table of OMG limits the filter.
    """

    id, name, safety = "RWS054", "wide-deconvolution", Safety.TOLERANCE
    rtol, atol = 1e-4, 1e-5
    variants = (2, 4, 8, 16)
    pattern = op("Conv2DBackpropInput", var("sizes"), var("w"), var("x"), data_format="NHWC")
    examples = (
        Rewritten(BEFORE, after=AFTER, given=LIMIT),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            BEFORE.replace("Const : float32[2,2,2,3] = 0.5", "Placeholder : float32[2,2,2,3]"),
            given=LIMIT,
            reason="constant",
            label="the filter is data",
        ),
        Untouched(
            BEFORE.replace("Const : int32[4] = [1, 4, 4, 2]", "Placeholder : int32[4]"),
            given={"limits": {"Conv2DBackpropInput": "rank == 3"}},
            reason="shape",
            label="the size is data",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """A constant filter, a known result and channels to part."""
        if m.root.static_shape is None:
            return m.refuse("its shape is not known")
        if not is_foldable(m["w"]):
            return m.refuse("its filter is not constant", at="w")
        parts = max(self.variants[:1])
        return None if m.root.static_shape[3] % parts == 0 else m.refuse("")

    def build(self, m: Match, edit: GraphEditor) -> Value:
        """The parts, joined along the channels."""
        import numpy as np

        shape, weight = m.root.static_shape or (), folded(m["w"])
        cuts = [part * shape[3] // m.variant for part in range(m.variant + 1)]
        parts: list[Value] = []
        for start, end in pairwise(cuts):
            sizes = edit.const((*shape[:3], end - start), "int32", name="input_sizes")
            part = np.ascontiguousarray(weight[:, :, start:end])
            kernel = edit.const(part, name="filter")
            made = edit.add("Conv2DBackpropInput", [sizes, kernel, m["x"]], like=m.root)
            parts.append(made)
        return edit.add("ConcatV2", [*parts, edit.const(3, "int32", name="axis")])
