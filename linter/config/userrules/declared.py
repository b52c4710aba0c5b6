"""The classes that TOML rules become."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from linter.config.userrules.conditions import Condition, mismatch
from linter.graph import Graph, Node, Value
from linter.results.finding import Finding
from linter.results.judgement import Status
from linter.rules import DeletionRule, LintContext, LintRule, RewriteRule, Sweep
from linter.rules.match import BoundValue, Match, MatchContext, Pattern, Refusal, find

if TYPE_CHECKING:
    from linter.config.userrules.actions import Action
    from linter.judge import Judge
    from linter.rules.edit import GraphEditor

__all__ = ["MESSAGE", "DeclaredDeletion", "DeclaredLint", "DeclaredRewrite", "fields_of"]

MESSAGE = "seen"
"""The id of the one message of a declared lint rule."""


class DeclaredRewrite(RewriteRule, abstract=True):
    """A rewrite by pattern, conditions and action."""

    where: ClassVar[tuple[Condition, ...]] = ()
    action: ClassVar[Action]

    def guard(self, m: Match) -> Refusal | None:
        """The conditions, in their order, then what the action needs to know."""
        failure = mismatch(self.where, m)
        if failure is not None:
            return m.refuse(*failure)
        reason = self.action.refusal(m)
        return None if reason is None else m.refuse(reason)

    def build(self, m: Match, edit: GraphEditor) -> Sequence[Value | BoundValue] | Refusal:
        """The action."""
        return self.action.build(m, edit)


class DeclaredDeletion(DeletionRule, abstract=True):
    """Takes out nodes that are read as control inputs only, with what only they need."""

    always = False
    where: ClassVar[tuple[Condition, ...]] = ()

    def sweeps(self, graph: Graph, judge: Judge) -> Iterator[Sweep]:
        """The nodes that match and that the target does not take."""
        shapes = judge.options.input_shapes if graph.function is None else {}
        context = MatchContext(graph, judge.inference(graph), judge.ops, frozenset(), shapes)
        live = judge.reachable(graph)
        for node in graph:
            if node.op not in self.pattern.ops or node.key not in live:
                continue
            if not self.always and judge.node(graph, node).status is not Status.UNSUPPORTED:
                continue
            match = find(self.pattern, node, context)
            if match is None:
                continue
            failure = mismatch(self.where, match)
            refusal = None if failure is None else failure[0]
            yield Sweep(node.key, frozenset({node.key}), refusal)


class DeclaredLint(LintRule, abstract=True):
    """Flags live nodes that match."""

    pattern: ClassVar[Pattern]
    where: ClassVar[tuple[Condition, ...]] = ()

    def check(self, node: Node, ctx: LintContext) -> Iterator[Finding]:
        """Flag the node when everything holds."""
        if not ctx.is_live(node):
            return
        shapes = ctx.options.input_shapes if ctx.graph.function is None else {}
        context = MatchContext(ctx.graph, ctx.inference, ctx.source.ops, frozenset(), shapes)
        match = find(self.pattern, node, context)
        if match is not None and mismatch(self.where, match) is None:
            yield replace(self.finding(node, MESSAGE), args=_arguments(match))


def fields_of(names: Sequence[str]) -> tuple[str, ...]:
    """The fields that a message may have, given the names that the match binds."""
    bound = (f"{name}{part}" for name in names for part in ("", "_dtype", "_shape"))
    return ("node", "op", "target", "dtype", "shape", *bound)


def _arguments(match: Match) -> dict[str, Any]:
    root = match.root
    result = {
        "node": root.node.name,
        "op": root.node.op,
        "dtype": root.dtype or "unknown",
        "shape": _dims(root),
    }
    for name, bound in match.bindings.items():
        result[name] = bound.node.name
        result[f"{name}_dtype"] = bound.dtype or "unknown"
        result[f"{name}_shape"] = _dims(bound)
    return result


def _dims(bound: BoundValue) -> str:
    shape = bound.shape
    if shape is None:
        return "unknown"
    return f"[{','.join('?' if size is None else str(size) for size in shape)}]"
