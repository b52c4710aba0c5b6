"""A Cast that undoes another."""

from __future__ import annotations

from collections.abc import Iterator

from linter.infer.inference import Inference
from linter.rules import Clean, Finding, Flagged, Graph, LintContext, LintRule, Node, Severity

__all__ = ["CastPair"]

_GRAPH = (
    "x = Placeholder : float32[2]\na = Cast(x) {{DstT=float16}}\nb = Cast({via}) "
    "{{DstT=float32}}\ny = Relu(b)"
)


class CastPair(LintRule):
    """Tell where a Cast brings back the dtype that a Cast right before it left.

    Why: the pair computes nothing but rounding, and costs two passes over the tensor; the compiler
        chooses float16 and float32 by itself.
    Remedy: export without the mixed-precision casts.
    Source: TensorFlow op documentation of Cast; atc manual, --precision_mode.
    """

    id, name, severity = "PRF003", "cast-pair", Severity.INFO
    messages = {
        "pair": "{count} pair(s) of Cast go from {dtype} to another dtype and back: {members}"
    }
    remedies = {"pair": "export the model without mixed-precision casts"}
    examples = (
        Clean(
            "x = Placeholder : int32[2]\na = Cast(x) {DstT=float16}\n"
            "b = Cast(a) {DstT=float32}\ny = Relu(b)"
        ),
        Flagged(_GRAPH.format(via="a"), at=("b",)),
    )

    def check_model(self, ctx: LintContext) -> Iterator[Finding]:
        """Collect the second Cast of each pair; one finding for a dtype, at the first."""
        pairs: dict[str, list[tuple[Graph, Node]]] = {}
        for graph, node, _ in ctx.running(("Cast",)):
            dtype = _restored_dtype(graph, node, ctx.source.inference(graph))
            if dtype is not None:
                pairs.setdefault(dtype, []).append((graph, node))
        for dtype, places in pairs.items():
            graph, first = places[0]
            members = self.listed(node.name for _, node in places)
            yield self.finding(
                first,
                "pair",
                function=graph.function,
                count=len(places),
                dtype=dtype,
                members=members,
            )


def _restored_dtype(graph: Graph, node: Node, inference: Inference) -> str | None:
    before = graph.get(node.inputs[0].node) if node.inputs else None
    if before is None or before.op != "Cast" or not before.inputs:
        return None
    source, result = inference.dtype(before.inputs[0]), inference.output_dtypes(node)[:1]
    return source if source is not None and result == (source,) else None
