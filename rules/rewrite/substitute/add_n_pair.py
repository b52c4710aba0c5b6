"""AddN of one or two tensors."""

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
)

__all__ = ["AddNPair"]

BEFORE = """
a = Placeholder : float32[2]
b = Placeholder : float32[2]
y = AddN(a, b)
"""

AFTER = """
a = Placeholder : float32[2]
b = Placeholder : float32[2]
y = Add(a, b)
"""

SINGLE = """
a = Placeholder : float32[2]
n = AddN(a)
y = Relu(n)
"""

SINGLE_AFTER = """
a = Placeholder : float32[2]
y = Relu(a)
"""

THREE = """
a = Placeholder : float32[2]
b = Placeholder : float32[2]
y = AddN(a, b, a)
"""


class AddNPair(RewriteRule):
    """Replace ``AddN(a, b)`` by ``Add(a, b)`` and ``AddN(a)`` by ``a``.

    Exact: one addition either way.
    Shapes: AddN asks for equal shapes, which Add keeps.
    Source: TensorFlow op docs of AddN, AccumulateNV2 and Add.
    """

    id, name, safety = "RWS011", "add-n-pair", Safety.EXACT
    pattern = op(("AddN", "AccumulateNV2"))
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=("AddN",)),
        Rewritten(SINGLE, after=SINGLE_AFTER, lacking=("AddN",), label="one tensor"),
        Untouched(THREE, lacking=("AddN",), label="three tensors"),
    )

    def guard(self, m: Match) -> Refusal | None:
        """Longer sums are another rule's."""
        return None if len(m.root.inputs) <= 2 else m.refuse("")

    def build(self, m: Match, edit: GraphEditor) -> Value | BoundValue:
        """The sum."""
        inputs = m.root.inputs
        return inputs[0] if len(inputs) == 1 else edit.add("Add", inputs)
