"""MaxPool3D and AvgPool3D as two poolings of images."""

from __future__ import annotations

from linter.infer.windows import covered, window_places
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
    var,
)
from rules.rewrite.support.rearrangement import reshaped

__all__ = ["PoolingByAxes"]

BEFORE = """
x = Placeholder : float32[1,4,4,4,2]
y = AvgPool3D(x) {ksize=[1, 3, 2, 2, 1], strides=[1, 1, 2, 2, 1], padding="SAME"}
"""

AFTER = """
x = Placeholder : float32[1,4,4,4,2]
y/shape = Const : int32[4] = [4, 4, 4, 2]
y/Reshape = Reshape(x, y/shape)
y/AvgPool = AvgPool(y/Reshape) {ksize=[1, 2, 2, 1], padding="SAME", strides=[1, 2, 2, 1]}
y/shape_1 = Const : int32[4] = [1, 4, 4, 2]
y/Reshape_1 = Reshape(y/AvgPool, y/shape_1)
y/AvgPool_1 = AvgPool(y/Reshape_1) {ksize=[1, 3, 1, 1], padding="SAME", strides=[1, 1, 1, 1]}
y/shape_2 = Const : int32[5] = [1, 4, 2, 2, 2]
y = Reshape(y/AvgPool_1, y/shape_2)
"""

MAX = """
x = Placeholder : float32[2,3,4,4,1]
y = MaxPool3D(x) {ksize=[1, 1, 2, 2, 1], strides=[1, 1, 1, 1, 1], padding="VALID"}
"""

MAX_AFTER = """
x = Placeholder : float32[2,3,4,4,1]
y/shape = Const : int32[4] = [6, 4, 4, 1]
y/Reshape = Reshape(x, y/shape)
y/MaxPool = MaxPool(y/Reshape) {ksize=[1, 2, 2, 1], padding="VALID", strides=[1, 1, 1, 1]}
y/shape_1 = Const : int32[5] = [2, 3, 3, 3, 1]
y = Reshape(y/MaxPool, y/shape_1)
"""

LACKING = ("AvgPool3D", "MaxPool3D")


class PoolingByAxes(RewriteRule):
    """Replace pooling over a volume by pooling over its planes, then over the depth.

    Tolerance: the largest is the same; a mean of means over windows of one size is the mean,
        rounded in another order.
    Shapes: T[n, d, h, w, c] of known shape.
    Source: TensorFlow op docs of MaxPool3D and AvgPool3D; SAME leaves out what is beside the image,
        so that windows count alike in every plane.
    """

    id, name, safety = "RWS191", "pooling-by-axes", Safety.TOLERANCE
    rtol, atol = 1e-5, 1e-5
    pattern = op(("AvgPool3D", "MaxPool3D"), var("x"))
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=LACKING, label="mean"),
        Rewritten(MAX, after=MAX_AFTER, lacking=LACKING, label="planes only"),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            BEFORE.replace("[1,4,4,4,2]", "[1,?,4,4,2]"),
            lacking=LACKING,
            reason="shape",
            label="size unknown",
        ),
        Untouched(
            BEFORE.replace('"SAME"', '"SAME", data_format="NCDHW"'),
            lacking=LACKING,
            reason="NCDHW",
            label="channels first",
        ),
        Untouched(
            BEFORE.replace("[1, 3, 2, 2, 1], strides=[1, 1, 2, 2, 1]", "[1, 1, 1, 1, 1], STEPS")
            .replace("STEPS", "strides=[1, 3, 3, 3, 1]")
            .replace("[1,4,4,4,2]", "[1,3,3,3,2]"),
            lacking=LACKING,
            reason="leaves out",
            label="an end that no window reaches",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """Known shapes, channels last."""
        if m.root.attrs["data_format"] != "NDHWC":
            return m.refuse(f"its layout is {m.root.attrs['data_format']}")
        shape = m["x"].static_shape
        if shape is None or 0 in shape or m.root.static_shape is None:
            return m.refuse("its shape is not known", at="x")
        if m.root.attrs["padding"] == "SAME" and not _reaches_all(m, shape):
            return m.refuse("its last window leaves out the end: where the first begins is open")
        return None

    def build(self, m: Match, edit: GraphEditor) -> Value | BoundValue:
        """Height and width first; then the depth, beside height and width as one axis."""
        n, d, h, w, c = m["x"].static_shape or ()
        result = m.root.static_shape or ()
        attrs = m.root.attrs
        windows, steps = attrs["ksize"], attrs["strides"]
        name = m.root.node.op.removesuffix("3D")
        value = reshaped(edit, m["x"], (n, d, h, w, c), (n * d, h, w, c))
        given = {"padding": attrs["padding"]}
        plane = {"ksize": (1, *windows[2:4], 1), "strides": (1, *steps[2:4], 1), **given}
        value = edit.add(name, [value], plane)
        shape = (n * d, *result[2:])
        if windows[1] != 1 or steps[1] != 1:
            value = reshaped(edit, value, shape, (n, d, result[2] * result[3], c))
            deep = {"ksize": (1, windows[1], 1, 1), "strides": (1, steps[1], 1, 1), **given}
            value = edit.add(name, [value], deep)
            shape = (n, result[1], result[2] * result[3], c)
        return reshaped(edit, value, shape, result)


def _reaches_all(m: Match, shape: tuple[int, ...]) -> bool:
    """Whether the windows reach from one end to the other.

    Where SAME needs no padding, TensorFlow's kernels for volumes begin in the middle of what is
    left over; those for images, and its own documentation, begin with the first element.
    """
    sizes = zip(shape[1:4], m.root.attrs["ksize"][1:4], m.root.attrs["strides"][1:4], strict=True)
    return all(
        covered(window_places(size, window, step, 1, "SAME") or 0, window, step) >= size
        for size, window, step in sizes
    )
