"""A convolution between SpaceToBatchND and BatchToSpaceND."""

from __future__ import annotations

from linter.infer.windows import reach, same_padding
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
    const,
    op,
    var,
)
from rules.rewrite.support.blocks import paired_blocks

__all__ = ["DilatedConvolution"]

BEFORE = """
x = Placeholder : float32[1,6,6,1]
b = Const : int32[2] = [2, 2]
p = Const : int32[2,2] = [[2, 2], [2, 2]]
w = Const : float32[3,3,1,2] = 0.5
k = Const : int32[2,2] = [[0, 0], [0, 0]]
s = SpaceToBatchND(x, b, p)
c = Conv2D(s, w) {strides=[1, 1, 1, 1], padding="VALID"}
y = BatchToSpaceND(c, b, k)
"""

AFTER = """
x = Placeholder : float32[1,6,6,1]
w = Const : float32[3,3,1,2] = 0.5
y = Conv2D(x, w) {dilations=[1, 2, 2, 1], padding="SAME", strides=[1, 1, 1, 1]}
"""

ODD = BEFORE.replace("[1,6,6,1]", "[1,5,6,1]").replace("= [[0, 0], [0, 0]]", "= [[0, 1], [1, 1]]")
ODD = ODD.replace("= [[2, 2], [2, 2]]", "= [[2, 3], [2, 2]]")

ODD_AFTER = """
x = Placeholder : float32[1,5,6,1]
w = Const : float32[3,3,1,2] = 0.5
y/paddings = Const : int32[4,2] = [[0, 0], [2, 2], [1, 1], [0, 0]]
y/Pad = Pad(x, y/paddings)
y = Conv2D(y/Pad, w) {dilations=[1, 2, 2, 1], padding="VALID", strides=[1, 1, 1, 1]}
"""

CUT = BEFORE.replace("[2, 2], [2, 2]", "[0, 0], [0, 0]").replace("[0, 0]]\ns", "[1, 0]]\ns")

CUT_AFTER = """
x = Placeholder : float32[1,6,6,1]
w = Const : float32[3,3,1,2] = 0.5
y/begin = Const : int32[4] = [0, 0, 1, 0]
y/size = Const : int32[4] = [1, 6, 5, 1]
y/Slice = Slice(x, y/begin, y/size)
y = Conv2D(y/Slice, w) {dilations=[1, 2, 2, 1], padding="VALID", strides=[1, 1, 1, 1]}
"""

MIXED = BEFORE.replace("= [[0, 0], [0, 0]]", "= [[3, 0], [0, 0]]")

MIXED_AFTER = """
x = Placeholder : float32[1,6,6,1]
w = Const : float32[3,3,1,2] = 0.5
y/begin = Const : int32[4] = [0, 1, 0, 0]
y/size = Const : int32[4] = [1, 5, 6, 1]
y/Slice = Slice(x, y/begin, y/size)
y/paddings = Const : int32[4,2] = [[0, 0], [0, 2], [2, 2], [0, 0]]
y/Pad = Pad(y/Slice, y/paddings)
y = Conv2D(y/Pad, w) {dilations=[1, 2, 2, 1], padding="VALID", strides=[1, 1, 1, 1]}
"""

LACKING = ("BatchToSpaceND",)


class DilatedConvolution(RewriteRule):
    """Replace SpaceToBatchND, a convolution and BatchToSpaceND by a dilated convolution.

    Tolerance: the same products, summed in another order.
    Shapes: T[n, h, w, c] of known shape; blocks, paddings and crops are constant.
    Source: TensorFlow docs of with_space_to_batch: on every second, third … place the convolution
        reads what a dilated one reads; paddings less crops are the padding that is left.
    """

    id, name, safety = "RWS185", "dilated-convolution", Safety.TOLERANCE
    rtol, atol = 1e-4, 1e-4
    pattern = op(
        "BatchToSpaceND",
        op(
            "Conv2D",
            op("SpaceToBatchND", var("x"), const("b"), const("p"), name="s"),
            var("w"),
            name="c",
        ),
        const("blocks"),
        const("crops"),
    )
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=LACKING, label="SAME"),
        Rewritten(ODD, after=ODD_AFTER, lacking=LACKING, label="other padding"),
        Rewritten(CUT, after=CUT_AFTER, lacking=LACKING, label="crops only"),
        Rewritten(MIXED, after=MIXED_AFTER, lacking=LACKING, label="padding and crops mixed"),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            BEFORE.replace("(c, b, k)", "(c, b2, k)").replace(
                "b = Const", "b2 = Const : int32[2] = [1, 4]\nb = Const"
            ),
            lacking=LACKING,
            reason="(2, 2) and (1, 4)",
            label="other blocks",
        ),
        Untouched(
            BEFORE.replace("[1, 1, 1, 1]", "[1, 2, 2, 1]"),
            lacking=LACKING,
            reason="strides",
            label="strided",
        ),
        Untouched(
            BEFORE.replace("1,6,6,1", "1,?,6,1"),
            lacking=LACKING,
            reason="shape",
            label="size unknown",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """A plain convolution over the same blocks."""
        if m["x"].rank != 4 or m["x"].static_shape is None or m["w"].static_shape is None:
            return m.refuse("its shape is not known, or not of rank 4", at="x")
        attrs = m["c"].attrs
        if attrs["data_format"] != "NHWC" or attrs["padding"] not in ("SAME", "VALID"):
            return m.refuse(f"its padding is {attrs['padding']}, or its layout not NHWC", at="c")
        if any(step != 1 for name in ("strides", "dilations") for step in attrs[name]):
            return m.refuse("its strides or dilations are not 1", at="c")
        found = _left_over(m)
        return m.refuse(found) if isinstance(found, str) else None

    def build(self, m: Match, edit: GraphEditor) -> Value:
        """The convolution on what is padded or cut."""
        remainder = _left_over(m)
        assert not isinstance(remainder, str)  # the guard has looked
        blocks, ends = remainder
        attrs = {"dilations": (1, *blocks, 1), "strides": (1, 1, 1, 1), "padding": "VALID"}
        kernel = (m["w"].static_shape or ())[:2]
        image = (m["x"].static_shape or ())[1:3]
        spans = [reach(k, block) for k, block in zip(kernel, blocks, strict=True)]
        value: Value | BoundValue = m["x"]
        same = [same_padding(size, span, 1) for size, span in zip(image, spans, strict=True)]
        if list(ends) == same:
            attrs["padding"] = "SAME"
        elif any(pair != (0, 0) for pair in ends):
            value = _resized(m, edit, ends)
        return edit.add("Conv2D", [value, m["w"]], attrs)


def _left_over(m: Match) -> tuple[tuple[int, ...], tuple[tuple[int, int], ...]] | str:
    """Blocks, and what height and width are padded by; negative is cut."""
    split = paired_blocks(m["b"].elements, m["p"], 4)
    joined = paired_blocks(m["blocks"].elements, m["crops"], 4)
    if isinstance(split, str) or isinstance(joined, str):
        return split if isinstance(split, str) else str(joined)
    if split[0] != joined[0] or len(split[0]) != 2:
        return f"its blocks are {split[0]} and {joined[0]}"
    kernel = (m["w"].static_shape or ())[:2]
    own = [(0, 0), (0, 0)]
    if m["c"].attrs["padding"] == "SAME":
        # With a stride of 1 it is the same whatever the size; an element there is a block here.
        single = [same_padding(1, k, 1) for k in kernel]
        own = [(a * block, b * block) for (a, b), block in zip(single, split[0], strict=True)]
    ends = tuple(
        (p[0] + o[0] - c[0], p[1] + o[1] - c[1])
        for p, o, c in zip(split[1], own, joined[1], strict=True)
    )
    return split[0], ends


def _resized(m: Match, edit: GraphEditor, ends: tuple[tuple[int, int], ...]) -> Value | BoundValue:
    """A part of the image, then zeros around it; each where it is wanted."""
    shape = m["x"].static_shape or ()
    value: Value | BoundValue = m["x"]
    cuts = [(max(-first, 0), max(-last, 0)) for first, last in ends]
    if any(cut != (0, 0) for cut in cuts):
        begin = (0, *(first for first, _ in cuts), 0)
        sizes = [size - a - b for size, (a, b) in zip(shape[1:3], cuts, strict=True)]
        start = edit.const(begin, "int32", name="begin")
        size = edit.const((shape[0], *sizes, shape[3]), "int32", name="size")
        value = edit.add("Slice", [value, start, size])
    pads = [max(entry, 0) for pair in ends for entry in pair]
    if any(pads):
        paddings = edit.const((0, 0, *pads, 0, 0), "int32", shape=(4, 2), name="paddings")
        value = edit.add("Pad", [value, paddings])
    return value
