"""Pooling of whole images."""

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

__all__ = ["PoolInTwo"]

BEFORE = """
x = Placeholder : float32[1,6,8,2]
y = AvgPool(x) {ksize=[1, 6, 8, 1], strides=[1, 1, 1, 1], padding="VALID"}
"""
AFTER = """
x = Placeholder : float32[1,6,8,2]
y/AvgPool = AvgPool(x) {ksize=[1, 1, 8, 1], padding="VALID", strides=[1, 1, 1, 1]}
y = AvgPool(y/AvgPool) {ksize=[1, 6, 1, 1], padding="VALID", strides=[1, 1, 1, 1]}
"""

LIMIT = {"limits": {"AvgPool": "k_h * k_w <= 8"}}


class PoolInTwo(RewriteRule):
    """Replace pooling over height and width by pooling over width, then over height.

    Tolerance: the largest is the same; a mean of means over rows of one length is the mean,
        rounded in another order.
    Shapes: T[n, h, w, c] or T[n, c, h, w]; padding VALID.
    Source: TensorFlow op docs of AvgPool and MaxPool; public rewrite recipes pool twice where the
        target bounds the window.
    """

    id, name, safety = "RWS201", "pool-in-two", Safety.TOLERANCE
    rtol, atol = 1e-5, 1e-5
    pattern = op(("AvgPool", "MaxPool"), var("x"))
    examples = (
        Rewritten(BEFORE, after=AFTER, given=LIMIT),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            BEFORE.replace("VALID", "SAME"), given=LIMIT, reason="SAME", label="other padding"
        ),
        Untouched(BEFORE.replace("1, 6, 8, 1", "1, 1, 9, 1"), given=LIMIT, label="one axis only"),
    )

    def guard(self, m: Match) -> Refusal | None:
        """VALID, and a window over both axes."""
        if m.root.attrs["padding"] != "VALID":
            return m.refuse(f"its padding is {m.root.attrs['padding']}")
        high, wide = _axes(m)
        windows = m.root.attrs["ksize"]
        return m.refuse("") if 1 in (windows[high], windows[wide]) else None

    def build(self, m: Match, edit: GraphEditor) -> Value:
        """One pooling for each axis."""
        value: Value = m["x"].value
        attrs = dict(m.root.node.attrs)
        for axis in reversed(_axes(m)):
            own = {
                name: tuple(size if place == axis else 1 for place, size in enumerate(attrs[name]))
                for name in ("ksize", "strides")
            }
            value = edit.add(m.root.node.op, [value], {**attrs, **own})
        return value


def _axes(m: Match) -> tuple[int, int]:
    return (2, 3) if str(m.root.attrs["data_format"]).startswith("NC") else (1, 2)
