"""Convolutions that an optimiser has fused with what follows."""

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
)
from rules.rewrite.support.fused_operations import appended, fused_refusal

__all__ = ["FusedConvolution"]

BEFORE = """
x = Placeholder : float32[1,4,4,1]
w = Const : float32[1,1,1,2] = 2.0
b = Const : float32[2] = [1.0, 2.0]
c = _FusedConv2D(x, w, b) {{T=float32, num_args=1, strides=[1, 1, 1, 1], padding="SAME", fused_ops=[{ops}]}}
y = Neg(c)
"""  # noqa: E501 - one node a line

AFTER = """
x = Placeholder : float32[1,4,4,1]
w = Const : float32[1,1,1,2] = 2.0
b = Const : float32[2] = [1.0, 2.0]
c/Conv2D = Conv2D(x, w) {strides=[1, 1, 1, 1], padding="SAME"}
c/BiasAdd = BiasAdd(c/Conv2D, b)
c = Relu(c/BiasAdd)
y = Neg(c)
"""

NORM = """
x = Placeholder : float32[1,4,4,1]
w = Const : float32[1,1,1,2] = 2.0
s = Const : float32[2] = [1.0, 2.0]
o = Const : float32[2] = [0.5, -0.5]
m = Const : float32[2] = [1.0, 0.0]
v = Const : float32[2] = [1.0, 4.0]
c = _FusedConv2D(x, w, s, o, m, v) {T=float32, num_args=4, strides=[1, 1, 1, 1], padding="SAME", fused_ops=["FusedBatchNorm", "Elu"], epsilon=0.001}
y = Neg(c)
"""  # noqa: E501 - one node a line

NORM_AFTER = """
x = Placeholder : float32[1,4,4,1]
w = Const : float32[1,1,1,2] = 2.0
s = Const : float32[2] = [1.0, 2.0]
o = Const : float32[2] = [0.5, -0.5]
m = Const : float32[2] = [1.0, 0.0]
v = Const : float32[2] = [1.0, 4.0]
c/Conv2D = Conv2D(x, w) {padding="SAME", strides=[1, 1, 1, 1]}
c/FusedBatchNorm = FusedBatchNorm(c/Conv2D, s, o, m, v) {epsilon=0.001, is_training=false}
c = Elu(c/FusedBatchNorm)
y = Neg(c)
"""

GELU = """
x = Placeholder : float32[2,3]
w = Const : float32[3,2] = 0.5
b = Const : float32[2] = [1.0, 2.0]
c = _FusedMatMul(x, w, b) {T=float32, num_args=1, fused_ops=["BiasAdd", "GeluApproximate"]}
y = Neg(c)
"""

GELU_AFTER = """
x = Placeholder : float32[2,3]
w = Const : float32[3,2] = 0.5
b = Const : float32[2] = [1.0, 2.0]
c/MatMul = MatMul(x, w)
c/BiasAdd = BiasAdd(c/MatMul, b)
c/Mul = Mul(c/BiasAdd, c/BiasAdd)
c/factor = Const : float32[] = 0.044715
c/Mul_1 = Mul(c/Mul, c/factor)
c/Mul_2 = Mul(c/BiasAdd, c/Mul_1)
c/root = Const : float32[] = 0.7978846
c/Add = Add(c/BiasAdd, c/Mul_2)
c/Mul_3 = Mul(c/Add, c/root)
c/Tanh = Tanh(c/Mul_3)
c/one = Const : float32[] = 1.0
c/Add_1 = Add(c/Tanh, c/one)
c/half = Const : float32[] = 0.5
c/Mul_4 = Mul(c/BiasAdd, c/half)
c = Mul(c/Mul_4, c/Add_1)
y = Neg(c)
"""

_PLAIN = {
    "_FusedConv2D": "Conv2D",
    "_FusedMatMul": "MatMul",
    "FusedDepthwiseConv2dNative": "DepthwiseConv2dNative",
    "_FusedDepthwiseConv2dNative": "DepthwiseConv2dNative",
}
_ATTRS = {
    "Conv2D": ("data_format", "dilations", "explicit_paddings", "padding", "strides"),
    "MatMul": ("transpose_a", "transpose_b"),
    "DepthwiseConv2dNative": (
        "data_format",
        "dilations",
        "explicit_paddings",
        "padding",
        "strides",
    ),
}


class FusedConvolution(RewriteRule):
    """Split a fused convolution or product into the operations that it fuses.

    Tolerance: the same operations; the fused kernel may round in another order.
    Shapes: as the plain operations have them.
    Source: TensorFlow remapper.cc, which fuses them; graph models of TensorFlow.js hold such nodes.
    """

    id, name, safety = "RWS016", "fused-convolution", Safety.TOLERANCE
    rtol, atol = 1e-5, 1e-5
    pattern = op(tuple(_PLAIN))
    examples = (
        Rewritten(BEFORE.format(ops='"BiasAdd", "Relu"'), after=AFTER, lacking=("_FusedConv2D",)),
        Rewritten(NORM, after=NORM_AFTER, lacking=("_FusedConv2D",), label="normalisation"),
        Rewritten(GELU, after=GELU_AFTER, lacking=("_FusedMatMul",), label="gelu"),
        Untouched(BEFORE.format(ops='"BiasAdd"'), label="the target takes it"),
        Untouched(
            BEFORE.format(ops='"BiasAdd", "Unheard"'),
            lacking=("_FusedConv2D",),
            reason="Unheard",
            label="another operation is fused",
        ),
        Untouched(
            BEFORE.format(ops='"FusedBatchNorm"'),
            lacking=("_FusedConv2D",),
            reason="1 arguments, not 4",
            label="arguments are missing",
        ),
        Untouched(
            BEFORE.format(ops=""),
            lacking=("_FusedConv2D",),
            reason="fuses nothing",
            label="nothing is fused",
        ),
        Untouched(
            BEFORE.format(ops='"BiasAdd"').replace("float32[2] = [1.0, 2.0]", "float32[] = 1.0"),
            lacking=("_FusedConv2D",),
            reason="BiasAdd with arguments of [0] axes",
            label="a bias that is no vector",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """Operations that are known, with as many arguments as they take."""
        fused = tuple(map(str, m.root.attrs.get("fused_ops", ())))
        reason = fused_refusal(fused, m.root.inputs[2:])
        return None if reason is None else m.refuse(reason)

    def build(self, m: Match, edit: GraphEditor) -> Value:
        """The operations one after the other."""
        plain = _PLAIN[m.root.node.op]
        given = m.root.node.attrs
        attrs = {name: given[name] for name in _ATTRS[plain] if name in given}
        if not attrs.get("explicit_paddings"):
            attrs.pop("explicit_paddings", None)
        source, weight, *arguments = m.root.inputs
        value = edit.add(plain, [source, weight], attrs)
        fused = tuple(map(str, given["fused_ops"]))
        return appended(edit, value, fused, tuple(arguments), given)
