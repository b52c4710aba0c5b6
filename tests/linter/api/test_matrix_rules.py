"""The matrix runs the rules again whose errors hang on the release: here is which those are."""

from __future__ import annotations

import pytest

from linter.judge import Status
from linter.judge.synthetic import synthetic_judge
from linter.results.finding import Severity
from linter.rewrite.example_runner import _judge, example_model
from linter.rules import Flagged, LintRule
from linter.rules.run_lint import run_lint
from rules.registry import lint_rules


def errors(rule, judge):
    """What the rule finds wrong, but for nodes that the judge refuses."""
    refused = {
        (graph.function, node.name)
        for graph, node, answer in judge.judgements()
        if answer.status is Status.UNSUPPORTED
    }
    return {
        (finding.function, finding.node)
        for finding in run_lint((rule,), judge).findings
        if finding.severity is Severity.ERROR
    } - refused


@pytest.mark.parametrize("rule", lint_rules(), ids=lambda rule: str(rule.id))
def test_an_error_that_hangs_on_the_release_is_declared(rule: LintRule) -> None:
    for example in rule.examples:
        if not isinstance(example, Flagged):
            continue
        there = _judge(example_model(example), example)
        anywhere = synthetic_judge(example_model(example), there.options)
        if errors(rule, there) - errors(rule, anywhere):
            assert rule.per_release, example.label
