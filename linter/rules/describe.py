"""A rule as plain data, for whoever shows it."""

from __future__ import annotations

import inspect

from linter.results.rules import RuleExample, RuleInfo
from linter.rules.examples import Example, Flagged, Rewritten, Untouched
from linter.rules.rule import LintRule, RewriteRule

__all__ = ["described", "described_example"]


def described(rule: LintRule | RewriteRule, *, built_in: bool = True) -> RuleInfo:
    """What a rule says of itself; ``built_in`` whether it is one of omlint's own."""
    return RuleInfo(
        id=rule.id,
        name=rule.name,
        severity=rule.severity if isinstance(rule, LintRule) else None,
        safety=None if isinstance(rule, LintRule) else rule.safety,
        status=rule.status,
        since=rule.since,
        documentation=inspect.cleandoc(rule.__doc__ or ""),
        examples=tuple(map(described_example, rule.examples)),
        built_in=built_in,
    )


def described_example(example: Example) -> RuleExample:
    """One example; the graphs without the indent of the source."""
    return RuleExample(
        kind=type(example).__name__.lower(),
        text=inspect.cleandoc(example.text),
        after=inspect.cleandoc(example.after) if isinstance(example, Rewritten) else "",
        lacking=example.lacking,
        at=example.at if isinstance(example, Flagged) else (),
        reason=example.reason if isinstance(example, Untouched) else "",
        label=example.label,
    )
