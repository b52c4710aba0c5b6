"""LogSoftmax."""

from __future__ import annotations

from linter.rules import RewriteRule, Rewritten, Safety, Untouched, op, var

__all__ = ["LogSoftmax"]

BEFORE = """
x = Placeholder : float32[2,3]
y = LogSoftmax(x)
"""

AFTER = """
x = Placeholder : float32[2,3]
y/axis = Const : int32[1] = [-1]
y/Max = Max(x, y/axis) {keep_dims=true}
y/Sub = Sub(x, y/Max)
y/Exp = Exp(y/Sub)
y/Sum = Sum(y/Exp, y/axis) {keep_dims=true}
y/Log = Log(y/Sum)
y = Sub(y/Sub, y/Log)
"""


class LogSoftmax(RewriteRule):
    """Replace ``LogSoftmax(x)`` by ``z - Log(Sum(Exp(z)))`` with ``z = x - Max(x)``.

    Tolerance: the same formula; the kernel may add in another order.
    Shapes: float32[..., n], over the last axis.
    Source: TensorFlow op docs of LogSoftmax; softmax_op_functor.h computes it so.
    """

    id, name, safety = "RWS050", "log-softmax", Safety.TOLERANCE
    rtol, atol = 1e-5, 1e-5
    pattern = op("LogSoftmax", var("x"))
    replacement = """
    axis = Const : int32[1] = [-1]
    Max = Max($x, axis) {keep_dims=true}
    Sub = Sub($x, Max)
    Exp = Exp(Sub)
    Sum = Sum(Exp, axis) {keep_dims=true}
    Log = Log(Sum)
    Sub_1 = Sub(Sub, Log)
    """
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=("LogSoftmax",)),
        Untouched(BEFORE, label="the target takes it"),
    )
