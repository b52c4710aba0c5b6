"""IsNan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.examples import Rewritten, Untouched
from linter.finding import Safety
from linter.pattern import op, var
from linter.rule import RewriteRule

if TYPE_CHECKING:
    from linter.edit import GraphEditor
    from linter.graph import Value
    from linter.pattern import Match

__all__ = ["IsNan"]

BEFORE = """
x = Placeholder : float32[2,3]
y = IsNan(x)
"""

AFTER = """
x = Placeholder : float32[2,3]
y/Equal = Equal(x, x)
y = LogicalNot(y/Equal)
"""


class IsNan(RewriteRule):
    """Replace ``IsNan(x)`` by ``LogicalNot(Equal(x, x))``.

    Exact: NaN alone does not equal itself.
    Shapes: float32[...] in, bool[...] out.
    Source: TensorFlow op docs of IsNan and Equal.
    """

    id, name, safety = "RWS047", "is-nan", Safety.EXACT
    pattern = op("IsNan", var("x"))
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=("IsNan",)),
        Untouched(BEFORE, label="the target takes it"),
    )

    def build(self, m: Match, edit: GraphEditor) -> Value:
        """The negated comparison with itself."""
        return edit.add("LogicalNot", [edit.add("Equal", [m["x"], m["x"]])])
