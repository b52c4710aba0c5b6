"""A PlaceholderWithDefault that will not be an input."""

from __future__ import annotations

from collections.abc import Iterator

from linter.rules import Clean, Finding, Flagged, LintContext, LintRule, Node, Severity

__all__ = ["PinnedDefault"]

_GRAPH = "d = Const : float32[2] = 1.0\nx = PlaceholderWithDefault(d) : float32[2]\ny = Relu(x)"


class PinnedDefault(LintRule):
    """Tell that a PlaceholderWithDefault is bypassed to its default.

    Why: it is no input of the compiled model, although TensorFlow lets it be fed.
    Remedy: name it in --input-shape to keep it as an input.
    Source: hicann/ge, graph_prepare.cc (PlaceholderWithDefault pass), tensorflow_parser.cc (trim).
    """

    id, name, severity = "IOX003", "pinned-default", Severity.INFO
    visits = ("PlaceholderWithDefault",)
    messages = {"pinned": "{input!r} is pinned to its default and is no input of the model"}
    remedies = {"pinned": 'to keep it as an input: --input-shape "{input}:DIMS"'}
    examples = (Clean(_GRAPH, input_shapes={"x": (2,)}), Flagged(_GRAPH, at=("x",)))

    def check(self, node: Node, ctx: LintContext) -> Iterator[Finding]:
        """Flag a live one that the user did not name."""
        if ctx.is_live(node) and node.name not in ctx.options.input_shapes:
            yield self.finding(node, "pinned", input=node.name)
