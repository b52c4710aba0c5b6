"""Convolutions that an optimiser has fused with what follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.examples import Rewritten, Untouched
from linter.finding import Safety
from linter.pattern import op
from linter.rule import RewriteRule

if TYPE_CHECKING:
    from linter.edit import GraphEditor
    from linter.graph import Value
    from linter.pattern import Match, Refusal

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

_PLAIN = {
    "_FusedConv2D": "Conv2D",
    "_FusedMatMul": "MatMul",
    "FusedDepthwiseConv2dNative": "DepthwiseConv2dNative",
    "_FusedDepthwiseConv2dNative": "DepthwiseConv2dNative",
}
_ACTIVATIONS = ("Relu", "Relu6", "Elu", "Sigmoid", "Tanh", "LeakyRelu")
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
    """Split a fused convolution or product into convolution, BiasAdd and activation.

    Tolerance: the same operations; the fused kernel may round in another order.
    Shapes: as the plain operations have them.
    Source: TensorFlow remapper.cc, which fuses them; graph models of TensorFlow.js hold such nodes.
    """

    id, name, safety = "RWS016", "fused-convolution", Safety.TOLERANCE
    rtol, atol = 1e-5, 1e-5
    pattern = op(tuple(_PLAIN))
    examples = (
        Rewritten(BEFORE.format(ops='"BiasAdd", "Relu"'), after=AFTER, lacking=("_FusedConv2D",)),
        Untouched(BEFORE.format(ops='"BiasAdd"'), label="the target takes it"),
        Untouched(
            BEFORE.format(ops='"FusedBatchNorm"'),
            lacking=("_FusedConv2D",),
            reason="FusedBatchNorm",
            label="another operation is fused",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """A bias and at most one activation."""
        fused = tuple(m.root.attrs.get("fused_ops", ()))
        rest = fused[1:] if fused[:1] == ("BiasAdd",) else (*fused, "no BiasAdd")
        if len(rest) > 1 or any(name not in _ACTIVATIONS for name in rest):
            return m.refuse(f"it fuses {', '.join(map(str, fused)) or 'nothing'}")
        if len(m.root.inputs) != 3:
            return m.refuse(f"it has {len(m.root.inputs)} inputs, not 3")
        return None

    def build(self, m: Match, edit: GraphEditor) -> Value:
        """The operations one after the other."""
        plain = _PLAIN[m.root.node.op]
        given = m.root.node.attrs
        attrs = {name: given[name] for name in _ATTRS[plain] if name in given}
        if not attrs.get("explicit_paddings"):
            attrs.pop("explicit_paddings", None)
        source, weight, bias = m.root.inputs
        value = edit.add(plain, [source, weight], attrs)
        layout = {"data_format": attrs["data_format"]} if "data_format" in attrs else {}
        value = edit.add("BiasAdd", [value, bias], layout)
        for name in tuple(given["fused_ops"])[1:]:
            slope = {"alpha": given["leakyrelu_alpha"]} if name == "LeakyRelu" else {}
            value = edit.add(name, [value], slope)
        return value
