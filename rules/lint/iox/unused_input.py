"""Placeholders that no output needs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from linter.rules import Clean, Finding, Flagged, Graph, LintContext, LintRule, Node, Severity

__all__ = ["UnusedInput"]

_GRAPH = "x = Placeholder : float32[2]\nf = Placeholder : bool[]\ny = Relu(x)"


class UnusedInput(LintRule):
    """Tell that a placeholder is not needed, and whether it stays an input all the same.

    Why: without --out_nodes the parser keeps every placeholder, so the compiled model has to be
        fed with it; with --out_nodes it goes.
        What only nodes named by --input-shape would read goes with them.
    Remedy: --outputs.
    Source: hicann/ge, tensorflow_parser.cc (TrimGraph; clean-up spares inputs).
    """

    id, name, severity = "IOX009", "unused-input", Severity.INFO
    visits = ("Placeholder",)
    messages = {
        "kept": "nothing needs placeholder {input!r}, yet it stays an input of the compiled model",
        "dropped": "the outputs do not need placeholder {input!r}: it is no input of the model",
    }
    remedies = {
        "kept": "name the outputs with --outputs, and it goes",
        "dropped": "if it should be one, name an output that needs it",
    }
    examples = (
        Clean("x = Placeholder : float32[2]\ny = Relu(x)"),
        Clean(
            "x = Placeholder : float32[2]\ny = Relu(x)\nz = Relu(y)",
            input_shapes={"y": (2,)},
            label="cut off by --input-shape",
        ),
        Flagged(_GRAPH, at=("f",), messages=("kept",)),
        Flagged(_GRAPH, at=("f",), messages=("dropped",), outputs=("y",), label="outputs named"),
    )

    def check(self, node: Node, ctx: LintContext) -> Iterator[Finding]:
        """Flag a placeholder of the main graph that is not live."""
        if ctx.graph.function is not None or ctx.is_live(node):
            return
        message = "kept" if ctx.source.outputs_guessed else "dropped"
        if message == "dropped" or node.key not in _before(ctx.graph, ctx.options.input_shapes):
            yield self.finding(node, message, input=node.name)


def _before(graph: Graph, fed: Iterable[str]) -> frozenset[str]:
    """Nodes that a fed one would have read: the parser trims them."""
    pending = [name for name in fed if name in graph]
    seen: set[str] = set()
    while pending:
        node = graph[pending.pop()]
        near = {*(value.node for value in node.inputs), *node.controls} - seen
        seen |= near
        pending.extend(key for key in near if key in graph)
    return frozenset(seen)
