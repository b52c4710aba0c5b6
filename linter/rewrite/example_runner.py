"""Runs the examples that rules carry, for the test-suite and for authors of rules.

A rule file that a user adds is checked by the same functions.
"""

from __future__ import annotations

import difflib
from dataclasses import replace

from linter.graph import Model, Value
from linter.io import graphtext
from linter.judge.base import Judge
from linter.judge.options import JudgeOptions
from linter.judge.synthetic import synthetic_judge
from linter.results.finding import Finding
from linter.rewrite.engine import RewriteOptions, rewrite
from linter.rules import LintRule, RewriteRule
from linter.rules.evaluation import Evaluator
from linter.rules.examples import Clean, Example, Flagged, Rewritten, Untouched
from linter.rules.run_lint import run_lint

__all__ = ["example_model", "failure", "rewritten_model"]

_OF_THE_FILE = ("format", "path")


def failure(
    rule: LintRule | RewriteRule, example: Example, evaluator: Evaluator | None = None
) -> str | None:
    """What is wrong with the example under its rule, ``None`` when it holds.

    Args:
        rule: the rule that carries the example.
        example: the example.
        evaluator: for a rule that ``evaluates``.

    Raises:
        RuleCrashError: the rule raised.
    """
    if isinstance(rule, LintRule):
        return _lint_failure(rule, example)
    return _rewrite_failure(rule, example, evaluator)


def example_model(example: Example) -> Model:
    """The graph of an example; ``given`` may name format and path of the file it stands for."""
    model = graphtext.parse(example.text)
    source_fields = {name: example.given[name] for name in _OF_THE_FILE if name in example.given}
    model.source = replace(model.source, **source_fields)
    return model


def rewritten_model(
    rule: RewriteRule, example: Rewritten | Untouched, evaluator: Evaluator | None = None
) -> Model:
    """The graph that the rule makes of the example."""
    options = RewriteOptions(unsafe=example.unsafe, evaluator=evaluator)
    outcome = rewrite((rule,), example_model(example), lambda m: _judge(m, example), options)
    if outcome.errors:
        raise outcome.errors[0]
    return outcome.model


def _lint_failure(rule: LintRule, example: Example) -> str | None:
    outcome = run_lint((rule,), _judge(example_model(example), example))
    if outcome.errors:
        raise outcome.errors[0]
    places = tuple(_place(finding) for finding in outcome.findings)
    if isinstance(example, Clean):
        return f"flagged at {places}" if places else None
    if not isinstance(example, Flagged):
        return f"a lint rule has no {type(example).__name__} example"
    if places != example.at:
        return f"flagged at {places}, not at {example.at}"
    messages = tuple(finding.message_id for finding in outcome.findings)
    if example.messages and messages != example.messages:
        return f"messages are {messages}, not {example.messages}"
    unfilled = [
        finding.message
        for finding in outcome.findings
        if "{" in finding.message and finding.message == rule.messages[finding.message_id]
    ]
    return f"message has an open field: {unfilled[0]}" if unfilled else None


def _rewrite_failure(
    rule: RewriteRule, example: Example, evaluator: Evaluator | None
) -> str | None:
    if not isinstance(example, Rewritten | Untouched):
        return f"a rewrite has no {type(example).__name__} example"
    options = RewriteOptions(unsafe=example.unsafe, evaluator=evaluator)
    model = example_model(example)
    outcome = rewrite((rule,), model, lambda m: _judge(m, example), options)
    if outcome.errors:
        raise outcome.errors[0]
    text = graphtext.dump(outcome.model)
    if isinstance(example, Rewritten):
        wanted = graphtext.dump(graphtext.parse(example.after))
        return None if text == wanted else _unlike(wanted, text)
    if text != graphtext.dump(model):
        return _unlike(graphtext.dump(model), text)
    reasons = [refused.reason for refused in outcome.refused]
    if example.reason and not any(example.reason in reason for reason in reasons):
        return f"refused for {reasons}, not for {example.reason!r}"
    return None


def _unlike(wanted: str, actual: str) -> str:
    """Both graphs, as the lines in which they differ."""
    lines = difflib.unified_diff(
        wanted.splitlines(), actual.splitlines(), "expected", "got", n=100, lineterm=""
    )
    return "the graph is not as expected\n" + "\n".join(lines)


def _judge(model: Model, example: Example) -> Judge:
    options = JudgeOptions(
        dict(example.input_shapes), tuple(_value(text) for text in example.outputs)
    )
    given = {name: value for name, value in example.given.items() if name not in _OF_THE_FILE}
    return synthetic_judge(model, options, lacking=example.lacking, **given)


def _value(text: str) -> Value:
    node, _, port = text.partition(":")
    return Value(node, int(port or 0))


def _place(finding: Finding) -> str:
    name = finding.node or ""
    return f"{finding.function}::{name}" if finding.function else name
