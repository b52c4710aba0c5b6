"""Comparisons by others."""

from __future__ import annotations

from linter.rules import (
    GraphEditor,
    Match,
    RewriteRule,
    Rewritten,
    Safety,
    Untouched,
    Value,
    op,
    var,
)

__all__ = ["ReversedComparison"]

BEFORE = """
x = Placeholder : float64[4]
z = Placeholder : float64[4]
y = Less(x, z)
"""

AFTER = """
x = Placeholder : float64[4]
z = Placeholder : float64[4]
y = Greater(z, x)
"""

EITHER = """
x = Placeholder : float64[4]
z = Placeholder : float64[4]
y = GreaterEqual(x, z)
"""

EITHER_AFTER = """
x = Placeholder : float64[4]
z = Placeholder : float64[4]
y/Greater = Greater(x, z)
y/Equal = Equal(x, z)
y = LogicalOr(y/Greater, y/Equal)
"""

_REVERSED = {"Less": "Greater", "Greater": "Less", "GreaterEqual": "LessEqual"}
_STRICT = {"GreaterEqual": "Greater"}


class ReversedComparison(RewriteRule):
    """Replace a comparison by the one with the operands swapped, or by ``x > z or x = z``.

    Exact: the statements agree for all numbers and for NaN.
    Shapes: the operands broadcast alike; bool out.
    Source: TensorFlow op docs of Less, Greater, LessEqual, GreaterEqual, Equal and LogicalOr.
    """

    id, name, safety = "RWS127", "reversed-comparison", Safety.EXACT
    variants = (0, 1)
    pattern = op(tuple(_REVERSED), var("x"), var("z"))
    examples = (
        Rewritten(BEFORE, after=AFTER, given={"limits": {"Less": "T == 'float32'"}}),
        Rewritten(
            EITHER,
            after=EITHER_AFTER,
            lacking=("LessEqual",),
            given={"limits": {"GreaterEqual": "T == 'float32'"}},
            label="neither form of it",
        ),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(BEFORE, lacking=("Less", "Greater"), reason="Greater", label="neither is taken"),
    )

    def build(self, m: Match, edit: GraphEditor) -> Value:
        """The other comparison."""
        name = m.root.node.op
        if m.variant == 0 or name not in _STRICT:
            return edit.add(_REVERSED[name], [m["z"], m["x"]])
        strict = edit.add(_STRICT[name], [m["x"], m["z"]])
        return edit.add("LogicalOr", [strict, edit.add("Equal", [m["x"], m["z"]])])
