"""Select whose condition is constant and the same everywhere."""

from __future__ import annotations

from linter.graph.op_families import SELECTS
from linter.rules import (
    BoundValue,
    GraphEditor,
    Match,
    Refusal,
    RewriteRule,
    Rewritten,
    Safety,
    Untouched,
    op,
    var,
)

__all__ = ["ConstantSelect"]

BEFORE = """
a = Placeholder : float32[2]
b = Placeholder : float32[2]
c = Const : bool[2] = [true, {second}]
s = Select(c, a, b)
y = Relu(s)
"""

AFTER = """
a = Placeholder : float32[2]
b = Placeholder : float32[2]
y = Relu(a)
"""


class ConstantSelect(RewriteRule):
    """Replace ``Select(constant, a, b)`` by ``a`` or ``b`` when all elements come from one.

    Exact: every element comes from the one operand.
    Shapes: the operand has the shape of the result.
    Source: TensorFlow op docs of Select and SelectV2.
    """

    id, name, safety = "RWS041", "constant-select", Safety.EXACT
    pattern = op(SELECTS, var("c"), var("a"), var("b"))
    examples = (
        Rewritten(BEFORE.format(second="true"), after=AFTER, lacking=("Select",)),
        Untouched(BEFORE.format(second="true"), label="the target takes it"),
        Untouched(
            BEFORE.format(second="false"), lacking=("Select",), reason="both", label="both occur"
        ),
        Untouched(
            BEFORE.replace("Const : bool[2] = [true, {second}]", "Placeholder : bool[2]"),
            lacking=("Select",),
            label="the condition is data",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """The condition must be known and the same throughout."""
        elements = m["c"].elements
        if not elements:
            return m.refuse("")
        return None if len(set(elements)) == 1 else m.refuse("both values occur in the condition")

    def build(self, m: Match, edit: GraphEditor) -> BoundValue:
        """The operand that is always taken."""
        elements = m["c"].elements or (True,)
        return m["a"] if elements[0] else m["b"]
