"""An operand that the target wants constant and that shapes determine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.graph.queries import is_const
from linter.results.finding import Safety
from linter.rules import RewriteRule
from linter.rules.examples import Rewritten, Untouched
from linter.rules.match import op

if TYPE_CHECKING:
    from linter.graph import Value
    from linter.rules.edit import GraphEditor
    from linter.rules.match import BoundValue, Match, Refusal

__all__ = ["ComputedOperand"]

BEFORE = """
x = Placeholder : float32[2,3]
z = Placeholder : float32[6]
s = Shape(x)
y = Reshape(z, s)
"""

AFTER = """
x = Placeholder : float32[2,3]
z = Placeholder : float32[6]
y/shape = Const : int32[2] = [2, 3]
y = Reshape(z, y/shape)
"""

UNKNOWN = BEFORE.replace("x = Placeholder : float32[2,3]", "x = Placeholder : float32[?,3]")

_EXACT = frozenset({"bool", "int8", "uint8", "int16", "uint16", "int32", "int64"})
_LEFT_ALONE = frozenset({"Enter", "Exit", "Identity", "Merge", "NextIteration", "Switch"})


class ComputedOperand(RewriteRule):
    """Give a node constants in place of operands whose value is the same on every run.

    Exact: integers and booleans only; dimension arithmetic does not round.
    Shapes: nothing changes but where the operand comes from.
    Source: TensorFlow op docs of the ops that shape inference follows.
    """

    id, name, safety = "RWS006", "computed-operand", Safety.EXACT
    early = True
    pattern = op(())
    examples = (
        Rewritten(BEFORE, after=AFTER, given={"limits": {"Reshape": "is_const(shape)"}}),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            UNKNOWN,
            given={"limits": {"Reshape": "is_const(shape)"}},
            label="a size is not known",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """At least one operand must be computed and known."""
        if m.root.node.op in _LEFT_ALONE:
            return m.refuse("")
        return None if any(_is_computed(value) for value in m.root.inputs) else m.refuse("")

    def build(self, m: Match, edit: GraphEditor) -> tuple[Value, ...]:
        """The same node with constant operands."""
        names = _argument_names(m)
        inputs = [
            _const(value, edit, names.get(slot, "operand")) if _is_computed(value) else value
            for slot, value in enumerate(m.root.inputs)
        ]
        made = edit.add(m.root.node.op, inputs, m.root.node.attrs)
        return tuple(
            made._replace(port=port) for port in range(max(m.used_outputs(), default=0) + 1)
        )


def _is_computed(value: BoundValue) -> bool:
    if value.dtype not in _EXACT or is_const(value.context.graph, value.value):
        return False
    return value.constant is not None


def _const(value: BoundValue, edit: GraphEditor, name: str) -> Value:
    known = value.constant
    assert known is not None
    return edit.const(known.values, known.dtype, shape=known.shape, name=name)


def _argument_names(m: Match) -> dict[int, str]:
    ports = m.context.inference.arg_ports(m.root.node) or ()
    return {first: arg.name for arg, first, count in ports if count == 1}
