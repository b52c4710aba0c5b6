"""MatMul whose constant comes first."""

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
    const,
    op,
    var,
)

__all__ = ["WeightFirst"]

BEFORE = """
w = Const : float32[1,2] = [[1.0, 2.0]]
x = Placeholder : float32[2,3]
y = MatMul(w, x)
"""

AFTER = """
x = Placeholder : float32[2,3]
y/perm = Const : int32[2] = [1, 0]
y/Transpose = Transpose(x, y/perm)
y/b = Const : float32[2,1] = [[1.0], [2.0]]
y/MatMul = MatMul(y/Transpose, y/b) {transpose_a=false, transpose_b=false}
y = Transpose(y/MatMul, y/perm)
"""

BOTH = BEFORE.replace("x = Placeholder : float32[2,3]", "x = Const : float32[2,3] = 1.0")
LIMIT = {"limits": {"MatMul": "is_const(b) and not is_const(a)"}}


class WeightFirst(RewriteRule):
    """Replace ``MatMul(constant, x)`` by ``Transpose(MatMul(Transpose(x), Transpose(constant)))``.

    Tolerance: the sums are the same, the kernel may add them in another order.
    Shapes: T[m, k] times T[k, n]; the transposes swap the two axes.
    Source: (A B)^T = B^T A^T; the public operator table of OMG wants the constant second.
    """

    id, name, safety = "RWS021", "weight-first", Safety.TOLERANCE
    rtol, atol = 1e-5, 1e-6
    pattern = op("MatMul", const("w"), var("x"))
    examples = (
        Rewritten(BEFORE, after=AFTER, given=LIMIT),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(BOTH, given=LIMIT, reason="constant", label="both are constants"),
    )

    def guard(self, m: Match) -> Refusal | None:
        """The other operand must be data."""
        return m.refuse("both operands are constants") if m["x"].tensor is not None else None

    def build(self, m: Match, edit: GraphEditor) -> Value:
        """The product of the transposes, transposed."""
        import numpy as np

        tensor = m["w"].tensor
        assert tensor is not None
        weight, attrs = tensor.array(), m.root.attrs
        if not attrs["transpose_a"]:
            weight = weight.T
        perm = edit.const((1, 0), "int32", name="perm")
        turned = m["x"] if attrs["transpose_b"] else edit.add("Transpose", [m["x"], perm])
        factor = edit.const(np.ascontiguousarray(weight), name="b")
        plain = {"transpose_a": False, "transpose_b": False}
        return edit.add("Transpose", [edit.add("MatMul", [turned, factor], plain), perm])
