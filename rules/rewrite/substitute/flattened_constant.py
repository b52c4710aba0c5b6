"""A constant operand with axes of size 1 in front."""

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
from rules.rewrite.support.broadcast import BINARY, common_shape

__all__ = ["FlattenedConstant"]

BEFORE = """
x = Placeholder : float32[1,4,4,2]
c = Const : float32[1,1,2] = [[[1.0, 2.0]]]
y = Mul(x, c)
"""

AFTER = """
x = Placeholder : float32[1,4,4,2]
y/const = Const : float32[2] = [1.0, 2.0]
y = Mul(x, y/const)
"""

COLUMN = """
x = Placeholder : float32[1,4,4,2]
c = Const : float32[4,1] = 2.0
y = Mul(x, c)
"""

LIMIT = {"limits": {"Mul": "omg_broadcast_ok(x_shape, y_shape)"}}


class FlattenedConstant(RewriteRule):
    """Replace a constant operand ``[1, ..., 1, c]`` by ``[c]``, and one of one element by a scalar.

    Exact: axes of size 1 in front broadcast like missing ones.
    Shapes: x is T[..., c] of known shape and of no lower rank than the constant.
    Source: broadcasting as TensorFlow documents it for its binary operations.
    """

    id, name, safety = "RWS027", "flattened-constant", Safety.EXACT
    pattern = op(BINARY, var("a"), var("b"))
    examples = (
        Rewritten(BEFORE, after=AFTER, given=LIMIT),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(COLUMN, given=LIMIT, label="other axes differ"),
    )

    def guard(self, m: Match) -> Refusal | None:
        """One operand must be such a constant."""
        shapes = (_flat(m["a"], m["b"]), _flat(m["b"], m["a"]))
        return m.refuse("") if shapes == (None, None) else None

    def build(self, m: Match, edit: GraphEditor) -> Value:
        """The same operation on the flat constant."""
        operands: list[Value | BoundValue] = []
        for own, other in ((m["a"], m["b"]), (m["b"], m["a"])):
            flat = _flat(own, other)
            tensor = own.tensor
            if flat is None or tensor is None:
                operands.append(own)
            else:
                operands.append(edit.const(tensor.array().reshape(flat)))
        return edit.add(m.root.node.op, operands, like=m.root)


def _flat(value: BoundValue, other: BoundValue) -> tuple[int, ...] | None:
    """The shorter shape of a constant; ``None`` when there is none or the result would change."""
    shape = value.static_shape
    if value.tensor is None or not shape or other.tensor is not None:
        return None
    if common_shape(value, other) is None or (other.rank or 0) < len(shape):
        return None
    if any(size != 1 for size in shape[:-1]):
        return None
    short = () if shape[-1] == 1 else shape[-1:]
    return short if short != shape else None
