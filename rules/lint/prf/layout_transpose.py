"""Transposes between layouts around ops that have a layout of their own."""

from __future__ import annotations

from collections.abc import Iterator

from linter.rules import (
    Clean,
    Finding,
    Flagged,
    Graph,
    LintContext,
    LintRule,
    Node,
    Severity,
    Value,
)

__all__ = ["LayoutTranspose"]

_PERMUTATIONS = {(0, 2, 3, 1), (0, 3, 1, 2), (0, 2, 3, 4, 1), (0, 4, 1, 2, 3)}
_SENSITIVE = frozenset(
    {
        "AvgPool",
        "BiasAdd",
        "Conv2D",
        "Conv2DBackpropInput",
        "Conv3D",
        "DepthwiseConv2dNative",
        "FusedBatchNorm",
        "FusedBatchNormV2",
        "FusedBatchNormV3",
        "LRN",
        "MaxPool",
        "ResizeBilinear",
        "ResizeNearestNeighbor",
    }
)
_GRAPH = (
    "x = Placeholder : float32[1,3,4,4]\np = Const : int32[4] = [0, 2, 3, 1]\n"
    "t = Transpose(x, p)\ny = {op}(t)"
)


class LayoutTranspose(LintRule):
    """Tell how many transposes only change the layout next to an op that has one.

    Why: the compiler brings such ops into a layout of its own anyway (TransData); each transpose
        beside them is a further pass over the tensor.
    Remedy: set data_format on the op and drop the transposes.
    Source: hicann/ge, format inference; TensorFlow op documentation (data_format).
    """

    id, name, severity = "PRF002", "layout-transpose", Severity.INFO
    messages = {
        "transpose": "{count} Transpose node(s) change the layout next to ops that have one: "
        "{members}"
    }
    remedies = {"transpose": "export the model in one layout (data_format), without transposes"}
    examples = (
        Clean(_GRAPH.format(op="Relu")),
        Flagged(_GRAPH.format(op="LRN"), at=("t",)),
    )

    def check_model(self, ctx: LintContext) -> Iterator[Finding]:
        """Collect the transposes; one finding at the first."""
        transposes = [
            (graph, node)
            for graph, node, _ in ctx.running(("Transpose",))
            if _changes_layout(graph, node, ctx)
        ]
        if transposes:
            graph, first = transposes[0]
            members = self.listed(node.name for _, node in transposes)
            yield self.finding(
                first, "transpose", function=graph.function, count=len(transposes), members=members
            )


def _changes_layout(graph: Graph, node: Node, ctx: LintContext) -> bool:
    if len(node.inputs) != 2:
        return False
    axes = ctx.source.inference(graph).constant(node.inputs[1])
    if axes is None or tuple(axes.values) not in _PERMUTATIONS:
        return False
    producer = graph.get(node.inputs[0].node)
    near = {graph[use.node].op for use in graph.readers(Value(node.key))}
    return bool(near & _SENSITIVE) or (producer is not None and producer.op in _SENSITIVE)
