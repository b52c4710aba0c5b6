"""The parser or the operator table does not know the op type."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from linter.results.judgement import Reason, Stage
from linter.rules import (
    Clean,
    Finding,
    Flagged,
    Graph,
    Judgement,
    LintContext,
    LintRule,
    Node,
    Severity,
    Status,
)
from opdb.elsewhere import other_releases

__all__ = ["UnknownOp"]

_GRAPH = "x = Placeholder : float32[2]\ny = Relu(x)"


class UnknownOp(LintRule):
    """Flag a node whose op type the target's parser or operator table does not know.

    Why: compilation stops at the first such node; this lists all of them at once.
    Remedy: a rewrite where one fits, a cut of the graph, or another version.
    Source: the judge; every finding carries the evidence that it rests on.
    """

    id, name, severity = "OPS001", "unknown-op", Severity.ERROR
    per_release = True
    messages = {
        "no_parser": "op {op!r} is unknown to the parser of {target}",
        "no_row": "op {op!r} is not in the operator table of {target}",
        "custom": "op {op!r} is no TensorFlow op, and {target} has no plugin for it",
        "internal": "op {op!r} is made by an optimizer or converter, and {target} does not know it",
        "removed": "op {op!r} is unknown to {target}; older releases knew it, {last} the last of "
        "them",
        "later": "op {op!r} is unknown to {target}; {first} is the first release that knows it",
        "unneeded": "no output needs op {op!r}, but the parser of {target} reads the node, does "
        "not know it and stops with {code}",
        "lost": "{op!r} is the call of a function that the model's library does not have: the "
        "function library is lost, and the parser of {target} stops with {code}",
        "call": "{op!r} calls a function of the model by its name, and the parser of {target} "
        "takes such a node only with _disable_call_shape_inference and its own op for a name",
    }
    remedies = {
        "custom": "install the op's parser plugin and kernel and import that toolkit with "
        "`omlint db import`, build the model without the op, or cut the graph before it",
        "internal": "try `omlint fix`, or freeze the model before the optimizer has fused its ops",
        "removed": "try `omlint fix`, cut the graph before it with --outputs, or convert with "
        "{last}",
        "later": "convert with {first} or newer, try `omlint fix`, or cut the graph before it with "
        "--outputs",
        "no_parser": "try `omlint fix`, feed what the op produces with --input-shape, or "
        "cut the graph before it with --outputs",
        "no_row": "try `omlint fix`, or cut the graph before it with --outputs",
        "unneeded": "`omlint fix` removes it; --outputs leave it out as well",
        "lost": "export or freeze the model again together with its function library",
        "call": "try `omlint fix`, which writes the call out",
    }
    examples = (
        Clean(_GRAPH),
        Flagged(_GRAPH, at=("y",), lacking=("Relu",)),
        Flagged(
            _GRAPH,
            at=("y",),
            messages=("no_row",),
            given={"answers": {"Relu": (Status.UNSUPPORTED, Stage.PARSER, Reason.NO_ROW, {})}},
            label="operator table",
        ),
        Flagged(
            "x = Placeholder : float32[2]\ny = FancyPlugin(x)",
            at=("y",),
            messages=("custom",),
            lacking=("FancyPlugin",),
            label="custom op",
        ),
        Flagged(
            "x = Placeholder : float32[2]\ny = Relu(x)\nz = FancyPlugin",
            at=("z",),
            messages=("unneeded",),
            lacking=("FancyPlugin",),
            label="stands alone",
        ),
        Flagged(
            "x = Placeholder : float32[2]\nf_1 = f_1(x) {_disable_call_shape_inference=true}\n"
            "y = f_1(f_1) {_disable_call_shape_inference=true}",
            at=("f_1", "y"),
            messages=("lost", "lost"),
            lacking=("f_1",),
            label="lost library",
        ),
        Flagged(
            "def f(a: float32[2]) -> (out: y:0):\n    y = Relu(a)\n\n"
            "x = Placeholder : float32[2]\nc = f(x)",
            at=("c",),
            messages=("call",),
            lacking=("f",),
            label="call by name",
        ),
    )

    def check_model(self, ctx: LintContext) -> Iterator[Finding]:
        """Flag what the parser stage refused; other releases are asked once for each op type."""
        reasons: dict[str, tuple[str, dict[str, Any]]] = {}
        for graph, node, judgement in ctx.live:
            if judgement.refused_by is not Stage.PARSER:
                continue
            if node.op not in reasons:
                reasons[node.op] = _why(node.op, judgement.reason, ctx)
            message, args = ("lost", {}) if _is_lost(node, ctx) else reasons[node.op]
            yield self._refused(graph, node, judgement, message, args)
        yield from self._unneeded(ctx)

    def _unneeded(self, ctx: LintContext) -> Iterator[Finding]:
        """What the parser reads and refuses although the outputs do not need it."""
        needed = {graph.function: ctx.source.reachable(graph) for graph in ctx.bodies}
        for graph, node in ctx.parsed():
            if node.key not in needed[graph.function] and ctx.source.unparsed(graph, node):
                judgement = ctx.source.node(graph, node)
                yield self._refused(graph, node, judgement, "unneeded", {})

    def _refused(
        self, graph: Graph, node: Node, judgement: Judgement, message: str, args: dict[str, Any]
    ) -> Finding:
        code = "E19999" if node.name == node.op else "E10501"
        return self.finding(
            node,
            message,
            function=graph.function,
            certainty=judgement.certainty,
            evidence=judgement.evidence,
            op=node.op,
            stage="parser",
            compiler_code=code,
            code=code,
            **args,
        )


def _is_lost(node: Node, ctx: LintContext) -> bool:
    """Whether a node is a call by name, which has this attribute, of a function that is gone."""
    called = node.op not in ctx.source.ops.known_names and node.op not in ctx.model.functions
    return called and "_disable_call_shape_inference" in node.attrs


def _why(op: str, reason: Reason, ctx: LintContext) -> tuple[str, dict[str, Any]]:
    """The message for an op type, after what other releases know."""
    if op in ctx.model.functions:
        return "call", {}
    if op not in ctx.source.ops.known_names:
        return "internal" if op.startswith("_") else "custom", {}
    others = other_releases(ctx.source.database, op)
    tool = ctx.source.database.target.tool
    if others.after:
        return "later", {"first": f"{tool}@{others.after[0]}"}
    if others.before:
        return "removed", {"last": f"{tool}@{others.before[-1]}"}
    return "no_row" if reason is Reason.NO_ROW else "no_parser", {}
