"""SplitV into equal pieces."""

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
    const,
    op,
    var,
)

__all__ = ["EvenSplitV"]

BEFORE = """
x = Placeholder : float32[2,6]
sizes = Const : int32[3] = {sizes}
axis = Const : int32[] = 1
s = SplitV(x, sizes, axis) {{num_split=3}}
y = Relu(s:2)
z = Neg(s)
"""

AFTER = """
x = Placeholder : float32[2,6]
axis = Const : int32[] = 1
s = Split(axis, x) {num_split=3}
y = Relu(s:2)
z = Neg(s)
"""


class EvenSplitV(RewriteRule):
    """Replace SplitV with equal sizes by Split.

    Exact: the pieces are the same slices.
    Shapes: T[...] along one axis into n equal pieces.
    Source: TensorFlow op docs of SplitV and Split.
    """

    id, name, safety = "RWS014", "even-split-v", Safety.EXACT
    pattern = op("SplitV", var("x"), const("sizes"), var("axis"))
    examples = (
        Rewritten(BEFORE.format(sizes="[2, 2, 2]"), after=AFTER, lacking=("SplitV",)),
        Untouched(
            BEFORE.format(sizes="[1, 2, 3]"), lacking=("SplitV",), reason="differ", label="uneven"
        ),
        Untouched(
            BEFORE.format(sizes="[2, 2, -1]"),
            lacking=("SplitV",),
            reason="differ",
            label="a size is left open",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """All sizes must be given and equal."""
        sizes = m["sizes"].elements
        if not sizes or len(set(sizes)) != 1 or sizes[0] < 0:
            return m.refuse(f"the sizes differ or are open: {sizes}", at="sizes")
        return None

    def build(self, m: Match, edit: GraphEditor) -> tuple[Value, ...]:
        """One Split."""
        count = len(m["sizes"].elements or ())
        split = edit.add("Split", [m["axis"], m["x"]], {"num_split": count})
        return tuple(Value(split.node, port) for port in range(count))
