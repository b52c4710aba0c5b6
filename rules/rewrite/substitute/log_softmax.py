"""LogSoftmax."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.results.finding import Safety
from linter.rules import RewriteRule
from linter.rules.examples import Rewritten, Untouched
from linter.rules.match import op, var

if TYPE_CHECKING:
    from linter.graph import Value
    from linter.rules.edit import GraphEditor
    from linter.rules.match import Match

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
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=("LogSoftmax",)),
        Untouched(BEFORE, label="the target takes it"),
    )

    def build(self, m: Match, edit: GraphEditor) -> Value:
        """The shifted input less the logarithm of the sum of its powers."""
        axis, keep = edit.const((-1,), "int32", name="axis"), {"keep_dims": True}
        shifted = edit.add("Sub", [m["x"], edit.add("Max", [m["x"], axis], keep)])
        total = edit.add("Sum", [edit.add("Exp", [shifted]), axis], keep)
        return edit.add("Sub", [shifted, edit.add("Log", [total])])
