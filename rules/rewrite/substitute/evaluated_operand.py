"""An operand that only TensorFlow can compute from constants."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.results.finding import Safety
from linter.rules import RewriteRule
from linter.rules.examples import Rewritten, Untouched
from linter.rules.match import BoundValue, op
from rules.rewrite.support.evaluation import evaluated, is_evaluable, oversize

if TYPE_CHECKING:
    from linter.graph import Value
    from linter.rules.edit import GraphEditor
    from linter.rules.match import Match, Refusal

__all__ = ["EvaluatedOperand"]

BEFORE = """
x = Placeholder : float32[2,2]
w = Const : float32[2,2] = [[0.0, 4.0], [1.0, -3.0]]
s = Softsign(w)
y = MatMul(x, s)
"""

AFTER = """
x = Placeholder : float32[2,2]
y/b = Const : float32[2,2] = [[0.0, 0.8], [0.5, -0.75]]
y = MatMul(x, y/b)
"""

DATA = BEFORE.replace(
    "w = Const : float32[2,2] = [[0.0, 4.0], [1.0, -3.0]]", "w = Placeholder : float32[2,2]"
)
LIMIT = {"limits": {"MatMul": "is_const(b)"}}


class EvaluatedOperand(RewriteRule):
    """Give a node constants, which TensorFlow computes, in place of operands.

    Exact: the constant is what the CPU kernel gives, and is used only when one thread and several
        give the same bits. Ops with state, chance or functions are left alone.
    Shapes: nothing changes but where the operand comes from; it has at most 1 MiB, or eight times
        the constants that it is computed from where that is more, and never more than 64 MiB;
        those constants have at most 64 MiB.
    Source: TensorFlow op definitions (``is_stateful``); the kernel itself computes the value.
    Notes: needs TensorFlow; without it the node is named under the refused ones.
    """

    id, name, safety = "RWS231", "evaluated-operand", Safety.EXACT
    early = True
    pattern = op(())
    evaluates = True
    examples = (
        Rewritten(BEFORE, after=AFTER, given=LIMIT),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(DATA, given=LIMIT, label="the operand is data"),
        Untouched(
            BEFORE,
            lacking=("MatMul",),
            label="a constant would not help",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """At least one operand must be computed, and small enough as a constant."""
        if m.root.node.op in ("Enter", "Exit", "Identity", "Merge", "NextIteration", "Switch"):
            return m.refuse("")
        operands = [value for value in m.root.inputs if _is_computed(value)]
        if not operands or is_evaluable(m.root):
            return m.refuse("")
        for value in operands:
            if reason := oversize(value):
                return m.refuse(reason)
        if m.context.evaluator is None:
            return m.refuse(f"needs TensorFlow, which would compute {operands[0]} from constants")
        for value in operands:
            found = evaluated(value)
            if found.array is None:
                return m.refuse(f"TensorFlow cannot compute {value}: {found.fault}")
            if reason := oversize(value, found.array.nbytes):
                return m.refuse(reason)
        return None

    def build(self, m: Match, edit: GraphEditor) -> tuple[Value, ...]:
        """The same node with constant operands."""
        names = _argument_names(m)
        inputs: list[Value | BoundValue] = []
        for slot, value in enumerate(m.root.inputs):
            array = evaluated(value).array if _is_computed(value) else None
            name = names.get(slot, "operand")
            inputs.append(value if array is None else edit.const(array, name=name))
        made = edit.add(m.root.node.op, inputs, m.root.node.attrs)
        count = max(m.used_outputs(), default=0) + 1
        return tuple(made._replace(port=port) for port in range(count))


def _is_computed(value: BoundValue) -> bool:
    return value.tensor is None and is_evaluable(value)  # Identity of a constant is one


def _argument_names(m: Match) -> dict[int, str]:
    ports = m.context.inference.arg_ports(m.root.node) or ()
    return {first: arg.name for arg, first, count in ports if count == 1}
