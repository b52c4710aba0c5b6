"""Which rewrite would remove the cause of a finding: found by planning the rewrites."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from linter.graph import Graph, Model
from linter.judge import Judge, judge_of_copy
from linter.results.errors import RuleCrashError
from linter.results.finding import Finding, Fix, Safety, Severity
from linter.results.objection import ObjectionKind
from linter.results.rewrite import Refused
from linter.rewrite.engine import RewriteOptions
from linter.rewrite.engine.bodies import place_of
from linter.rewrite.engine.rewriting import Rewriting
from linter.rewrite.unroll.frames import Frame, find_frame
from linter.rewrite.unroll.values import Unresolved
from rules.rule_set import RuleSet

__all__ = ["with_fixes"]

_MOST_COPIES = 1_000
"""Loops that grow larger are not written out only to name a fix: that would take long."""
_WITHHELD_HERE = (ObjectionKind.MANUAL, ObjectionKind.NEEDS_EVALUATOR, ObjectionKind.UNTRIED)
"""What stands against a rewrite in this plan only: it would help where it is let."""


def with_fixes(
    findings: Iterable[Finding], judge: Judge, rules: RuleSet
) -> tuple[tuple[Finding, ...], tuple[RuleCrashError, ...]]:
    """The findings, those errors that a rewrite removes with that rewrite; and which crashed.

    A manual rewrite is named where no other one helps, and one that needs TensorFlow, which is not
    asked here. Nothing is changed: the plan works on a copy of the graph.
    """
    findings = tuple(findings)
    if not any(map(_is_open, findings)):
        return findings, ()
    plan = Rewriting(rules.rewrites, judge.model, lambda model: judge_of_copy(model, judge))
    plan.run(RewriteOptions(copy_limit=_MOST_COPIES, weighs_withheld=True))
    fixes = _planned(plan, judge, rules)
    fixed = tuple(
        replace(finding, fix=fixes.get(place_of(finding.function, finding.node or "")))
        if _is_open(finding)
        else finding
        for finding in findings
    )
    return fixed, plan.errors


def _is_open(finding: Finding) -> bool:
    return finding.severity is Severity.ERROR and finding.fix is None


def _planned(plan: Rewriting, judge: Judge, rules: RuleSet) -> dict[str, Fix]:
    """Rewrites by the place of each node that they remove or replace for good."""
    known = {rule.id: rule for rule in rules.rewrites}
    refusals = plan.refusals()
    fixes = {
        name: Fix(refused.rule, known[refused.rule].safety)
        for refused in refusals
        if refused.kind in _WITHHELD_HERE
        for name in _replaced(judge.model, refused)
    }
    # A replacement may bear the name of what it replaces: what counts is whether it is taken.
    refused_still = {
        place_of(graph.function, node.name)
        for graph in (plan.model.main, *plan.judge.called_functions())
        for node in plan.judge.refused(graph)
    }
    for change in plan.records:
        for name in (change.root, *change.removed):
            if name not in refused_still:
                fixes[name] = Fix(change.rule, change.safety)
    if any(known[refused.rule].safety is Safety.MANUAL for refused in refusals):
        for name, rule in plan.withheld.removed(judge):
            fixes.setdefault(name, Fix(rule, known[rule].safety))
    return fixes


def _replaced(model: Model, refused: Refused) -> Iterator[str]:
    """Places of the nodes that a refused rewrite would replace: a whole loop for its condition."""
    yield refused.node
    function, _, name = refused.node.rpartition("::")
    graph = model.functions.get(function) if function else model.main
    node = None if graph is None else graph.get(name)
    if graph is None or node is None or node.op != "LoopCond":
        return
    try:
        frame = find_frame(graph, node.key)
    except Unresolved:
        return
    for key in (*frame.nodes, *_arrays(graph, frame)):
        yield place_of(graph.function, graph.nodes[key].name)


def _arrays(graph: Graph, frame: Frame) -> Iterator[str]:
    """The TensorArrays that enter a loop, and what works on them."""
    around = {key for enter in frame.enters for key in graph.producers(graph.nodes[enter])}
    around |= {key for tied in around for key in graph.producers(graph.nodes[tied])}
    for key in around:
        if graph.nodes[key].op.startswith("TensorArray"):
            yield key
            for use in graph.uses(key):
                if graph.nodes[use.node].op.startswith("TensorArray"):
                    yield use.node
