"""Leaves that nobody wants as outputs."""

from __future__ import annotations

from collections.abc import Iterator

from linter.graph.queries import default_outputs
from linter.rules import Clean, Finding, Flagged, LintContext, LintRule, Node, Severity, Value

__all__ = ["StrayLeaf"]

_HANDLES = ("string", "resource", "variant")
_UPDATES = ("Apply", "Assign", "ResourceApply", "ResourceScatter", "Save", "Scatter", "SparseApply")
_GRAPH = "x = Placeholder : float32[2]\ny = Relu(x)\nn = NoOp(^y)\nz = Tanh(x)"


class StrayLeaf(LintRule):
    """Flag leaves of training, saving or debugging that become outputs when none are named.

    Why: without --out_nodes every node that has an input and no reader becomes an output, with all
        that it needs: Assert, NoOp, a Saver, summaries, optimizer updates.
    Remedy: --outputs with the values that you want.
    Source: hicann/ge, api/atc/omg.cc (SetOutputNodeInfo).
    """

    id, name, severity = "IOX004", "stray-leaf", Severity.WARNING
    messages = {
        "stray": "no outputs were named, and {count} leaf node(s) of type {op!r} become outputs: "
        "{members}"
    }
    remedies = {"stray": "name the values that you want with --outputs"}
    examples = (
        Clean("x = Placeholder : float32[2]\ny = Relu(x)"),
        Clean(_GRAPH, outputs=("y",), label="outputs named"),
        Flagged(_GRAPH, at=("n",)),
    )

    def check_model(self, ctx: LintContext) -> Iterator[Finding]:
        """Look at the leaves that the compiler would take; one finding for an op type."""
        if not ctx.source.outputs_guessed:
            return
        main = ctx.model.main
        stray = {
            node.key
            for node in main
            if (node.inputs or node.controls)
            and not main.uses(node.key)
            and self._is_stray(node, ctx)
        }
        found: dict[str, list[Node]] = {}
        leaves = default_outputs(main, ctx.source.ops) if stray else ()
        for key in dict.fromkeys(value.node for value in leaves if value.node in stray):
            found.setdefault(main[key].op, []).append(main[key])
        for op, nodes in found.items():
            members = self.listed(node.name for node in nodes)
            yield self.finding(nodes[0], "stray", op=op, count=len(nodes), members=members)

    def _is_stray(self, node: Node, ctx: LintContext) -> bool:
        opdef = ctx.source.ops.get(node.op)
        if opdef is None:
            return False
        if not opdef.outputs or (opdef.stateful and node.op.startswith(_UPDATES)):
            return True
        dtype = ctx.inference.dtype(Value(node.key))
        return dtype in _HANDLES or (dtype or "").endswith("_ref")
