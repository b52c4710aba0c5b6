"""Reverse, the oldest form of ReverseV2."""

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

__all__ = ["ReversedAxes"]

BEFORE = """
x = Placeholder : float32[2,3,2]
d = Const : bool[3] = [true, false, true]
y = Reverse(x, d)
"""

AFTER = """
x = Placeholder : float32[2,3,2]
y/axis = Const : int32[2] = [0, 2]
y = ReverseV2(x, y/axis)
"""

LACKING = ("Reverse",)


class ReversedAxes(RewriteRule):
    """Replace Reverse by ReverseV2 with the axes that its flags name.

    Exact: both move the same elements.
    Shapes: T[...] of any rank; the flags are constant.
    Source: TensorFlow op docs of Reverse and ReverseV2.
    """

    id, name, safety = "RWS177", "reversed-axes", Safety.EXACT
    pattern = op("Reverse", var("x"), var("dims"))
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=LACKING),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            BEFORE.replace("Const : bool[3] = [true, false, true]", "Placeholder : bool[3]"),
            lacking=LACKING,
            reason="not constant",
            label="flags are data",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """Constant flags."""
        if m["dims"].elements is None:
            return m.refuse("which axes it reverses is not constant", at="dims")
        return None

    def build(self, m: Match, edit: GraphEditor) -> Value:
        """ReverseV2 with a list of axes."""
        axes = tuple(axis for axis, flag in enumerate(m["dims"].elements or ()) if flag)
        return edit.add("ReverseV2", [m["x"], edit.const(axes, "int32", name="axis")])
