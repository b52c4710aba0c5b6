"""LogicalAnd."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.results.finding import Safety
from linter.rules import RewriteRule
from linter.rules.examples import Rewritten, Untouched
from linter.rules.match import op, var

if TYPE_CHECKING:
    from linter.graph import Value
    from linter.rules.edit import GraphEditor
    from linter.rules.match import Match

__all__ = ["LogicalAnd"]

BEFORE = """
x = Placeholder : bool[2,3]
z = Placeholder : bool[2,3]
y = LogicalAnd(x, z)
"""

AFTER = """
x = Placeholder : bool[2,3]
z = Placeholder : bool[2,3]
y/LogicalNot = LogicalNot(x)
y/LogicalNot_1 = LogicalNot(z)
y/LogicalOr = LogicalOr(y/LogicalNot, y/LogicalNot_1)
y = LogicalNot(y/LogicalOr)
"""


class LogicalAnd(RewriteRule):
    """Replace ``LogicalAnd(x, z)`` by ``LogicalNot(LogicalOr(LogicalNot(x), LogicalNot(z)))``.

    Exact: De Morgan's law.
    Shapes: the operands broadcast alike; bool out.
    Source: TensorFlow op docs of the four ops.
    """

    id, name, safety = "RWS035", "logical-and", Safety.EXACT
    pattern = op("LogicalAnd", var("x"), var("z"))
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=("LogicalAnd",)),
        Untouched(BEFORE, label="the target takes it"),
    )

    def build(self, m: Match, edit: GraphEditor) -> Value:
        """The conjunction by De Morgan."""
        negated = [edit.add("LogicalNot", [operand]) for operand in (m["x"], m["z"])]
        return edit.add("LogicalNot", [edit.add("LogicalOr", negated)])
