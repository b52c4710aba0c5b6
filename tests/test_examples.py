"""Every example that a rule carries holds."""

from __future__ import annotations

import pytest

from linter.rewrite.example_runner import failure
from linter.rules import LintRule, RewriteRule
from linter.rules.examples import Example
from rules.registry import lint_rules, rewrite_rules

_CASES = [
    pytest.param(rule, example, id=f"{rule.id}-{index}-{example.label or type(example).__name__}")
    for rule in (*lint_rules(), *rewrite_rules())
    for index, example in enumerate(rule.examples)
]


@pytest.mark.parametrize(("rule", "example"), _CASES)
def test_example_holds(
    rule: LintRule | RewriteRule, example: Example, request: pytest.FixtureRequest
) -> None:
    evaluates = isinstance(rule, RewriteRule) and rule.evaluates
    evaluator = request.getfixturevalue("evaluator") if evaluates else None
    fault = failure(rule, example, evaluator)
    assert fault is None, fault
