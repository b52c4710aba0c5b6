"""Batch normalisation that is still training."""

from __future__ import annotations

from collections.abc import Iterator

from linter.graph.op_families import FUSED_BATCH_NORMS
from linter.rules import (
    Clean,
    Finding,
    Flagged,
    LintContext,
    LintRule,
    Node,
    Severity,
    Value,
)

__all__ = ["TrainingBatchNorm"]

_GRAPH = (
    "x = Placeholder : float32[1,4,4,3]\ns = Const : float32[3] = 1.0\n"
    "o = Const : float32[3] = 0.0\ny = FusedBatchNormV3(x, s, o, MEAN, MEAN) {is_training=MODE}"
)
_ROWS = """
x = Placeholder : float32[5,8]
d = Const : int32[4] = [1, 5, 8, 1]
r = Reshape(x, d)
n = Const : int32[1] = 5
one = Const : float32[] = 1.0
zero = Const : float32[] = 0.0
s = Fill(n, one)
o = Fill(n, zero)
e = Const : float32[0] = []
y = FusedBatchNormV3(r, s, o, e, e) {is_training=true, data_format="NCHW"}
"""
_TRAINED = _GRAPH.replace("MODE", "false").replace("MEAN", "o")
_TRAINING = _GRAPH.replace("o = C", "e = Const : float32[0] = []\no = C").replace("MODE", "true")


class TrainingBatchNorm(LintRule):
    """Flag a live FusedBatchNorm with is_training set, unless it is a layer normalisation.

    Keras writes a layer normalisation as one: its rows are the channels of a batch of one, scale
    and offset are ones and zeros. It has no other mode, and rows do not mix.

    Why: it normalises with the statistics of the batch at hand; results depend on what else is in
        the batch, and a batch of one gives others than the trained model.
    Remedy: export for inference (is_training = False, learning phase 0).
    Source: TensorFlow op documentation of FusedBatchNormV3.
    """

    id, name, severity = "IOX005", "training-batch-norm", Severity.WARNING
    visits = FUSED_BATCH_NORMS
    messages = {
        "training": "{op!r} is in training mode: it uses the statistics of the batch that it is fed"
    }
    remedies = {"training": "export the model for inference: is_training=False, training=False"}
    examples = (
        Clean(_TRAINED),
        Clean(_ROWS),
        Flagged(_ROWS.replace("[1, 5, 8, 1]", "[5, 1, 8, 1]"), at=("y",), label="rows that mix"),
        Flagged(_ROWS.replace("= 1.0", "= 2.0"), at=("y",), label="a scale per row"),
        Flagged(_TRAINING.replace("MEAN", "e"), at=("y",)),
    )

    def check(self, node: Node, ctx: LintContext) -> Iterator[Finding]:
        """Look at the attribute; absent means training."""
        training = node.attrs.get("is_training", True) is True
        if training and ctx.is_live(node) and not _normalises_rows(node, ctx):
            yield self.finding(node, "training", op=node.op)


def _normalises_rows(node: Node, ctx: LintContext) -> bool:
    """Whether each row is normalised by itself: a batch of one whose channels are the rows."""
    source = ctx.graph.get(node.inputs[0].node) if len(node.inputs) > 2 else None
    if node.attrs.get("data_format") != "NCHW" or source is None or source.op != "Reshape":
        return False
    dims = ctx.source.inference(ctx.graph).shape(node.inputs[0])
    return (
        dims is not None
        and len(dims) == 4
        and dims[0] == 1
        and _is_full_of(1.0, node.inputs[1], ctx)
        and _is_full_of(0.0, node.inputs[2], ctx)
    )


def _is_full_of(number: float, value: Value, ctx: LintContext) -> bool:
    filled = ctx.graph.get(value.node)
    if filled is not None and filled.op == "Fill" and len(filled.inputs) == 2:
        value = filled.inputs[1]
    known = ctx.source.inference(ctx.graph).constant(value)
    return known is not None and set(known.values) == {number}
