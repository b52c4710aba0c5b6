"""Operands that broadcast."""

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
from rules.rewrite.support.broadcast import BINARY, common_shape, tiled

__all__ = ["BroadcastOperand"]

BEFORE = """
x = Placeholder : float32[1,4,4,2]
g = Placeholder : float32[1,1,1,2]
y = Mul(x, g)
"""

AFTER = """
x = Placeholder : float32[1,4,4,2]
g = Placeholder : float32[1,1,1,2]
y/multiples = Const : int32[4] = [1, 4, 4, 1]
y/Tile = Tile(g, y/multiples)
y = Mul(x, y/Tile)
"""

LOWER = """
x = Placeholder : float32[2,3]
g = Placeholder : float32[3]
y = Mul(x, g)
"""

LOWER_AFTER = """
x = Placeholder : float32[2,3]
g = Placeholder : float32[3]
y/shape = Const : int32[2] = [1, 3]
y/Reshape = Reshape(g, y/shape)
y/multiples = Const : int32[2] = [2, 1]
y/Tile = Tile(y/Reshape, y/multiples)
y = Mul(x, y/Tile)
"""

OPEN = BEFORE.replace("[1,4,4,2]", "[1,?,4,2]")
LIMIT = {"limits": {"Mul": "x_shape == y_shape"}}


class BroadcastOperand(RewriteRule):
    """Tile the operands that broadcast until both have the shape of the result.

    Exact: broadcasting repeats elements, and so does Tile.
    Shapes: both operands have known shapes; a lower rank is raised by Reshape first.
    Source: broadcasting as TensorFlow documents it for its binary operations.
    """

    id, name, safety = "RWS029", "broadcast-operand", Safety.EXACT
    pattern = op(BINARY, var("a"), var("b"))
    examples = (
        Rewritten(BEFORE, after=AFTER, given=LIMIT),
        Rewritten(LOWER, after=LOWER_AFTER, given=LIMIT, label="lower rank"),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            OPEN, given={"limits": {"Mul": "x_shape == 0"}}, reason="shapes", label="size unknown"
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """The operands must differ in shape."""
        shape = common_shape(m["a"], m["b"])
        if shape is None:
            return m.refuse("the shapes of the operands are not known")
        if m["a"].static_shape == m["b"].static_shape:
            return m.refuse("")
        return None

    def build(self, m: Match, edit: GraphEditor) -> Value:
        """The same operation on operands of one shape."""
        shape = common_shape(m["a"], m["b"]) or ()
        operands = [tiled(edit, operand, shape) for operand in (m["a"], m["b"])]
        return edit.add(m.root.node.op, operands, like=m.root)
