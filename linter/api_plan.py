"""Which rewrite would remove the cause of a finding: found by planning the rewrites."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from linter.engine import Refused, RewriteOptions, rewrite
from linter.engine_bodies import place_of
from linter.finding import Finding, Fix, Safety, Severity
from linter.judge import Judge, Status, make_judge
from linter.rule import RewriteRule
from rules.rule_set import RuleSet

__all__ = ["with_fixes"]


def with_fixes(findings: Iterable[Finding], judge: Judge, rules: RuleSet) -> tuple[Finding, ...]:
    """The findings, those errors that a rewrite removes with that rewrite.

    A manual rewrite is named where no other one helps, and one that needs TensorFlow, which is not
    asked here. Nothing is changed: the plan works on a copy of the graph.
    """
    findings = tuple(findings)
    if not any(map(_is_open, findings)):
        return findings
    fixes = _planned(judge, rules)
    return tuple(
        replace(finding, fix=fixes.get(place_of(finding.function, finding.node or "")))
        if _is_open(finding)
        else finding
        for finding in findings
    )


def _is_open(finding: Finding) -> bool:
    return finding.severity is Severity.ERROR and finding.fix is None


def _planned(judge: Judge, rules: RuleSet) -> dict[str, Fix]:
    """Rewrites by the place of each node that they remove or replace for good."""
    plan = rewrite(
        rules.rewrites,
        judge.model,
        lambda model: make_judge(model, judge.database, judge.options),
        RewriteOptions(),
    )
    known = {rule.id: rule for rule in rules.rewrites}
    fixes = {
        refused.node: Fix(refused.rule, known[refused.rule].safety)
        for refused in plan.refused
        if _would_help(known[refused.rule], refused)
    }
    # A replacement may bear the name of what it replaces: what counts is whether it is taken.
    refused_still = {
        place_of(graph.function, node.name)
        for graph in (plan.model.main, *plan.judge.called_functions())
        for node in graph
        if plan.judge.node(graph, node).status is Status.UNSUPPORTED
    }
    for made in plan.rewrites:
        for name in (made.root, *made.removed):
            if name not in refused_still:
                fixes[name] = Fix(made.rule, made.safety)
    return fixes


def _would_help(rule: RewriteRule, refused: Refused) -> bool:
    """Whether a rewrite was refused only for what this plan withholds from it."""
    if rule.safety is Safety.MANUAL:
        return refused.reason.startswith("manual")
    return rule.evaluates and refused.reason.startswith("needs TensorFlow")
