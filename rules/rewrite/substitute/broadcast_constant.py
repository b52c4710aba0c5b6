"""A constant operand that broadcasts."""

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

__all__ = ["BroadcastConstant"]

BEFORE = """
x = Placeholder : float32[2,2]
c = Const : float32[2,1] = [[1.0], [2.0]]
y = Minimum(x, c)
"""

AFTER = """
x = Placeholder : float32[2,2]
y/const = Const : float32[2,2] = [[1.0, 1.0], [2.0, 2.0]]
y = Minimum(x, y/const)
"""

OPEN = BEFORE.replace("[2,2]", "[2,?]")
LIMIT = {"limits": {"Minimum": "x_shape == y_shape or x_rank == 0 or y_rank == 0"}}


class BroadcastConstant(RewriteRule):
    """Write a constant operand that broadcasts out in full.

    Exact: broadcasting repeats elements, and so does the longer constant.
    Shapes: both operands have known shapes.
    Source: broadcasting as TensorFlow documents it for its binary operations.
    """

    id, name, safety = "RWS028", "broadcast-constant", Safety.EXACT
    pattern = op(BINARY, var("a"), var("b"))
    examples = (
        Rewritten(BEFORE, after=AFTER, given=LIMIT),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            OPEN,
            given={"answers": {}, "limits": {"Minimum": "x_shape == 0"}},
            reason="shapes",
            label="a size is not known",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """One operand must be a constant of another shape than the result."""
        if (m["a"].tensor is None) == (m["b"].tensor is None):
            return m.refuse("")
        shape = common_shape(m["a"], m["b"])
        if shape is None:
            return m.refuse("the shapes of the operands are not known")
        fixed = m["a"] if m["a"].tensor is not None else m["b"]
        return m.refuse("") if fixed.static_shape == shape else None

    def build(self, m: Match, edit: GraphEditor) -> Value:
        """The same operation on the constant in full."""
        shape = common_shape(m["a"], m["b"]) or ()
        operands = [
            tiled(edit, operand, shape) if operand.tensor is not None else operand
            for operand in (m["a"], m["b"])
        ]
        return edit.add(m.root.node.op, operands, like=m.root)
