"""BiasAdd as a sum."""

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
    var,
)

__all__ = ["BiasSum"]

BEFORE = """
x = Placeholder : float32[2,4,4,3]
b = Placeholder : float32[3]
y = BiasAdd(x, b)
"""

AFTER = """
x = Placeholder : float32[2,4,4,3]
b = Placeholder : float32[3]
y = Add(x, b)
"""

CHANNELS = """
x = Placeholder : float32[2,3,4,4]
b = Placeholder : float32[3]
y = BiasAdd(x, b) {data_format="NCHW"}
"""

CHANNELS_AFTER = """
x = Placeholder : float32[2,3,4,4]
b = Placeholder : float32[3]
y/shape = Const : int32[3] = [3, 1, 1]
y/Reshape = Reshape(b, y/shape)
y = Add(x, y/Reshape)
"""


class BiasSum(RewriteRule):
    """Replace BiasAdd and BiasAddV1 by each other or by Add.

    Exact: the bias is added along the channels, which broadcasting along the last axis does too.
    Shapes: T[..., c] and T[c]; with the channels in front T[n, c, ...] of known rank and a known c.
    Source: TensorFlow op docs of BiasAdd, BiasAddV1 and Add.
    """

    id, name, safety = "RWS125", "bias-sum", Safety.EXACT
    variants = (0, 1)
    pattern = op(("BiasAdd", "BiasAddV1"), var("x"), var("b"))
    examples = (
        Rewritten(BEFORE, after=AFTER, given={"limits": {"BiasAdd": "is_const(bias)"}}),
        Rewritten(CHANNELS, after=CHANNELS_AFTER, lacking=("BiasAdd",), label="channels in front"),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            CHANNELS.replace("[2,3,4,4]", "[...]"),
            lacking=("BiasAdd",),
            reason="rank",
            label="rank unknown",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """Channels in front need a known rank and number."""
        if not _in_front(m):
            return None
        if m["x"].rank is None or m["b"].static_shape is None:
            return m.refuse("its rank, or the number of channels, is not known")
        return None

    def build(self, m: Match, edit: GraphEditor) -> Value:
        """BiasAdd for its older version, then the sum."""
        if m.variant == 0 and m.root.node.op == "BiasAddV1":
            return edit.add("BiasAdd", [m["x"], m["b"]])
        bias: Value | BoundValue = m["b"]
        if _in_front(m):
            shape = (*(m["b"].static_shape or ()), *(1,) * ((m["x"].rank or 0) - 2))
            bias = edit.add("Reshape", [bias, edit.const(shape, "int32", name="shape")])
        return edit.add("Add", [m["x"], bias])


def _in_front(m: Match) -> bool:
    return bool(m.root.attrs.get("data_format", "NHWC") == "NCHW")
