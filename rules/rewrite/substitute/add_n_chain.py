"""AddN of three and more tensors."""

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
)

__all__ = ["AddNChain"]

BEFORE = """
a = Placeholder : float32[2]
b = Placeholder : float32[2]
c = Placeholder : float32[2]
y = AddN(a, b, c)
"""

AFTER = """
a = Placeholder : float32[2]
b = Placeholder : float32[2]
c = Placeholder : float32[2]
y/Add = Add(a, b)
y = Add(y/Add, c)
"""

PAIR = """
a = Placeholder : float32[2]
y = AddN(a, a)
"""


class AddNChain(RewriteRule):
    """Replace ``AddN(a, b, c...)`` by ``Add(Add(a, b), c)...``.

    Tolerance: the order of the additions, and with it the rounding, may differ.
    Shapes: AddN asks for equal shapes, which Add keeps.
    Source: TensorFlow op docs of AddN, AccumulateNV2 and Add.
    """

    id, name, safety = "RWS012", "add-n-chain", Safety.TOLERANCE
    rtol, atol = 1e-5, 1e-6
    pattern = op(("AddN", "AccumulateNV2"))
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=("AddN",)),
        Untouched(PAIR, lacking=("AddN",), label="a pair is another rule's"),
    )

    def guard(self, m: Match) -> Refusal | None:
        """Shorter sums are another rule's."""
        return None if len(m.root.inputs) > 2 else m.refuse("")

    def build(self, m: Match, edit: GraphEditor) -> Value:
        """The chain."""
        first, second, *rest = m.root.inputs
        total = edit.add("Add", [first, second])
        for term in rest:
            total = edit.add("Add", [total, term])
        return total
