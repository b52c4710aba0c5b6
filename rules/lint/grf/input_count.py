"""A node with more or fewer inputs than its op takes."""

from __future__ import annotations

from collections.abc import Iterator

from linter.examples import Clean, Flagged
from linter.finding import Finding, Severity
from linter.graph import Node
from linter.ports import input_ports
from linter.rule import LintContext, LintRule

__all__ = ["InputCount"]


class InputCount(LintRule):
    """Flag a node whose number of inputs contradicts its op's definition.

    Why: the parser compares the count with the operator's prototype and stops (E19014/E13014).
    Remedy: export the graph again; an input was lost or an N attribute is wrong.
    Source: hicann/ge, tensorflow_parser.cc (input count); TensorFlow op definitions.
    """

    id, name, severity = "GRF010", "input-count", Severity.ERROR
    messages = {
        "count": "{op!r} has {found} input(s); its definition takes {wanted}",
        "group": "{op!r} has {found} input(s), which its attributes and definition do not allow",
    }
    remedies = {
        "count": "give the node the inputs that its op takes",
        "group": "make N, or the list of dtypes, agree with the inputs",
    }
    examples = (
        Clean("x = Placeholder : float32[2]\ny = AddN(x, x)"),
        Flagged("x = Placeholder : float32[2]\ny = Mul(x) {T=float32}", at=("y",)),
        Flagged(
            "x = Placeholder : float32[2]\ny = AddN(x, x) {N=3}",
            at=("y",),
            messages=("group",),
            label="N of another count",
        ),
    )

    def check(self, node: Node, ctx: LintContext) -> Iterator[Finding]:
        """Lay the inputs over the arguments of the definition."""
        opdef = ctx.source.ops.get(node.op)
        if opdef is None or not ctx.is_live(node) or node.op in ctx.model.functions:
            return
        found = len(node.inputs)
        plain = not any(arg.number_attr or arg.type_list_attr for arg in opdef.inputs)
        if plain and found != len(opdef.inputs) and not self._named(node, ctx):
            wanted = len(opdef.inputs)
            yield self.finding(node, "count", op=node.op, found=found, wanted=wanted)
        elif not plain and input_ports(node, opdef) is None and not self._named(node, ctx):
            yield self.finding(node, "group", op=node.op, found=found)

    def _named(self, node: Node, ctx: LintContext) -> bool:
        """Whether --input-shape makes the node an input, whose own inputs do not count."""
        return ctx.graph.function is None and node.name in ctx.options.input_shapes
