"""BatchToSpaceND and BatchToSpace."""

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

__all__ = ["BatchToSpace"]

BEFORE = """
x = Placeholder : float32[4,2,2,1]
b = Const : int64[2] = [2, 2]
c = Const : int64[2,2] = [[1, 0], [0, 0]]
y = BatchToSpaceND(x, b, c)
"""

AFTER = """
x = Placeholder : float32[4,2,2,1]
y/shape = Const : int32[4] = 2
y/Reshape = Reshape(x, y/shape)
y/perm = Const : int32[4] = [2, 0, 3, 1]
y/Transpose = Transpose(y/Reshape, y/perm)
y/shape_1 = Const : int32[4] = [1, 4, 4, 1]
y/Reshape_1 = Reshape(y/Transpose, y/shape_1)
y/begin = Const : int32[4] = [0, 1, 0, 0]
y/size = Const : int32[4] = [1, 3, 4, 1]
y = Slice(y/Reshape_1, y/begin, y/size)
"""

OLD = """
x = Placeholder : float32[4,1,1,1]
c = Const : int32[2,2] = [[0, 0], [0, 0]]
y = BatchToSpace(x, c) {block_size=2}
"""

OLD_AFTER = """
x = Placeholder : float32[4,1,1,1]
y/shape = Const : int32[4] = [1, 2, 2, 1]
y = Reshape(x, y/shape)
"""

LACKING = ("BatchToSpaceND", "BatchToSpace")


class BatchToSpace(RewriteRule):
    """Replace BatchToSpaceND and BatchToSpace by Reshape, Transpose, Reshape and Slice.

    Exact: elements are moved, and some left out.
    Shapes: T[...] of known shape; blocks and crops are constant.
    Source: TensorFlow op docs of BatchToSpaceND, which spell the steps out.
    """

    id, name, safety = "RWS186", "batch-to-space", Safety.EXACT
    pattern = op(("BatchToSpaceND", "BatchToSpace"))
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=LACKING, label="cropped"),
        Rewritten(OLD, after=OLD_AFTER, lacking=LACKING, label="one block size"),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            BEFORE.replace("4,2,2,1", "4,?,2,1"),
            lacking=LACKING,
            reason="shape",
            label="size unknown",
        ),
        Untouched(
            BEFORE.replace("Const : int64[2] = [2, 2]", "Placeholder : int64[2]"),
            lacking=LACKING,
            reason="not constant",
            label="blocks are data",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """Known shape and constant blocks."""
        return blocks_refusal(m)

    def build(self, m: Match, edit: GraphEditor) -> Value | BoundValue:
        """The places of the blocks beside the axes that they belong to, then the crop."""
        layout = read_blocks(m)
        assert not isinstance(layout, str)  # the guard has looked
        blocks, ends = layout
        source, shape = m.root.inputs[0], m.root.inputs[0].static_shape or ()
        count = len(blocks)
        batch = shape[0]
        for block in blocks:
            batch //= block
        split = (*blocks, batch, *shape[1:])
        order = [count]
        for axis in range(count):
            order += [count + 1 + axis, axis]
        order += range(2 * count + 1, len(split))
        sizes = tuple(s * b for s, b in zip(shape[1:], blocks, strict=False))
        whole = (batch, *sizes, *shape[1 + count :])
        value = permuted(edit, source, split, tuple(order), whole)
        if all(pair == (0, 0) for pair in ends):
            return value
        begin = (0, *(a for a, _ in ends), *(0,) * (len(shape) - count - 1))
        kept = tuple(s - a - b for s, (a, b) in zip(sizes, ends, strict=True))
        first = edit.const(begin, "int32", name="begin")
        size = edit.const((batch, *kept, *shape[1 + count :]), "int32", name="size")
        return edit.add("Slice", [value, first, size])
