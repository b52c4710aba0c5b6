"""An input reads an output that its producer does not have."""

from __future__ import annotations

from collections.abc import Iterator

from linter.rules import Clean, Finding, Flagged, Graph, LintContext, LintRule, Node, Severity

__all__ = ["PortOutOfRange"]


class PortOutOfRange(LintRule):
    """Flag an input whose port its producer does not have.

    Why: the edge cannot be built; the compiler fails with an inner error.
    Remedy: correct the input.
    Source: TensorFlow op definitions; hicann/ge, tensorflow_parser.cc (edges by port).
    """

    id, name, severity = "GRF005", "port-out-of-range", Severity.ERROR
    messages = {
        "port": "input {slot} of {reader!r} reads {value!r}, but {op!r} has {count} output(s)"
    }
    remedies = {"port": "read an output that the producer has, or export the graph again"}
    examples = (
        Clean("x = Placeholder : float32[2]\ny = Relu(x)"),
        Flagged("x = Placeholder : float32[2]\ny = Relu(x:3)", at=("y",)),
    )

    def check_model(self, ctx: LintContext) -> Iterator[Finding]:
        """Compare every port above 0 with the producer's number of outputs."""
        for graph in ctx.bodies:
            for node in graph:
                for slot, value in enumerate(node.inputs):
                    if value.port:
                        yield from self._check(graph, node, slot, ctx)

    def _check(self, graph: Graph, node: Node, slot: int, ctx: LintContext) -> Iterator[Finding]:
        value = node.inputs[slot]
        producer = graph.get(value.node)
        if producer is not None and not producer.virtual:
            count = ctx.source.inference(graph).output_count(producer)
            if count is not None and value.port >= count:
                atc = ctx.source.database.target.tool == "atc"
                read = atc and node.key in ctx.source.parsed(graph)
                yield self.finding(
                    node,
                    "port",
                    port=slot,
                    function=graph.function,
                    stage="parser" if read else "",
                    compiler_code="E18888" if read else "",
                    slot=slot,
                    reader=node.name,
                    value=str(value),
                    op=producer.op,
                    count=count,
                )
