"""FusedBatchNormV2 and FusedBatchNormV3 of an inference graph."""

from __future__ import annotations

from linter.rules import Match, Refusal, RewriteRule, Rewritten, Safety, Untouched, op, var

__all__ = ["FusedBatchNormV3"]

BEFORE = """
x = Placeholder : {dtype}[1,2,2,3]
scale = Const : float32[3] = [1.0, 2.0, 3.0]
offset = Const : float32[3] = [0.0, 1.0, 0.5]
mean = Const : float32[3] = [0.1, 0.2, 0.3]
variance = Const : float32[3] = [1.0, 4.0, 0.5]
n = FusedBatchNormV3(x, scale, offset, mean, variance) {{epsilon=0.001, is_training={training}}}
y = Relu({read})
"""

AFTER = (
    BEFORE.replace("V3", "")
    .replace("{{epsilon", '{{data_format="NHWC", epsilon')
    .format(dtype="float32", training="false", read="n")
)


def _text(dtype: str = "float32", training: str = "false", read: str = "n") -> str:
    return BEFORE.format(dtype=dtype, training=training, read=read)


class FusedBatchNormV3(RewriteRule):
    """Replace FusedBatchNormV2 and V3 by FusedBatchNorm.

    Exact: with the statistics given and float32 throughout, output 0 is the same function.
    Shapes: float32[n, h, w, c] or float32[n, c, h, w] in and out.
    Source: TensorFlow op docs; https://github.com/MarsTechHAN/tfpatcher makes the same change.
    """

    id, name, safety = "RWS013", "fused-batch-norm-v3", Safety.EXACT
    pattern = op(
        ("FusedBatchNormV2", "FusedBatchNormV3"),
        *map(var, ("x", "scale", "offset", "mean", "variance")),
    )
    replacement = """
    FusedBatchNorm = FusedBatchNorm($x, $scale, $offset, $mean, $variance) {
        data_format=$root.attr.data_format, epsilon=$root.attr.epsilon, is_training=false}
    """
    examples = (
        Rewritten(_text(), after=AFTER, lacking=("FusedBatchNormV3",)),
        Untouched(_text(), label="the target takes it"),
        Untouched(
            _text(training="true"),
            lacking=("FusedBatchNormV3",),
            reason="is_training",
            label="training",
        ),
        Untouched(
            _text(read="n:1"), lacking=("FusedBatchNormV3",), reason="output 1", label="statistics"
        ),
        Untouched(
            _text(dtype="float16"), lacking=("FusedBatchNormV3",), reason="float16", label="dtype"
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """Inference, output 0 and float32 only."""
        if m.root.attrs.get("is_training") is not False:
            return m.refuse("is_training is not false")
        read = [port for port in m.used_outputs() if port]
        if read:
            return m.refuse(f"output {read[0]} is read")
        for value in m.root.inputs:
            if value.dtype != "float32":
                return m.refuse(f"{value} is {value.dtype or 'of unknown dtype'}, not float32")
        return None
