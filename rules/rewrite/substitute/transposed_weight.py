"""MatMul that transposes its constant operand."""

from __future__ import annotations

from linter.rules import (
    GraphEditor,
    Match,
    RewriteRule,
    Rewritten,
    Safety,
    Untouched,
    Value,
    const,
    op,
    var,
)

__all__ = ["TransposedWeight"]

BEFORE = """
x = Placeholder : float32[1,2]
w = Const : float32[3,2] = [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]
y = MatMul(x, w) {transpose_b=true}
"""

AFTER = """
x = Placeholder : float32[1,2]
y/b = Const : float32[2,3] = [[1.0, 3.0, 5.0], [2.0, 4.0, 6.0]]
y = MatMul(x, y/b) {transpose_b=false}
"""

DATA = """
x = Placeholder : float32[1,2]
w = Placeholder : float32[3,2]
y = MatMul(x, w) {transpose_b=true}
"""

LIMIT = {"limits": {"MatMul": "transpose_b is False"}}


class TransposedWeight(RewriteRule):
    """Replace ``MatMul(x, constant, transpose_b=True)`` by one with the constant transposed.

    Tolerance: the products are the same, the kernel may add them in another order.
    Shapes: T[m, k] times T[n, k] becomes T[m, k] times T[k, n].
    Source: TensorFlow op docs of MatMul; the public operator table of OMG refuses transpose_b.
    """

    id, name, safety = "RWS020", "transposed-weight", Safety.TOLERANCE
    rtol, atol = 1e-5, 1e-6
    pattern = op("MatMul", var("x"), const("w"), transpose_b=True)
    examples = (
        Rewritten(BEFORE, after=AFTER, given=LIMIT),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(DATA, given=LIMIT, label="both operands are data"),
    )

    def build(self, m: Match, edit: GraphEditor) -> Value:
        """The product with the constant as the target wants it."""
        import numpy as np

        tensor = m["w"].tensor
        assert tensor is not None
        weight = edit.const(np.ascontiguousarray(tensor.array().T), name="b")
        return edit.add("MatMul", [m["x"], weight], {"transpose_b": False}, like=m.root)
