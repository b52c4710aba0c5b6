"""Mean over axes that the target does not average over."""

from __future__ import annotations

from linter.infer.axes import axes_in
from linter.infer.dims import product
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

__all__ = ["MeanOfAxes"]

BEFORE = """
x = Placeholder : float32[2,4]
k = Const : int32[] = -1
y = Mean(x, k) {keep_dims=true}
"""

AFTER = """
x = Placeholder : float32[2,4]
k = Const : int32[] = -1
y/Sum = Sum(x, k) {keep_dims=true}
y/count = Const : float32[] = 4.0
y = RealDiv(y/Sum, y/count)
"""


class MeanOfAxes(RewriteRule):
    """Replace ``Mean(x, axes)`` by ``Sum(x, axes) / count``.

    Tolerance: the kernel of Mean may divide and add in another order.
    Shapes: float32[...] whose reduced axes have known sizes; keep_dims stays.
    Source: TensorFlow op docs of Mean and Sum; the public operator table of OMG takes a spatial
        mean only.
    """

    id, name, safety = "RWS023", "mean-of-axes", Safety.TOLERANCE
    rtol, atol = 1e-5, 1e-6
    pattern = op("Mean", var("x"), const("axes"))
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=("Mean",)),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            BEFORE.replace("[2,4]", "[2,?]"), lacking=("Mean",), reason="size", label="size unknown"
        ),
        Untouched(
            BEFORE.replace("float32", "int32"), lacking=("Mean",), reason="int32", label="integers"
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """Floating point and known sizes."""
        if m.root.dtype not in ("float32", "float64", "float16"):
            return m.refuse(f"its dtype is {m.root.dtype or 'unknown'}")
        return None if _count(m) else m.refuse("the size of a reduced axis is unknown or 0", at="x")

    def build(self, m: Match, edit: GraphEditor) -> Value:
        """The sum and the division."""
        total = edit.add("Sum", [m["x"], m["axes"]], like=m.root)
        count = edit.const(float(_count(m) or 1), str(m.root.dtype), name="count")
        return edit.add("RealDiv", [total, count])


def _count(m: Match) -> int | None:
    """How many elements each mean is over."""
    shape, axes = m["x"].shape, m["axes"].elements
    if shape is None or axes is None:
        return None
    gone = axes_in(map(int, axes), len(shape))
    return None if gone is None else product(shape[axis] for axis in gone)
