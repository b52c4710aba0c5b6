"""Batch normalisation that is still training."""

from __future__ import annotations

from collections.abc import Iterator

from linter.graph.op_families import FUSED_BATCH_NORMS
from linter.rules import Clean, Finding, Flagged, LintContext, LintRule, Node, Severity

__all__ = ["TrainingBatchNorm"]

_GRAPH = (
    "x = Placeholder : float32[1,4,4,3]\ns = Const : float32[3] = 1.0\n"
    "o = Const : float32[3] = 0.0\ny = FusedBatchNormV3(x, s, o, MEAN, MEAN) {is_training=MODE}"
)
_TRAINED = _GRAPH.replace("MODE", "false").replace("MEAN", "o")
_TRAINING = _GRAPH.replace("o = C", "e = Const : float32[0] = []\no = C").replace("MODE", "true")


class TrainingBatchNorm(LintRule):
    """Flag a live FusedBatchNorm with is_training set.

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
        Flagged(_TRAINING.replace("MEAN", "e"), at=("y",)),
    )

    def check(self, node: Node, ctx: LintContext) -> Iterator[Finding]:
        """Look at the attribute; absent means training."""
        if node.attrs.get("is_training", True) is True and ctx.is_live(node):
            yield self.finding(node, "training", op=node.op)
