"""Batch normalisation that an optimiser has fused with what follows."""

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

__all__ = ["FusedBatchNormEx"]

BEFORE = """
x = Placeholder : float32[1,1,2,4]
s = Const : float32[4] = 2.0
o = Const : float32[4] = 0.5
m = Const : float32[4] = 1.0
v = Const : float32[4] = 0.25
n = _FusedBatchNormEx(x, s, o, m, v) {T=float32, U=float32, epsilon=0.5, activation_mode="Relu", is_training=false}
y = Neg(n)
"""  # noqa: E501 - one node a line

AFTER = """
x = Placeholder : float32[1,1,2,4]
s = Const : float32[4] = 2.0
o = Const : float32[4] = 0.5
m = Const : float32[4] = 1.0
v = Const : float32[4] = 0.25
n/FusedBatchNormV3 = FusedBatchNormV3(x, s, o, m, v) {epsilon=0.5, is_training=false}
n = Relu(n/FusedBatchNormV3)
y = Neg(n)
"""


LACKING = ("_FusedBatchNormEx",)
_ACTIVATIONS = ("Identity", "Relu")


class FusedBatchNormEx(RewriteRule):
    """Split a fused batch normalisation into FusedBatchNormV3, a sum and an activation.

    Tolerance: the same operations; the fused kernel may round in another order.
    Shapes: as the plain operations have them.
    Source: TensorFlow remapper.cc, which fuses them.
    """

    id, name, safety = "RWS175", "fused-batch-norm-ex", Safety.TOLERANCE
    rtol, atol = 1e-5, 1e-5
    pattern = op("_FusedBatchNormEx")
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=LACKING, label="activation"),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            BEFORE.replace('"Relu"', '"Elu"'),
            lacking=LACKING,
            reason="Elu",
            label="another activation",
        ),
        Untouched(
            BEFORE.replace("v)", "v, x, x)").replace("{T", "{num_side_inputs=2, T"),
            lacking=LACKING,
            reason="7 inputs",
            label="two side inputs",
        ),
        Untouched(
            BEFORE.replace("Neg(n)", "Neg(n:1)"),
            lacking=LACKING,
            reason="output 1",
            label="another output",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """An activation that is known, at most one side input, and output 0 only."""
        mode = m.root.attrs.get("activation_mode")
        if mode not in _ACTIVATIONS:
            return m.refuse(f"its activation is {mode}")
        if len(m.root.inputs) not in (5, 6):
            return m.refuse(f"it has {len(m.root.inputs)} inputs, not 5 or 6")
        if others := [port for port in m.used_outputs() if port]:
            return m.refuse(f"output {others[0]} is read")
        return None

    def build(self, m: Match, edit: GraphEditor) -> Value:
        """The operations one after the other."""
        value = edit.add("FusedBatchNormV3", m.root.inputs[:5], like=m.root)
        for beside in m.root.inputs[5:]:
            value = edit.add("Add", [value, beside])
        if m.root.attrs["activation_mode"] == "Relu":
            value = edit.add("Relu", [value])
        return value
