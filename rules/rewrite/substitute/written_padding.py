"""Pooling and convolution whose padding is written out."""

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
)

__all__ = ["WrittenPadding"]

BEFORE = """
x = Placeholder : float32[1,4,4,2]
y = MaxPool(x) {ksize=[1, 3, 3, 1], strides=[1, 2, 2, 1], padding="EXPLICIT", PADS}
""".replace("PADS", "explicit_paddings=[0, 0, 1, 0, 1, 1, 0, 0]")
AFTER = """
x = Placeholder : float32[1,4,4,2]
y/paddings = Const : int32[4,2] = [[0, 0], [1, 0], [1, 1], [0, 0]]
y/lowest = Const : float32[] = -inf
y/PadV2 = PadV2(x, y/paddings, y/lowest)
y = MaxPool(y/PadV2) {ksize=[1, 3, 3, 1], padding="VALID", strides=[1, 2, 2, 1]}
"""

CONVOLUTION = """
x = Placeholder : float32[1,4,4,2]
w = Const : float32[3,3,2,2] = 0.5
y = Conv2D(x, w) {strides=[1, 1, 1, 1], padding="EXPLICIT", PADS}
""".replace("PADS", "explicit_paddings=[0, 0, 1, 0, 0, 1, 0, 0]")
CONVOLUTION_AFTER = """
x = Placeholder : float32[1,4,4,2]
w = Const : float32[3,3,2,2] = 0.5
y/paddings = Const : int32[4,2] = [[0, 0], [1, 0], [0, 1], [0, 0]]
y/Pad = Pad(x, y/paddings)
y = Conv2D(y/Pad, w) {padding="VALID", strides=[1, 1, 1, 1]}
"""

LIMIT = {"limits": {"MaxPool": "padding != 'EXPLICIT'", "Conv2D": "padding != 'EXPLICIT'"}}


class WrittenPadding(RewriteRule):
    """Replace padding that is written out by a padding node and VALID.

    Exact: a convolution adds nothing for a zero, a maximum takes no minus infinity.
    Shapes: T[n, h, w, c] or T[n, c, h, w] of floating point.
    Source: TensorFlow op docs of MaxPool, Conv2D and DepthwiseConv2dNative; explicit_paddings holds
        a pair for every axis.
    """

    id, name, safety = "RWS198", "written-padding", Safety.EXACT
    pattern = op(("Conv2D", "DepthwiseConv2dNative", "MaxPool"), padding="EXPLICIT")
    examples = (
        Rewritten(BEFORE, after=AFTER, given=LIMIT, label="maximum"),
        Rewritten(CONVOLUTION, after=CONVOLUTION_AFTER, given=LIMIT, label="convolution"),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            BEFORE.replace("[0, 0, 1, 0, 1, 1, 0, 0]", "[1, 1]"),
            lacking=("MaxPool",),
            reason="2 entries",
            label="pads for some axes",
        ),
        Untouched(
            BEFORE.replace("float32", "int32"),
            lacking=("MaxPool",),
            reason="int32",
            label="nothing is below every integer",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """A pair for each of four axes, and floating point."""
        pads = m.root.attrs.get("explicit_paddings", ())
        if len(pads) != 8:
            return m.refuse(f"explicit_paddings has {len(pads)} entries, not 8")
        if m.root.dtype not in ("bfloat16", "float16", "float32", "float64"):
            return m.refuse(f"its dtype is {m.root.dtype or 'unknown'}")
        return None

    def build(self, m: Match, edit: GraphEditor) -> Value:
        """The padding, then the op without one."""
        node, (source, *rest) = m.root.node, m.root.inputs
        pads = tuple(int(pad) for pad in m.root.attrs["explicit_paddings"])
        paddings = edit.const(pads, "int32", shape=(4, 2), name="paddings")
        if node.op == "MaxPool":
            lowest = edit.const(float("-inf"), str(m.root.dtype), name="lowest")
            padded = edit.add("PadV2", [source, paddings, lowest])
        else:
            padded = edit.add("Pad", [source, paddings])
        kept = {k: v for k, v in node.attrs.items() if k != "explicit_paddings"}
        return edit.add(node.op, [padded, *rest], {**kept, "padding": "VALID"})
