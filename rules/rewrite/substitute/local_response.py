"""LRN, local response normalisation."""

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
from rules.rewrite.support.rearrangement import reshaped

__all__ = ["LocalResponse"]

BEFORE = """
x = Placeholder : float32[1,1,2,4]
y = LRN(x) {depth_radius=1, bias=1.0, alpha=0.5, beta=0.5}
"""
AFTER = """
x = Placeholder : float32[1,1,2,4]
y/Mul = Mul(x, x)
y/band = Const : float32[4,4] = [[0.5, 0.5, 0.0, 0.0], [0.5, 0.5, 0.5, 0.0], [0.0, 0.5, 0.5, 0.5], [0.0, 0.0, 0.5, 0.5]]
y/shape = Const : int32[2] = [2, 4]
y/Reshape = Reshape(y/Mul, y/shape)
y/MatMul = MatMul(y/Reshape, y/band)
y/bias = Const : float32[] = 1.0
y/shape_1 = Const : int32[4] = [1, 1, 2, 4]
y/Reshape_1 = Reshape(y/MatMul, y/shape_1)
y/Add = Add(y/Reshape_1, y/bias)
y/Rsqrt = Rsqrt(y/Add)
y = Mul(x, y/Rsqrt)
"""  # noqa: E501 - one node a line

THREE_QUARTERS = BEFORE.replace("beta=0.5", "beta=0.75")
THREE_QUARTERS_AFTER = """
x = Placeholder : float32[1,1,2,4]
y/Mul = Mul(x, x)
y/band = Const : float32[4,4] = [[0.5, 0.5, 0.0, 0.0], [0.5, 0.5, 0.5, 0.0], [0.0, 0.5, 0.5, 0.5], [0.0, 0.0, 0.5, 0.5]]
y/shape = Const : int32[2] = [2, 4]
y/Reshape = Reshape(y/Mul, y/shape)
y/MatMul = MatMul(y/Reshape, y/band)
y/bias = Const : float32[] = 1.0
y/shape_1 = Const : int32[4] = [1, 1, 2, 4]
y/Reshape_1 = Reshape(y/MatMul, y/shape_1)
y/Add = Add(y/Reshape_1, y/bias)
y/Rsqrt = Rsqrt(y/Add)
y/Sqrt = Sqrt(y/Rsqrt)
y/Mul_1 = Mul(y/Rsqrt, y/Sqrt)
y = Mul(x, y/Mul_1)
"""  # noqa: E501 - one node a line

ODD = BEFORE.replace("beta=0.5", "beta=0.6")
ODD_AFTER = """
x = Placeholder : float32[1,1,2,4]
y/Mul = Mul(x, x)
y/band = Const : float32[4,4] = [[0.5, 0.5, 0.0, 0.0], [0.5, 0.5, 0.5, 0.0], [0.0, 0.5, 0.5, 0.5], [0.0, 0.0, 0.5, 0.5]]
y/shape = Const : int32[2] = [2, 4]
y/Reshape = Reshape(y/Mul, y/shape)
y/MatMul = MatMul(y/Reshape, y/band)
y/bias = Const : float32[] = 1.0
y/shape_1 = Const : int32[4] = [1, 1, 2, 4]
y/Reshape_1 = Reshape(y/MatMul, y/shape_1)
y/Add = Add(y/Reshape_1, y/bias)
y/power = Const : float32[] = -0.6
y/Log = Log(y/Add)
y/Mul_1 = Mul(y/Log, y/power)
y/Exp = Exp(y/Mul_1)
y = Mul(x, y/Exp)
"""  # noqa: E501 - one node a line

LACKING = ("LRN",)
_LIMIT = 4096


class LocalResponse(RewriteRule):
    """Replace LRN by squares, their sums over neighbouring channels, and an inverse power.

    Tolerance: the same sums as a product with a matrix of ones and zeros; the power is a product
        of roots, or goes over the logarithm.
    Shapes: float32[n, h, w, c] of known shape, up to 4096 channels; the bias is above 0.
    Source: TensorFlow op docs of LRN: sums reach from channel d - radius to d + radius.
    """

    id, name, safety = "RWS197", "local-response", Safety.TOLERANCE
    rtol, atol = 1e-4, 1e-5
    pattern = op("LRN", var("x"))
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=LACKING, label="root"),
        Rewritten(THREE_QUARTERS, after=THREE_QUARTERS_AFTER, lacking=LACKING, label="two roots"),
        Rewritten(ODD, after=ODD_AFTER, lacking=LACKING, label="any power"),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            BEFORE.replace("1,1,2,4", "1,?,2,4"),
            lacking=LACKING,
            reason="shape",
            label="size unknown",
        ),
        Untouched(
            BEFORE.replace("1,1,2,4", "1,1,2,5000"),
            lacking=LACKING,
            reason="5000 channels",
            label="many channels",
        ),
        Untouched(
            BEFORE.replace("bias=1.0", "bias=0.0"),
            lacking=LACKING,
            reason="bias",
            label="no bias",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """Known shape, not too many channels, and sums that stay above 0."""
        shape = m["x"].static_shape
        if shape is None or len(shape) != 4 or m["x"].dtype is None or 0 in shape:
            return m.refuse("its shape is not known", at="x")
        if shape[3] > _LIMIT:
            return m.refuse(f"it has {shape[3]} channels, more than {_LIMIT}")
        attrs = m.root.attrs
        if not (attrs["bias"] > 0 and attrs["alpha"] >= 0):
            return m.refuse(f"its bias is {attrs['bias']} and its alpha {attrs['alpha']}")
        return None

    def build(self, m: Match, edit: GraphEditor) -> Value:
        """The value times an inverse power of the sums."""
        import numpy as np

        shape, dtype, attrs = m["x"].static_shape or (), str(m["x"].dtype), m.root.attrs
        channels = shape[3]
        apart = np.abs(np.arange(channels)[:, None] - np.arange(channels)[None, :])
        near = np.where(apart <= int(attrs["depth_radius"]), float(attrs["alpha"]), 0.0)
        rows = (shape[0] * shape[1] * shape[2], channels)
        square = edit.add("Mul", [m["x"], m["x"]])
        band = edit.const(near.reshape(-1).tolist(), dtype, shape=near.shape, name="band")
        sums = edit.add("MatMul", [reshaped(edit, square, shape, rows), band])
        bias = edit.const(float(attrs["bias"]), dtype, name="bias")
        total = edit.add("Add", [reshaped(edit, sums, rows, shape), bias])
        return edit.add("Mul", [m["x"], _inverse_power(edit, total, dtype, attrs["beta"])])


def _inverse_power(edit: GraphEditor, total: Value, dtype: str, beta: float) -> Value:
    if beta == 0.5:
        return edit.add("Rsqrt", [total])
    if beta == 0.75:
        root = edit.add("Rsqrt", [total])
        return edit.add("Mul", [root, edit.add("Sqrt", [root])])
    power = edit.const(-float(beta), dtype, name="power")
    return edit.add("Exp", [edit.add("Mul", [edit.add("Log", [total]), power])])
