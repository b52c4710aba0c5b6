"""TopKV2 that takes as many elements as there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

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

if TYPE_CHECKING:
    from collections.abc import Sequence


__all__ = ["WholeTopK"]

BEFORE = """
x = Placeholder : float32[2,3]
k = Const : int32[] = 3
t = TopKV2(x, k)
v = Neg(t)
i = Neg(t:1)
"""

AFTER = """
x = Placeholder : float32[2,3]
k = Const : int32[] = 3
t/lowest = Const : float32[2,1] = -inf
t/axis = Const : int32[] = 1
t/ConcatV2 = ConcatV2(x, t/lowest, t/axis)
t = TopKV2(t/ConcatV2, k)
v = Neg(t)
i = Neg(t:1)
"""

LIMIT = {"limits": {"TopKV2": "in_shape[-1] > k_value"}}


class WholeTopK(RewriteRule):
    """Replace TopKV2 of all elements by the same over one more element, minus infinity.

    Exact: the element that is added comes last and is left out; of equal elements the first
        comes first.
    Shapes: float16, float32 or float64[..., n] of known shape; k = n is constant.
    Source: TensorFlow op docs of TopKV2; the public operator table of OMG wants k below n.
    Notes: the order of NaN is not defined by TensorFlow.
    """

    id, name, safety = "RWS180", "whole-top-k", Safety.EXACT
    pattern = op("TopKV2", var("x"), var("k"))
    examples = (
        Rewritten(BEFORE, after=AFTER, given=LIMIT),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            BEFORE.replace("[2,3]", "[?,3]"), lacking=("TopKV2",), reason="shape", label="unknown"
        ),
        Untouched(
            BEFORE.replace("float32", "int32"),
            given=LIMIT,
            reason="int32",
            label="nothing is below every integer",
        ),
        Untouched(BEFORE.replace("= 3", "= 2"), lacking=("TopKV2",), label="fewer elements"),
    )

    def guard(self, m: Match) -> Refusal | None:
        """All elements of floating point rows of known shape."""
        shape, count = m["x"].static_shape, m["k"].scalar
        if not shape or count is None:
            return m.refuse("its shape, or k, is not known", at="x")
        if count != shape[-1]:
            return m.refuse("")
        if m.root.dtype not in ("float16", "float32", "float64"):
            return m.refuse(f"its dtype is {m.root.dtype or 'unknown'}", at="x")
        return None

    def build(self, m: Match, edit: GraphEditor) -> Sequence[Value]:
        """TopKV2 over rows that are one element longer."""
        shape, dtype = m["x"].static_shape or (), str(m["x"].dtype)
        last = edit.const(float("-inf"), dtype, shape=(*shape[:-1], 1), name="lowest")
        axis = edit.const(len(shape) - 1, "int32", name="axis")
        longer = edit.add("ConcatV2", [m["x"], last, axis])
        top = edit.add("TopKV2", [longer, m["k"]], like=m.root)
        return [top, m.context.bind(top).output(1).value]
