"""PlaceholderWithDefault that the user feeds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.examples import Rewritten, Untouched
from linter.finding import Safety
from linter.graph import DType, Shape
from linter.pattern import op, var
from linter.rule import RewriteRule

if TYPE_CHECKING:
    from linter.edit import GraphEditor
    from linter.graph import Value
    from linter.pattern import Match, Refusal

__all__ = ["FedDefault"]

BEFORE = """
x = Placeholder : float32[2]
d = Const : float32[] = 0.5
p = PlaceholderWithDefault(d) : float32[]
y = Mul(x, p)
"""

AFTER = """
x = Placeholder : float32[2]
p = Placeholder : float32[]
y = Mul(x, p)
"""


class FedDefault(RewriteRule):
    """Replace a PlaceholderWithDefault by a Placeholder when ``--input-shape`` names it.

    Exact: an input that is fed never takes its default.
    Shapes: the shape is the one that is given.
    Source: TensorFlow op docs of PlaceholderWithDefault; atc removes it and would lose the input.
    """

    id, name, safety = "RWS004", "fed-default", Safety.EXACT
    always = True
    pattern = op("PlaceholderWithDefault", var("default"))
    examples = (
        Rewritten(BEFORE, after=AFTER, input_shapes={"p": ()}),
        Untouched(BEFORE, label="not named"),
    )

    def guard(self, m: Match) -> Refusal | None:
        """Only what the user names is an input."""
        if m.root.node.name not in m.context.input_shapes:
            return m.refuse("")
        if m.root.dtype is None:
            return m.refuse("its dtype is unknown")
        return None

    def build(self, m: Match, edit: GraphEditor) -> Value:
        """A Placeholder of the given shape."""
        shape = Shape(tuple(m.context.input_shapes[m.root.node.name]))
        return edit.add("Placeholder", (), {"dtype": DType(str(m.root.dtype)), "shape": shape})
