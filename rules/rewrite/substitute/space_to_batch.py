"""SpaceToBatchND and SpaceToBatch."""

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
)
from rules.rewrite.support.blocks import blocks_refusal, permuted, read_blocks

__all__ = ["SpaceToBatch"]

BEFORE = """
x = Placeholder : float32[1,3,4,1]
b = Const : int32[2] = [2, 2]
p = Const : int32[2,2] = [[1, 0], [0, 0]]
y = SpaceToBatchND(x, b, p)
"""

AFTER = """
x = Placeholder : float32[1,3,4,1]
y/paddings = Const : int32[4,2] = [[0, 0], [1, 0], [0, 0], [0, 0]]
y/Pad = Pad(x, y/paddings)
y/shape = Const : int32[4] = 2
y/Reshape = Reshape(y/Pad, y/shape)
y/perm = Const : int32[4] = [1, 3, 0, 2]
y/Transpose = Transpose(y/Reshape, y/perm)
y/shape_1 = Const : int32[4] = [4, 2, 2, 1]
y = Reshape(y/Transpose, y/shape_1)
"""

LINE = """
x = Placeholder : float32[2,6,3]
b = Const : int64[1] = [3]
p = Const : int64[1,2] = [[0, 0]]
y = SpaceToBatchND(x, b, p)
"""

LINE_AFTER = """
x = Placeholder : float32[2,6,3]
y/shape = Const : int32[3] = [4, 3, 3]
y/Reshape = Reshape(x, y/shape)
y/perm = Const : int32[3] = [1, 0, 2]
y/Transpose = Transpose(y/Reshape, y/perm)
y/shape_1 = Const : int32[3] = [6, 2, 3]
y = Reshape(y/Transpose, y/shape_1)
"""

OLD = """
x = Placeholder : float32[1,2,2,1]
p = Const : int32[2,2] = [[0, 0], [0, 0]]
y = SpaceToBatch(x, p) {block_size=2}
"""

OLD_AFTER = """
x = Placeholder : float32[1,2,2,1]
y/shape = Const : int32[4] = [4, 1, 1, 1]
y = Reshape(x, y/shape)
"""

LACKING = ("SpaceToBatchND", "SpaceToBatch")


class SpaceToBatch(RewriteRule):
    """Replace SpaceToBatchND and SpaceToBatch by Pad, Reshape, Transpose and Reshape.

    Exact: elements are moved, and zeros put beside them.
    Shapes: T[...] of known shape; blocks and paddings are constant.
    Source: TensorFlow op docs of SpaceToBatchND, which spell the steps out.
    """

    id, name, safety = "RWS189", "space-to-batch", Safety.EXACT
    pattern = op(("SpaceToBatchND", "SpaceToBatch"))
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=LACKING, label="padded"),
        Rewritten(LINE, after=LINE_AFTER, lacking=LACKING, label="one axis"),
        Rewritten(OLD, after=OLD_AFTER, lacking=LACKING, label="one block size"),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            BEFORE.replace("1,3,4,1", "1,?,4,1"),
            lacking=LACKING,
            reason="shape",
            label="size unknown",
        ),
        Untouched(
            BEFORE.replace("Const : int32[2] = [2, 2]", "Placeholder : int32[2]"),
            lacking=LACKING,
            reason="not constant",
            label="blocks are data",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """Known shape and constant blocks."""
        return blocks_refusal(m)

    def build(self, m: Match, edit: GraphEditor) -> Value | BoundValue:
        """The padded image in blocks, whose inner places come first."""
        layout = read_blocks(m)
        assert not isinstance(layout, str)  # the guard has looked
        blocks, ends = layout
        source, shape = m.root.inputs[0], m.root.inputs[0].static_shape or ()
        value = source
        full = ((0, 0), *ends, *((0, 0),) * (len(shape) - len(ends) - 1))
        if any(pair != (0, 0) for pair in full):
            flat = [entry for pair in full for entry in pair]
            paddings = edit.const(flat, "int32", shape=(len(shape), 2), name="paddings")
            value = m.context.bind(edit.add("Pad", [value, paddings]))
            shape = tuple(s + a + b for s, (a, b) in zip(shape, full, strict=True))
        split: list[int] = [shape[0]]
        for extent, block in zip(shape[1:], blocks, strict=False):
            split += [extent // block, block]
        split += shape[1 + len(blocks) :]
        inner = [2 + 2 * axis for axis in range(len(blocks))]
        outer = [1 + 2 * axis for axis in range(len(blocks))]
        rest = range(1 + 2 * len(blocks), len(split))
        order = (*inner, 0, *outer, *rest)
        return permuted(edit, value, tuple(split), order, m.root.static_shape or ())
