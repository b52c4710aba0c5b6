"""Steps that imitate quantisation."""

from __future__ import annotations

from linter.rules import Match, Refusal, RewriteRule, Rewritten, Safety, Untouched, op, var

__all__ = ["BareQuantization"]

BEFORE = """
x = Placeholder : float32[4]
a = Const : float32[] = -1.0
b = Const : float32[] = 1.0
q = QuantizeAndDequantizeV2(x, a, b) {range_given=true}
y = Neg(q)
"""
AFTER = """
x = Placeholder : float32[4]
y = Neg(x)
"""

LACKING = ("QuantizeAndDequantizeV2",)


class BareQuantization(RewriteRule):
    """Drop a node that rounds to the steps of a quantised tensor and gives floating point again.

    Manual: the values are no longer rounded and clipped; the compiler's own quantisation does that.
    Shapes: T[...] in and out.
    Source: public rewrite recipes strip such nodes and quantise with the vendor's tool.
    """

    id, name, safety = "RWS208", "bare-quantization", Safety.MANUAL
    pattern = op(
        (
            "FakeQuantWithMinMaxArgs", "FakeQuantWithMinMaxVars",
            "FakeQuantWithMinMaxVarsPerChannel", "QuantizeAndDequantize",
            "QuantizeAndDequantizeV2", "QuantizeAndDequantizeV3", "QuantizeAndDequantizeV4",
        ),
        var("x"), ...,
    )  # fmt: skip
    replacement = "-> $x"
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=LACKING, unsafe=True),
        Untouched(BEFORE, unsafe=True, label="the target takes it"),
        Untouched(BEFORE, lacking=LACKING, reason="manual", label="not without consent"),
    )

    def guard(self, m: Match) -> Refusal | None:
        """Every node of these ops may go."""
        return None
