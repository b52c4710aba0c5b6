"""An operand that is computed from constants alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.results.finding import Safety
from linter.rules import RewriteRule
from linter.rules.examples import Rewritten, Untouched
from linter.rules.match import BoundValue, op
from rules.rewrite.support.folding import folded, is_foldable

if TYPE_CHECKING:
    from linter.graph import Value
    from linter.rules.edit import GraphEditor
    from linter.rules.match import Match, Refusal

__all__ = ["FoldedOperand"]

BEFORE = """
x = Placeholder : float32[2,2]
w = Const : float32[4] = [1.0, 2.0, 3.0, 4.0]
s = Const : int32[2] = [2, 2]
r = Reshape(w, s)
y = MatMul(x, r)
"""

AFTER = """
x = Placeholder : float32[2,2]
y/b = Const : float32[2,2] = [[1.0, 2.0], [3.0, 4.0]]
y = MatMul(x, y/b)
"""

DATA = BEFORE.replace(
    "w = Const : float32[4] = [1.0, 2.0, 3.0, 4.0]", "w = Placeholder : float32[4]"
)
LIMIT = {"limits": {"MatMul": "is_const(b)"}}


class FoldedOperand(RewriteRule):
    """Give a node constants in place of operands that are computed from constants alone.

    Exact: only operations that move elements, or that IEEE 754 rounds correctly, are computed.
    Shapes: nothing changes but where the operand comes from.
    Source: NumPy and TensorFlow op docs of the operations; IEEE 754, correctly rounded operations.
    """

    id, name, safety = "RWS007", "folded-operand", Safety.EXACT
    early = True
    pattern = op(())
    examples = (
        Rewritten(BEFORE, after=AFTER, given=LIMIT),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(DATA, given=LIMIT, label="an operand is data"),
    )

    def guard(self, m: Match) -> Refusal | None:
        """At least one operand must be computed from constants, and not be one."""
        if m.root.node.op in ("Enter", "Exit", "Identity", "Merge", "NextIteration", "Switch"):
            return m.refuse("")
        return None if any(_is_computed(value) for value in m.root.inputs) else m.refuse("")

    def build(self, m: Match, edit: GraphEditor) -> tuple[Value, ...]:
        """The same node with constant operands."""
        names = _argument_names(m)
        inputs = [
            edit.const(folded(value), name=names.get(slot, "operand"))
            if _is_computed(value)
            else value
            for slot, value in enumerate(m.root.inputs)
        ]
        made = edit.add(m.root.node.op, inputs, m.root.node.attrs)
        count = max(m.used_outputs(), default=0) + 1
        return tuple(made._replace(port=port) for port in range(count))


def _is_computed(value: BoundValue) -> bool:
    return value.tensor is None and is_foldable(value)


def _argument_names(m: Match) -> dict[int, str]:
    ports = m.context.inference.arg_ports(m.root.node) or ()
    return {first: arg.name for arg, first, count in ports if count == 1}
