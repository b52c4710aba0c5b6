"""Convolutions that an optimiser has fused with what comes before."""

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

__all__ = ["PaddedFusedConvolution"]

BEFORE = """
x = Placeholder : float32[1,4,4,1]
p = Const : int32[4,2] = [[0, 0], [1, 1], [1, 1], [0, 0]]
w = Const : float32[3,3,1,2] = 0.5
y = FusedPadConv2D(x, p, w) {T=float32, mode="REFLECT", strides=[1, 1, 1, 1], padding="VALID"}
"""

AFTER = """
x = Placeholder : float32[1,4,4,1]
p = Const : int32[4,2] = [[0, 0], [1, 1], [1, 1], [0, 0]]
w = Const : float32[3,3,1,2] = 0.5
y/MirrorPad = MirrorPad(x, p) {mode="REFLECT"}
y = Conv2D(y/MirrorPad, w) {padding="VALID", strides=[1, 1, 1, 1]}
"""

RESIZED = """
x = Placeholder : float32[1,2,2,1]
s = Const : int32[2] = [4, 4]
p = Const : int32[4,2] = [[0, 0], [0, 0], [0, 0], [0, 0]]
w = Const : float32[3,3,1,2] = 0.5
y = FusedResizeAndPadConv2D(x, s, p, w) {T=float32, mode="SYMMETRIC", ATTRS}
""".replace("ATTRS", 'strides=[1, 1, 1, 1], padding="SAME", resize_align_corners=true')

RESIZED_AFTER = """
x = Placeholder : float32[1,2,2,1]
s = Const : int32[2] = 4
w = Const : float32[3,3,1,2] = 0.5
y/ResizeBilinear = ResizeBilinear(x, s) {align_corners=true}
y = Conv2D(y/ResizeBilinear, w) {padding="SAME", strides=[1, 1, 1, 1]}
"""

LACKING = ("FusedPadConv2D", "FusedResizeAndPadConv2D")


class PaddedFusedConvolution(RewriteRule):
    """Split a convolution that resizes and pads first into ResizeBilinear, MirrorPad and Conv2D.

    Tolerance: the same operations; the fused kernel may round in another order. Of several images
        TensorFlow's fused kernel on a processor repeats the first; the plain ones compute each.
    Shapes: T[n, h, w, c]; as the plain operations have them.
    Source: TensorFlow op docs of both ops, which fuse_pad_and_conv and fuse_resize_pad_and_conv
        of the graph transform tool write.
    """

    id, name, safety = "RWS188", "padded-fused-convolution", Safety.TOLERANCE
    rtol, atol = 1e-5, 1e-5
    pattern = op(("FusedPadConv2D", "FusedResizeAndPadConv2D"))
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=LACKING, label="padded"),
        Rewritten(RESIZED, after=RESIZED_AFTER, lacking=LACKING, label="resized"),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            BEFORE.replace("(x, p, w)", "(x, p)"),
            lacking=LACKING,
            reason="2 inputs",
            label="an input is missing",
        ),
        Untouched(
            RESIZED.replace("float32", "float64"),
            lacking=LACKING,
            reason="float64",
            label="resized in another dtype",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """As many inputs as the op has; what is resized becomes float32."""
        wanted = 4 if "Resize" in m.root.node.op else 3
        if len(m.root.inputs) != wanted:
            return m.refuse(f"it has {len(m.root.inputs)} inputs, not {wanted}")
        if wanted == 4 and m.root.dtype not in (None, "float32"):
            return m.refuse(f"it resizes {m.root.dtype}, and ResizeBilinear gives float32")
        return None

    def build(self, m: Match, edit: GraphEditor) -> Value:
        """The operations one after the other; padding by nothing is left out."""
        attrs = m.root.attrs
        source, *middle, paddings, weight = m.root.inputs
        value: Value | BoundValue = source
        for size in middle:
            corners = {"align_corners": bool(attrs.get("resize_align_corners"))}
            value = edit.add("ResizeBilinear", [value, size], corners)
        elements = paddings.elements
        if elements is None or any(elements):
            value = edit.add("MirrorPad", [value, paddings], {"mode": attrs["mode"]})
        kept = {name: attrs[name] for name in ("padding", "strides")}
        return edit.add("Conv2D", [value, weight], kept)
