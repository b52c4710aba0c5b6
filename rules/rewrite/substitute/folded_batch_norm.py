"""Batch normalisation of what a convolution gives."""

from __future__ import annotations

from linter.graph.op_families import CONVOLUTIONS_2D
from linter.rules import (
    GraphEditor,
    Match,
    Refusal,
    RewriteRule,
    Rewritten,
    Safety,
    Untouched,
    Value,
    const,
    either,
    op,
    var,
)
from rules.rewrite.support.folding import folded, is_foldable
from rules.rewrite.support.normalization import NORMALIZATIONS, Normalization, read_normalization

__all__ = ["FoldedBatchNorm"]

BEFORE = """
x = Placeholder : float32[1,3,3,2]
w = Const : float32[1,1,2,2] = [[[[1.0, 2.0], [3.0, 4.0]]]]
scale = Const : float32[2] = [2.0, 1.0]
offset = Const : float32[2] = [0.5, 1.0]
mean = Const : float32[2] = [1.0, 2.0]
variance = Const : float32[2] = [0.25, 1.0]
c = Conv2D(x, w) {strides=[1, 1, 1, 1], padding="SAME"}
n = FusedBatchNormV3(c, scale, offset, mean, variance) {epsilon=0.0, is_training=false}
y = Relu(n)
"""

AFTER = """
x = Placeholder : float32[1,3,3,2]
n/filter = Const : float32[1,1,2,2] = [[[[4.0, 2.0], [12.0, 4.0]]]]
n/Conv2D = Conv2D(x, n/filter) {padding="SAME", strides=[1, 1, 1, 1]}
n/bias = Const : float32[2] = [-3.5, -1.0]
n = BiasAdd(n/Conv2D, n/bias) {data_format="NHWC"}
y = Relu(n)
"""

BIASED = BEFORE.replace("\nn = ", "\nb = Const : float32[2] = [1.0, -1.0]\nd = BiasAdd(c, b)\nn = ")
BIASED = BIASED.replace("V3(c", "V3(d").replace("Conv2D", "DepthwiseConv2dNative")
BIASED = BIASED.replace(
    "float32[1,1,2,2] = [[[[1.0, 2.0], [3.0, 4.0]]]]", "float32[1,1,2,1] = [[[[1.0], [2.0]]]]"
)

BIASED_AFTER = """
x = Placeholder : float32[1,3,3,2]
n/filter = Const : float32[1,1,2,1] = [[[[4.0], [2.0]]]]
n/DepthwiseConv2dNative = DepthwiseConv2dNative(x, n/filter) {padding="SAME", strides=[1, 1, 1, 1]}
n/bias = Const : float32[2] = [0.5, -2.0]
n = BiasAdd(n/DepthwiseConv2dNative, n/bias) {data_format="NHWC"}
y = Relu(n)
"""

OLD = BEFORE.replace(
    "FusedBatchNormV3(c, scale, offset, mean, variance) {epsilon=0.0, is_training=false}",
    "BatchNormWithGlobalNormalization(c, mean, variance, offset, scale) "
    "{variance_epsilon=0.0, scale_after_normalization=true}",
)

LACKING = ("FusedBatchNormV3", "BatchNormWithGlobalNormalization")

_CONVOLUTION = op(CONVOLUTIONS_2D, var("x"), const("w"), name="c")


class FoldedBatchNorm(RewriteRule):
    """Replace a batch normalisation behind a convolution by a scaled filter and a bias.

    Tolerance: the factors are worked out in float64 and rounded once; sums round elsewhere.
    Shapes: float32[n, h, w, c] or float32[n, c, h, w]; filter, statistics and bias are constant.
    Source: a convolution is linear in its filter; public rewrite recipes make the same change.
    """

    id, name, safety = "RWS172", "folded-batch-norm", Safety.TOLERANCE
    rtol, atol = 1e-4, 1e-4
    pattern = op(
        NORMALIZATIONS, either(op("BiasAdd", _CONVOLUTION, const("b"), name="d"), _CONVOLUTION), ...
    )
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=LACKING, label="convolution"),
        Rewritten(BIASED, after=BIASED_AFTER, lacking=LACKING, label="depthwise with a bias"),
        Rewritten(OLD, after=AFTER, lacking=LACKING, label="the oldest name"),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            BEFORE.replace("is_training=false", "is_training=true"),
            lacking=LACKING,
            reason="is_training",
            label="training",
        ),
        Untouched(
            BEFORE.replace(
                "mean = Const : float32[2] = [1.0, 2.0]", "mean = Placeholder : float32[2]"
            ),
            lacking=LACKING,
            reason="mean:0 is not constant",
            label="statistics are data",
        ),
        Untouched(
            BEFORE + "z = Neg(c)\n", lacking=LACKING, reason="c is read", label="read elsewhere"
        ),
        Untouched(
            BEFORE.replace("Relu(n)", "Relu(n:1)"),
            lacking=LACKING,
            reason="output 1",
            label="another output",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """Constant statistics, one reader and one output."""
        norm = read_normalization(m.root)
        if isinstance(norm, str):
            return m.refuse(norm)
        if norm.training:
            return m.refuse("is_training is not false")
        for part in norm.parameters:
            if not is_foldable(part):
                return m.refuse(f"{part} is not constant")
        if others := [port for port in m.used_outputs() if port]:
            return m.refuse(f"output {others[0]} is read")
        return _convolution_refusal(m, norm)

    def build(self, m: Match, edit: GraphEditor) -> Value:
        """The convolution with its filter scaled by channel, and the bias."""
        import numpy as np

        norm = read_normalization(m.root)
        assert isinstance(norm, Normalization)  # the guard has looked
        factor, summand = norm.affine()
        weight = folded(m["w"])
        dtype = weight.dtype
        by_output = factor
        if m["c"].node.op == "DepthwiseConv2dNative":
            by_output = factor.reshape(weight.shape[2:])
        if "b" in m:
            summand = summand + np.asarray(folded(m["b"]), np.float64) * factor
        scaled = (weight.astype(np.float64) * by_output).astype(dtype)
        plain = edit.add(m["c"].node.op, [m["x"], edit.const(scaled, name="filter")], like=m["c"])
        layout = {"data_format": m["c"].attrs["data_format"]}
        return edit.add("BiasAdd", [plain, edit.const(summand.astype(dtype), name="bias")], layout)


def _convolution_refusal(m: Match, norm: Normalization) -> Refusal | None:
    for name in ("c", "d"):
        if name in m and len(m[name].readers) != 1:
            return m.refuse(f"{name} is read {len(m[name].readers)} times", at=name)
        if name in m and m[name].value in m.context.fetched:
            return m.refuse(f"{m[name]} is an output", at=name)
    layout = str(m["c"].attrs["data_format"])
    if (layout == "NCHW") != (norm.axis == 1):
        return m.refuse(f"the layout of the convolution is {layout}", at="c")
    if m["w"].dtype not in ("float32", "float64") or not is_foldable(m["w"]):
        return m.refuse(f"the filter is {m['w'].dtype}, or not constant", at="w")
    return None
