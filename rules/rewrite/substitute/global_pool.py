"""Average pooling whose window is the whole image."""

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

__all__ = ["GlobalPool"]

BEFORE = """
x = Placeholder : float32[1,3,2,5]
y = AvgPool(x) {ksize=[1, 3, 2, 1], strides=[1, 1, 1, 1], padding="VALID"}
"""

AFTER = """
x = Placeholder : float32[1,3,2,5]
y/axes = Const : int32[2] = [1, 2]
y/Sum = Sum(x, y/axes) {keep_dims=true}
y/count = Const : float32[] = 6.0
y = RealDiv(y/Sum, y/count)
"""


class GlobalPool(RewriteRule):
    """Replace an AvgPool over the whole image by ``Sum(x, [1, 2]) / (h * w)``.

    Tolerance: the pooling kernel may divide and add in another order.
    Shapes: float32[n, h, w, c] with h and w known and equal to the window, padding VALID.
    Source: TensorFlow op docs of AvgPool; the public operator table of OMG limits the window.
    """

    id, name, safety = "RWS024", "global-pool", Safety.TOLERANCE
    rtol, atol = 1e-5, 1e-6
    pattern = op("AvgPool", var("x"), data_format="NHWC")
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=("AvgPool",)),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            BEFORE.replace("3, 2, 1]", "2, 2, 1]"),
            lacking=("AvgPool",),
            reason="whole",
            label="part",
        ),
        Untouched(
            BEFORE.replace("VALID", "SAME"), lacking=("AvgPool",), reason="padding", label="padded"
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """The window must be the image and nothing padded."""
        shape, window = m["x"].shape, tuple(m.root.attrs["ksize"])
        if m.root.attrs["padding"] != "VALID":
            return m.refuse("padding is not VALID")
        if shape is None or len(shape) != 4 or window != (1, *shape[1:3], 1):
            return m.refuse(f"the window {list(window)} is not the whole image")
        return None

    def build(self, m: Match, edit: GraphEditor) -> Value:
        """The sum and the division."""
        _, height, width, _ = m.root.attrs["ksize"]
        axes = edit.const((1, 2), "int32", name="axes")
        total = edit.add("Sum", [m["x"], axes], {"keep_dims": True})
        count = edit.const(float(height * width), str(m.root.dtype), name="count")
        return edit.add("RealDiv", [total, count])
