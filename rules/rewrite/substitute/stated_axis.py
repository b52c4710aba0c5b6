"""Pack and Unpack without their axis."""

from __future__ import annotations

from typing import TYPE_CHECKING

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

if TYPE_CHECKING:
    from collections.abc import Sequence


__all__ = ["StatedAxis"]

BEFORE = """
x = Placeholder : float32[2]
y = Pack(x, x)
"""
AFTER = """
x = Placeholder : float32[2]
y = Pack(x, x) {axis=0}
"""

APART = """
x = Placeholder : float32[2,3]
u = Unpack(x) {num=2}
y = Neg(u:1)
"""
APART_AFTER = """
x = Placeholder : float32[2,3]
u = Unpack(x) {axis=0, num=2}
y = Neg(u:1)
"""

LIMIT = {"limits": {"Pack": "has_attr('axis')", "Unpack": "has_attr('axis')"}}


class StatedAxis(RewriteRule):
    """Write the axis of Pack and Unpack that is left out because it is 0.

    Exact: 0 is what the attribute is when it is left out.
    Shapes: any.
    Source: TensorFlow op docs of Pack and Unpack; exporters drop attributes at their defaults.
    """

    id, name, safety = "RWS199", "stated-axis", Safety.EXACT
    pattern = op(("Pack", "Unpack"))
    examples = (
        Rewritten(BEFORE, after=AFTER, given=LIMIT, label="joined"),
        Rewritten(APART, after=APART_AFTER, given=LIMIT, label="taken apart"),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            BEFORE.replace("x, x)", "x, x) {axis=1}"), lacking=("Pack",), label="the axis is there"
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """The axis must be missing."""
        return m.refuse("") if "axis" in m.root.node.attrs else None

    def build(self, m: Match, edit: GraphEditor) -> Sequence[Value]:
        """The same node with its axis."""
        node = m.root.node
        made = edit.add(node.op, m.root.inputs, {**node.attrs, "axis": 0})
        bound = m.context.bind(made)
        count = max(m.used_outputs(), default=0) + 1
        return [bound.output(port).value for port in range(count)]
