"""Arithmetic of doubles."""

from __future__ import annotations

from linter.rules import (
    BoundValue,
    GraphEditor,
    Match,
    MatchContext,
    Node,
    Refusal,
    RewriteRule,
    Rewritten,
    Safety,
    Untouched,
    Value,
    op,
)
from rules.rewrite.support.narrowing import in_other_dtype, is_arithmetic, may_hold

__all__ = ["DoubleArithmetic"]

BEFORE = """
x = Placeholder : float64[1,2]
w = Const : float64[2,2] = 0.5
a = MatMul(x, w)
b = MatMul(a, w)
y = Relu(b)
"""

AFTER = """
x = Placeholder : float64[1,2]
a/Cast = Cast(x) {DstT=float32}
a/b = Const : float32[2,2] = 0.5
a/MatMul = MatMul(a/Cast, a/b)
b/b = Const : float32[2,2] = 0.5
b/MatMul = MatMul(a/MatMul, b/b)
b = Cast(b/MatMul) {DstT=float64}
y = Relu(b)
"""


class DoubleArithmetic(RewriteRule):
    """Compute in float32 what is computed in float64, between two Casts.

    Tolerance: float32 has 24 bits where float64 has 53.
    Shapes: float64[...] in and out; constants are rounded once.
    Source: TensorFlow op docs of Cast; atc and OMG list most operations for float32 only.
    Notes: values are taken to lie within the range of float32.
    """

    id, name, safety = "RWS060", "double-arithmetic", Safety.TOLERANCE
    rtol, atol = 1e-4, 1e-5
    pattern = op(())
    examples = (
        Rewritten(
            BEFORE,
            after=AFTER,
            given={"limits": {"MatMul": "T == 'float32'"}},
            label="a chain needs no Cast inside",
        ),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            BEFORE.replace("0.5", "1e300"),
            given={"limits": {"MatMul": "T == 'float32'"}},
            label="a constant is out of range",
        ),
    )

    def concerns(self, node: Node, context: MatchContext) -> bool:
        """The node has to do with values of that dtype."""
        return may_hold(node, context, "float64")

    def guard(self, m: Match) -> Refusal | None:
        """The node must compute with doubles that fit."""
        if not is_arithmetic(m, "float64"):
            return m.refuse("")
        return None if all(_fits(value) for value in m.root.inputs) else m.refuse("")

    def build(self, m: Match, edit: GraphEditor) -> tuple[Value, ...]:
        """The node in float32, its results as float64."""
        return in_other_dtype(m, edit, "float64", "float32")


def _fits(value: BoundValue) -> bool:
    """Whether a constant stays finite in float32; data is taken to."""
    if value.dtype != "float64" or value.tensor is None:
        return True
    import numpy as np

    array = value.tensor.array()
    return bool(np.all(~np.isfinite(array) | (np.abs(array) <= np.finfo(np.float32).max)))
