"""A node with more or fewer inputs than its op takes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from linter.graph.ports import input_ports
from linter.judge.atc.demands import uncounted
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
    per_release = True
    messages = {
        "count": "{op!r} has {found} input(s); its definition takes {wanted}",
        "group": "{op!r} has {found} input(s), which its attributes and definition do not allow",
        "uncounted": "{op!r} has no attribute {attribute!r}, which says how many of its inputs are "
        "one list: the parser of {target} counts none of them and stops with E13014",
        "unneeded": "no output needs {op!r}, but the parser of {target} reads it, does not allow "
        "its {found} input(s) and stops with E13014",
    }
    remedies = {
        "count": "give the node the inputs that its op takes",
        "group": "make N, or the list of dtypes, agree with the inputs",
        "uncounted": "export the graph again without stripping attributes",
        "unneeded": "`omlint fix` removes it; --outputs leave it out as well",
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
        fixed: dict[str, int | None] = {}
        counts_attrs = ctx.source.database.target.tool == "atc"
        for graph, node in ctx.parsed():
            if node.op not in fixed:
                fixed[node.op] = _fixed_count(ctx.source.ops.get(node.op))
            wanted, found = fixed[node.op], len(node.inputs)
            opdef = ctx.source.ops.get(node.op)
            if wanted == found or node.op in ctx.model.functions or opdef is None:
                continue
            args: dict[str, Any] = {"op": node.op, "found": found}
            if wanted is not None:
                message, args = "count", {**args, "wanted": wanted}
            elif input_ports(node, opdef) is None:
                message = "group"
            elif counts_attrs and (lost := uncounted(node, opdef)) is not None:
                message, args = "uncounted", {"op": node.op, "attribute": lost}
            else:
                continue
            if node.key not in ctx.source.reachable(graph):
                message, args = "unneeded", {"op": node.op, "found": found}
            yield self.finding(
                node,
                message,
                function=graph.function,
                stage="parser" if counts_attrs else "",
                compiler_code="E13014" if counts_attrs else "",
                **args,
            )


def _fixed_count(opdef: OpDef | None) -> int | None:
    """The number of inputs when no attribute decides it."""
    if opdef is None or any(arg.number_attr or arg.type_list_attr for arg in opdef.inputs):
        return None
    return len(opdef.inputs)
