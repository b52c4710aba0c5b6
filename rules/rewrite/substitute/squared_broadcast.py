"""SquaredDifference whose operands broadcast."""

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
    var,
)
from rules.rewrite.support.broadcast import common_shape, tiled

__all__ = ["SquaredBroadcast"]

BEFORE = """
x = Placeholder : float32[1,2,2,3]
z = Placeholder : float32[1,1,1,3]
y = SquaredDifference(x, z)
"""

AFTER = """
x = Placeholder : float32[1,2,2,3]
z = Placeholder : float32[1,1,1,3]
y/multiples = Const : int32[4] = [1, 2, 2, 1]
y/Tile = Tile(z, y/multiples)
y/Sub = Sub(x, y/Tile)
y = Square(y/Sub)
"""

SAME = BEFORE.replace("[1,1,1,3]", "[1,2,2,3]")
LIMIT = {"limits": {"Sub": "x_shape == y_shape"}}


class SquaredBroadcast(RewriteRule):
    """Replace ``SquaredDifference(x, z)`` by ``Square(Sub(x, Tile(z)))``.

    Exact: broadcasting repeats elements, and so does Tile; the kernel subtracts and squares.
    Shapes: both operands have known shapes, which differ.
    Source: TensorFlow op docs of SquaredDifference and Tile.
    """

    id, name, safety = "RWS026", "squared-broadcast", Safety.EXACT
    pattern = op("SquaredDifference", var("x"), var("z"))
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=("SquaredDifference",), given=LIMIT),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(SAME, lacking=("SquaredDifference",), label="nothing broadcasts"),
        Untouched(
            BEFORE.replace("[1,2,2,3]", "[1,?,2,3]"),
            lacking=("SquaredDifference",),
            reason="shapes",
            label="a size is not known",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """The shapes must be known and differ."""
        if m.root.dtype is None or m.root.dtype.startswith("complex"):
            return m.refuse("its dtype is unknown or complex")
        if common_shape(m["x"], m["z"]) is None:
            return m.refuse("the shapes of the operands are not known")
        return m.refuse("") if m["x"].static_shape == m["z"].static_shape else None

    def build(self, m: Match, edit: GraphEditor) -> Value:
        """The square of the difference of operands of one shape."""
        shape = common_shape(m["x"], m["z"]) or ()
        operands = [tiled(edit, operand, shape) for operand in (m["x"], m["z"])]
        return edit.add("Square", [edit.add("Sub", operands)])
