"""A node with more or fewer inputs than its op takes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from linter.graph.ports import input_ports
from linter.rules import Clean, Finding, Flagged, LintContext, LintRule, Severity
from opdb.record import OpDef

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

    def check_model(self, ctx: LintContext) -> Iterator[Finding]:
        """Lay the inputs over the arguments of the definitions."""
        fixed: dict[str, int | None] = {}
        for graph, node, _ in ctx.live:
            if node.op not in fixed:
                fixed[node.op] = _fixed_count(ctx.source.ops.get(node.op))
            wanted, found = fixed[node.op], len(node.inputs)
            if wanted == found or node.op in ctx.model.functions:
                continue
            if graph.function is None and node.name in ctx.options.input_shapes:
                continue  # it becomes an input, and its own inputs do not count
            opdef = ctx.source.ops.get(node.op)
            if opdef is None:
                continue
            if wanted is not None:
                args: dict[str, Any] = {"op": node.op, "found": found, "wanted": wanted}
                yield self.finding(node, "count", function=graph.function, **args)
            elif input_ports(node, opdef) is None:
                args = {"op": node.op, "found": found}
                yield self.finding(node, "group", function=graph.function, **args)


def _fixed_count(opdef: OpDef | None) -> int | None:
    """The number of inputs when no attribute decides it."""
    if opdef is None or any(arg.number_attr or arg.type_list_attr for arg in opdef.inputs):
        return None
    return len(opdef.inputs)
