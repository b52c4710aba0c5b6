"""Select between values that stay finite."""

from __future__ import annotations

from linter.graph.op_families import SELECTS
from linter.rules import (
    BoundValue,
    Match,
    Refusal,
    RewriteRule,
    Rewritten,
    Safety,
    Untouched,
    op,
    var,
)

__all__ = ["FiniteSelect"]

BEFORE = """
c = Placeholder : bool[2]
x = Placeholder : float32[2]
a = {op}(x)
b = Const : float32[2] = 0.5
y = Select(c, a, b)
"""

AFTER = """
c = Placeholder : bool[2]
x = Placeholder : float32[2]
a = Tanh(x)
b = Const : float32[2] = 0.5
y/one = Const : float32[] = 1.0
y/Cast = Cast(c) {DstT=float32}
y/Mul = Mul(y/Cast, a)
y/Sub = Sub(y/one, y/Cast)
y/Mul_1 = Mul(y/Sub, b)
y = Add(y/Mul, y/Mul_1)
"""

_DANGEROUS = frozenset(
    {
        "Acosh", "Atanh", "Div", "DivNoNan", "Exp", "Expm1", "Inv", "Log", "Log1p", "Pow",
        "RealDiv", "Reciprocal", "Rsqrt", "Sqrt", "Tan", "Xlogy",
    }
)  # fmt: skip
_BOUNDED = frozenset({"Cast", "OneHot", "Sigmoid", "Softmax", "Softsign", "Tanh", "LogicalNot"})
_REACH = 256


class FiniteSelect(RewriteRule):
    """Replace ``Select(c, a, b)`` by ``c * a + (1 - c) * b``.

    Tolerance: exact as long as both operands are finite; an infinite one that is not selected
        would give NaN.
    Shapes: the condition has the shape of the operands, or is a scalar.
    Source: TensorFlow op docs of Select and SelectV2.
    Notes: inputs are taken to be finite, and sums and products not to overflow.
    """

    id, name, safety = "RWS042", "finite-select", Safety.TOLERANCE
    rtol, atol = 1e-6, 0.0
    pattern = op(SELECTS, var("c"), var("a"), var("b"))
    replacement = """
    one = Const : $root.dtype[] = 1.0
    Cast = Cast($c) {DstT=$root.dtype}
    Mul = Mul(Cast, $a)
    Sub = Sub(one, Cast)
    Mul_1 = Mul(Sub, $b)
    Add = Add(Mul, Mul_1)
    """
    examples = (
        Rewritten(BEFORE.format(op="Tanh"), after=AFTER, lacking=("Select",)),
        Untouched(BEFORE.format(op="Tanh"), label="the target takes it"),
        Untouched(
            BEFORE.format(op="Log"), lacking=("Select",), reason="Log", label="may be infinite"
        ),
        Untouched(
            BEFORE.format(op="Tanh").replace("float32", "int32").replace("0.5", "5"),
            lacking=("Select",),
            reason="int32",
            label="integers",
        ),
        Untouched(
            BEFORE.format(op="Tanh").replace("float32[2]", "float32[2,3]"),
            lacking=("Select",),
            reason="condition",
            label="one condition for each row",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """Finite floating point and a condition of the same shape."""
        if m.root.dtype not in ("float32", "float64", "float16"):
            return m.refuse(f"its dtype is {m.root.dtype or 'unknown'}")
        shape = m["c"].static_shape
        if shape is None or (shape and shape != m.root.static_shape):
            return m.refuse("the condition has another shape than the operands", at="c")
        for name in ("a", "b"):
            if (danger := _danger(m[name])) is not None:
                return m.refuse(f"{danger} in front of it may give an infinite value", at=name)
        return None


def _danger(value: BoundValue) -> str | None:
    """The op above the value that may make an infinite value of finite ones."""
    import math

    pending, seen = [value], {value.value.node}
    while pending:
        current = pending.pop()
        node = current.node
        if node.op in _DANGEROUS:
            return node.op
        if node.op == "Const":
            elements = current.elements
            numbers = [e for e in elements or () if isinstance(e, float)]
            if elements is None or not all(math.isfinite(number) for number in numbers):
                return "a constant"
        if node.op in _BOUNDED or len(seen) > _REACH:
            continue
        for entry in current.inputs:
            if entry.value.node not in seen:
                seen.add(entry.value.node)
                pending.append(entry)
    return None
