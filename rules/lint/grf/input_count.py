"""A node with more or fewer inputs than its op takes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from linter.graph.ports import input_ports
from linter.judge.atc.demands import made_by_name, uncounted, unlinked
from linter.rules import (
    Certainty,
    Clean,
    Finding,
    Flagged,
    Graph,
    LintContext,
    LintRule,
    Node,
    Placement,
    Severity,
)
from opdb.record import OpDef

__all__ = ["InputCount"]


class InputCount(LintRule):
    """Flag a node whose number of inputs contradicts its op's definition, or what the parser makes.

    Why: the parser compares the count with the operator's prototype and stops (E19014/E13014). An
        op that it takes by its prototype alone is not counted; a list of inputs or outputs of such
        an op stays empty, and the first edge to it fails (E18888).
    Remedy: export the graph again; an input was lost or an N attribute is wrong.
    Source: hicann/ge, tensorflow_parser.cc (input count, AddEdges); TensorFlow op definitions.
    """

    id, name, severity = "GRF010", "input-count", Severity.ERROR
    per_release = True
    messages = {
        "count": "{op!r} has {found} input(s); its definition takes {wanted}",
        "group": "{op!r} has {found} input(s), which its attributes and definition do not allow",
        "uncounted": "{op!r} has no attribute {attribute!r}, which says how many of its inputs are "
        "one list: the parser of {target} counts none of them and stops with E13014",
        "unneeded": "no output needs {op!r}, but the parser of {target} reads it, does not allow "
        "its {found} input(s) and stops with E13014",
        "unlinked": "the parser of {target} makes {op!r} with {places} {side}(s) and has no place "
        "for the edge at {side} {index}: it stops with E18888",
    }
    remedies = {
        "count": "give the node the inputs that its op takes",
        "group": "make N, or the list of dtypes, agree with the inputs",
        "uncounted": "export the graph again without stripping attributes",
        "unneeded": "`omlint fix` removes it; --outputs leave it out as well",
        "unlinked": "begin the network behind it with --input-shape, or end it before with "
        "--outputs",
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
        Flagged(
            "x = Placeholder : float32[2]\na = Const : int32[] = 0\ny = ConcatV2(x, x, a) {-N}",
            at=("y",),
            messages=("uncounted",),
            given={"tool": "atc"},
            label="no N",
        ),
        Flagged(
            "x = Placeholder : float32[2]\ny = Relu(x)\nz = Identity {T=float32}",
            at=("z",),
            messages=("unneeded",),
            label="stands alone",
        ),
    )

    def check_model(self, ctx: LintContext) -> Iterator[Finding]:
        """Lay the inputs over the arguments of the definitions."""
        known: dict[str, tuple[int | None, bool]] = {}
        atc = ctx.source.database.target.tool == "atc"
        for graph, node in ctx.parsed():
            if node.op not in known:
                fixed = _fixed_count(ctx.source.ops.get(node.op))
                known[node.op] = fixed, atc and made_by_name(node, ctx.source.database)
            wanted, by_name = known[node.op]
            if by_name and (found := self._unlinked(graph, node, ctx)) is not None:
                yield found
            elif (miscounted := _miscounted(node, wanted, ctx)) is not None:
                message, args = miscounted
                counts = atc and not by_name
                if node.key not in ctx.source.reachable(graph):
                    if by_name:
                        continue  # nobody looks at it
                    message, args = "unneeded", {"op": node.op, "found": len(node.inputs)}
                yield self.finding(
                    node,
                    message,
                    function=graph.function,
                    stage="parser" if counts else "",
                    compiler_code="E13014" if counts else "",
                    **args,
                )

    def _unlinked(self, graph: Graph, node: Node, ctx: LintContext) -> Finding | None:
        """An edge that the parser cannot make."""
        edge = unlinked(graph, node, ctx.source.database)
        if edge is None or ctx.source.node(graph, node).placement is Placement.REMOVED:
            return None
        return self.finding(
            node,
            "unlinked",
            function=graph.function,
            stage="parser",
            compiler_code="E18888",
            certainty=Certainty.INFERRED,
            op=node.op,
            side=edge.side,
            index=edge.index,
            places=edge.places,
        )


def _miscounted(
    node: Node, wanted: int | None, ctx: LintContext
) -> tuple[str, dict[str, Any]] | None:
    """The message about a node with another number of inputs than its definition says."""
    found = len(node.inputs)
    if wanted == found:
        return None
    opdef = ctx.source.ops.get(node.op)
    if node.op in ctx.model.functions or opdef is None:
        return None
    if wanted is not None:
        return "count", {"op": node.op, "found": found, "wanted": wanted}
    if input_ports(node, opdef) is None:
        return "group", {"op": node.op, "found": found}
    if ctx.source.database.target.tool == "atc" and (lost := uncounted(node, opdef)) is not None:
        return "uncounted", {"op": node.op, "attribute": lost}
    return None


def _fixed_count(opdef: OpDef | None) -> int | None:
    """The number of inputs when no attribute decides it."""
    if opdef is None or any(arg.number_attr or arg.type_list_attr for arg in opdef.inputs):
        return None
    return len(opdef.inputs)
