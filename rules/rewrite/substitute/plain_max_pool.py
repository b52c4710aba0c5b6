"""MaxPool that gives places as well, or takes its window as an input."""

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

__all__ = ["PlainMaxPool"]

BEFORE = """
x = Placeholder : float32[1,4,4,2]
p = MaxPoolWithArgmax(x) {ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding="SAME"}
y = Neg(p)
"""

AFTER = """
x = Placeholder : float32[1,4,4,2]
p = MaxPool(x) {ksize=[1, 2, 2, 1], padding="SAME", strides=[1, 2, 2, 1]}
y = Neg(p)
"""

INPUTS = """
x = Placeholder : float32[1,4,4,2]
k = Const : int32[4] = [1, 2, 2, 1]
s = Const : int32[4] = [1, 1, 1, 1]
y = MaxPoolV2(x, k, s) {padding="VALID"}
"""

INPUTS_AFTER = """
x = Placeholder : float32[1,4,4,2]
y = MaxPool(x) {ksize=[1, 2, 2, 1], padding="VALID", strides=[1, 1, 1, 1]}
"""

LACKING = ("MaxPoolV2", "MaxPoolWithArgmax")


class PlainMaxPool(RewriteRule):
    """Replace MaxPoolWithArgmax, whose places nobody reads, and MaxPoolV2 by MaxPool.

    Tolerance: the first output is the same maximum; where NaN is among the elements,
        MaxPoolWithArgmax gives NaN and MaxPool may not.
    Shapes: T[n, h, w, c] in and out; window and strides of MaxPoolV2 are constant.
    Source: TensorFlow op docs of the three ops.
    """

    id, name, safety = "RWS192", "plain-max-pool", Safety.TOLERANCE
    rtol, atol = 1e-7, 0.0
    pattern = op(("MaxPoolV2", "MaxPoolWithArgmax"))
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=LACKING, label="places are not read"),
        Rewritten(INPUTS, after=INPUTS_AFTER, lacking=LACKING, label="the window is an input"),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            BEFORE.replace("Neg(p)", "Neg(p:1)"),
            lacking=LACKING,
            reason="output 1",
            label="places are read",
        ),
        Untouched(
            INPUTS.replace("k = Const : int32[4] = [1, 2, 2, 1]", "k = Placeholder : int32[4]"),
            lacking=LACKING,
            reason="not constant",
            label="window is data",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """Output 0 only, constant windows."""
        if others := [port for port in m.used_outputs() if port]:
            return m.refuse(f"output {others[0]}, the places, is read")
        for value in m.root.inputs[1:]:
            if value.elements is None:
                return m.refuse(f"{value} is not constant")
        return None

    def build(self, m: Match, edit: GraphEditor) -> Value:
        """MaxPool with the window as an attribute."""
        names = ("data_format", "ksize", "padding", "strides")
        attrs = {name: m.root.attrs[name] for name in names if name in m.root.node.attrs}
        for name, value in zip(("ksize", "strides"), m.root.inputs[1:], strict=False):
            attrs[name] = tuple(int(entry) for entry in value.elements or ())
        return edit.add("MaxPool", [m.root.inputs[0]], attrs)
