"""ZerosLike and OnesLike of a known shape."""

from __future__ import annotations

from math import prod

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
from rules.rewrite.support.broadcast import SIZE_LIMIT

__all__ = ["FilledLike"]

BEFORE = """
x = Placeholder : float32[2]
n = Neg(x)
z = OnesLike(n)
y = Add(x, z)
"""

AFTER = """
x = Placeholder : float32[2]
z = Const : float32[2] = [1.0, 1.0]
y = Add(x, z)
"""


class FilledLike(RewriteRule):
    """Replace ZerosLike and OnesLike by a constant.

    Exact: only the shape of the input counts.
    Shapes: T[...] of known shape.
    Source: TensorFlow op docs of ZerosLike and OnesLike.
    """

    id, name, safety = "RWS046", "filled-like", Safety.EXACT
    pattern = op(("ZerosLike", "OnesLike"), var("x"))
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=("OnesLike",)),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            BEFORE.replace("float32[2]", "float32[?]"),
            lacking=("OnesLike",),
            reason="shape",
            label="size unknown",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """The shape must be known and the dtype a number."""
        shape = m["x"].static_shape
        if shape is None:
            return m.refuse("its shape is not known", at="x")
        if m.root.dtype not in ("float32", "float64", "int32", "int64", "bool"):
            return m.refuse(f"its dtype is {m.root.dtype or 'unknown'}")
        size = prod(shape)
        return None if size <= SIZE_LIMIT else m.refuse(f"it has {size} elements", at="x")

    def build(self, m: Match, edit: GraphEditor) -> Value:
        """The constant."""
        import numpy as np

        fill = np.ones if m.root.node.op == "OnesLike" else np.zeros
        return edit.const(fill(m["x"].static_shape or (), dtype=str(m.root.dtype)))
