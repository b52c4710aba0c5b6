"""BroadcastTo."""

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
    var,
)
from rules.rewrite.support.broadcast import tiled

__all__ = ["BroadcastTo"]

BEFORE = """
x = Placeholder : float32[1,2]
s = Const : int32[2] = [3, 2]
b = BroadcastTo(x, s)
y = Relu(b)
"""

AFTER = """
x = Placeholder : float32[1,2]
b/multiples = Const : int32[2] = [3, 1]
b = Tile(x, b/multiples)
y = Relu(b)
"""


class BroadcastTo(RewriteRule):
    """Replace ``BroadcastTo(x, shape)`` by ``Tile(x, multiples)``.

    Exact: both repeat elements.
    Shapes: x and the result have known shapes; a lower rank is raised by Reshape first.
    Source: TensorFlow op docs of BroadcastTo and Tile.
    """

    id, name, safety = "RWS055", "broadcast-to", Safety.EXACT
    pattern = op("BroadcastTo", var("x"), ...)
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=("BroadcastTo",)),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            BEFORE.replace("[1,2]", "[?,2]"),
            lacking=("BroadcastTo",),
            reason="shape",
            label="size unknown",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """Both shapes must be known."""
        if m["x"].static_shape is None or m.root.static_shape is None:
            return m.refuse("its shape is not known", at="x")
        return None

    def build(self, m: Match, edit: GraphEditor) -> Value | BoundValue:
        """The repeated value."""
        return tiled(edit, m["x"], m.root.static_shape or ())
