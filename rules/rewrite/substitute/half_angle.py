"""Sin and Cos."""

from __future__ import annotations

from linter.rules import (
    BoundValue,
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
from rules.rewrite.support.terms import FLOATS, Terms, computed, other_dtype

__all__ = ["HalfAngle"]

BEFORE = """
x = Placeholder : float32[2,8]
y = Sin(x)
"""

AFTER = """
x = Placeholder : float32[2,8]
y/number = Const : float32[] = 0.5
y/Mul = Mul(x, y/number)
y/Tan = Tan(y/Mul)
y/Square = Square(y/Tan)
y/number_1 = Const : float32[] = 1.0
y/Add = Add(y/Square, y/number_1)
y/Add_1 = Add(y/Tan, y/Tan)
y = RealDiv(y/Add_1, y/Add)
"""

EVEN = """
x = Placeholder : float32[3,5]
y = Cos(x)
"""

EVEN_AFTER = """
x = Placeholder : float32[3,5]
y/number = Const : float32[] = 0.5
y/Mul = Mul(x, y/number)
y/Tan = Tan(y/Mul)
y/Square = Square(y/Tan)
y/number_1 = Const : float32[] = 1.0
y/Sub = Sub(y/number_1, y/Square)
y/Add = Add(y/Square, y/number_1)
y = RealDiv(y/Sub, y/Add)
"""


class HalfAngle(RewriteRule):
    """Replace Sin and Cos by quotients of polynomials of ``t = Tan(x / 2)``.

    Tolerance: ``sin x = 2 t / (1 + t t)`` and ``cos x = (1 - t t) / (1 + t t)`` are exact; near a
        pole of Tan its relative error stays small, so that the results keep their precision.
    Shapes: T[...] in and out.
    Source: half-angle identities; TensorFlow op docs of Sin, Cos and Tan.
    """

    id, name, safety = "RWS121", "half-angle", Safety.TOLERANCE
    rtol, atol = 1e-5, 1e-6
    variants = (0, 1)
    pattern = op(("Sin", "Cos"), var("x"))
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=("Sin",)),
        Rewritten(EVEN, after=EVEN_AFTER, lacking=("Cos",), label="the cosine"),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(BEFORE, lacking=("Sin", "Tan"), reason="Tan", label="no tangent either"),
        Untouched(
            BEFORE.replace("float32", "float16"),
            lacking=("Sin",),
            reason="float16",
            label="half precision",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """Single or double precision."""
        return other_dtype(m, FLOATS)

    def build(self, m: Match, edit: GraphEditor) -> Value:
        """The quotient of two polynomials of the tangent."""
        return computed(m, edit, ("x",), _sine if m.root.node.op == "Sin" else _cosine)


def _sine(terms: Terms, x: BoundValue) -> Value:
    tangent = terms("Tan", terms("Mul", x, 0.5))
    below = terms("Add", terms("Square", tangent), 1.0)
    return terms("RealDiv", terms("Add", tangent, tangent), below)


def _cosine(terms: Terms, x: BoundValue) -> Value:
    square = terms("Square", terms("Tan", terms("Mul", x, 0.5)))
    return terms("RealDiv", terms("Sub", 1.0, square), terms("Add", square, 1.0))
