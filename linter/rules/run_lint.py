"""Runs lint rules over every body: this walks, rules only look.

A rule that raises is recorded and hides no other rule's findings.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from linter.results.errors import RuleCrashError
from linter.results.judgement import Status
from linter.rules.rule import LintContext, LintRule

if TYPE_CHECKING:
    from linter.graph import Node
    from linter.judge import Judge
    from linter.results.finding import Finding

__all__ = ["LintOutcome", "run_lint"]

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LintOutcome:
    """What the lint rules found, in the order of a report, and which of them crashed where."""

    findings: tuple[Finding, ...]
    errors: tuple[RuleCrashError, ...] = ()


def run_lint(rules: Iterable[LintRule], judge: Judge) -> LintOutcome:
    """Run lint rules over the model of ``judge``: every node of every body in use once.

    Args:
        rules: rule instances.
        judge: answers for one model and target.

    Returns:
        One finding per code, body, node and port, ordered by body, position, code and port.
    """
    findings: dict[tuple[str, str, str, int], Finding] = {}
    errors: list[RuleCrashError] = []
    for finding in _collect(list(rules), judge, errors):
        key = (finding.code, finding.function or "", finding.node or "", _port(finding))
        findings.setdefault(key, finding)
    return LintOutcome(
        tuple(sorted(findings.values(), key=lambda finding: finding.sort_key)), tuple(errors)
    )


def _collect(
    rules: list[LintRule], judge: Judge, errors: list[RuleCrashError]
) -> Iterator[Finding]:
    context = LintContext(judge, judge.model.main)
    for rule in rules:
        yield from _guarded(rule, None, context, errors)
    # A rule that does not visit nodes keeps the empty default of the base class.
    visitors = [rule for rule in rules if type(rule).check is not LintRule.check]
    yield from _visit_answers([rule for rule in visitors if rule.judged], context, errors)
    plain = [rule for rule in visitors if not rule.judged]
    by_op: dict[str, list[LintRule]] = {}
    for graph in context.bodies:
        context = LintContext(judge, graph)
        for node in graph:
            concerned = by_op.get(node.op)
            if concerned is None:
                concerned = [rule for rule in plain if not rule.visits or node.op in rule.visits]
                by_op[node.op] = concerned
            for rule in concerned if not node.virtual else ():
                yield from _guarded(rule, node, context, errors)


def _visit_answers(
    rules: list[LintRule], context: LintContext, errors: list[RuleCrashError]
) -> Iterator[Finding]:
    """Live nodes, to the rules that look at answers like theirs."""
    known: dict[tuple[str, Status], list[LintRule]] = {}
    contexts = {graph.function: LintContext(context.source, graph) for graph in context.bodies}
    for graph, node, judgement in context.live if rules else ():
        key = (node.op, judgement.status)
        concerned = known.get(key)
        if concerned is None:
            concerned = known[key] = [
                rule
                for rule in rules
                if judgement.status in rule.judged and (not rule.visits or node.op in rule.visits)
            ]
        for rule in concerned:
            yield from _guarded(rule, node, contexts[graph.function], errors)


def _guarded(
    rule: LintRule, node: Node | None, context: LintContext, errors: list[RuleCrashError]
) -> list[Finding]:
    """The one place where whatever a lint rule raises is contained."""
    try:
        findings = rule.check_model(context) if node is None else rule.check(node, context)
        return [rule.completed(entry, context, visited=node is not None) for entry in findings]
    except Exception as err:  # noqa: BLE001 - the crash boundary of lint rules
        place = "the model" if node is None else f"node {node.name!r}"
        _LOG.debug("rule %s crashed", rule.id, exc_info=True)
        errors.append(RuleCrashError.of(rule.id, place, err))
        return []


def _port(finding: Finding) -> int:
    return -1 if finding.port is None else finding.port
