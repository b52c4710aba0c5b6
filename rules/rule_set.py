"""The rules of one run: omlint's own, and those of the user's files."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from fnmatch import fnmatchcase

from linter.results.finding import Finding
from linter.results.model_path import matches
from linter.rules import LintRule, RewriteRule
from rules.registry import lint_rules, rewrite_rules

__all__ = ["BUILT_IN", "Ignore", "RuleSet"]


@dataclass(frozen=True, slots=True)
class Ignore:
    """Findings that do not count.

    Attributes:
        rule: what their code begins with.
        node: glob of the names of their nodes; ``function::name`` in a function body.
        place: where that is said, for messages.
        models: glob of the models; without a slash, of their names.
        folder: where the glob is seen from.
        reason: why they do not count.
        until: the last day that they do not count, ``None`` for no end.
        hits: places of the findings that it covered, over all models and targets.
    """

    rule: str
    node: str = "*"
    place: str = ""
    models: str = "*"
    folder: str = ""
    reason: str = ""
    until: date | None = None
    hits: list[str] = field(default_factory=list, compare=False, repr=False)

    def concerns(self, model: str) -> bool:
        """Whether it is about a model, as the user typed it."""
        return self.models == "*" or matches(self.models, self.folder, model)

    def covers(self, finding: Finding) -> bool:
        """Whether the finding does not count; takes note when so."""
        name = finding.node or ""
        place = f"{finding.function}::{name}" if finding.function else name
        if not finding.code.startswith(self.rule) or not fnmatchcase(place, self.node):
            return False
        self.hits.append(place)
        return True


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Rules by kind, in the order in which they run.

    A user's rewrites are tried before the built-in ones: who writes a rule for an op wants it.

    Attributes:
        user_lint: lint rules of the user's files.
        user_rewrites: rewrites of the user's files.
        files: the files they come from, as the user named them.
        ignores: findings that do not count.
        expired: entries whose last day is over; they cover nothing.
    """

    user_lint: tuple[LintRule, ...] = ()
    user_rewrites: tuple[RewriteRule, ...] = ()
    files: tuple[str, ...] = ()
    ignores: tuple[Ignore, ...] = ()
    expired: tuple[Ignore, ...] = ()

    @property
    def lint(self) -> tuple[LintRule, ...]:
        """All lint rules."""
        return (*lint_rules(), *self.user_lint)

    @property
    def rewrites(self) -> tuple[RewriteRule, ...]:
        """All rewrites, in the order in which they are tried."""
        return (*self.user_rewrites, *rewrite_rules())

    @property
    def rewrites_by_code(self) -> tuple[RewriteRule, ...]:
        """All rewrites, as lists show them: the user's first, then omlint's by code."""
        return (*self.user_rewrites, *sorted(rewrite_rules(), key=lambda rule: rule.id))

    @property
    def user(self) -> tuple[LintRule | RewriteRule, ...]:
        """The rules of the user's files."""
        return (*self.user_lint, *self.user_rewrites)

    def of_model(self, model: str) -> RuleSet:
        """The rules for one model: entries about others are left out."""
        mine = tuple(entry for entry in self.ignores if entry.concerns(model))
        return self if len(mine) == len(self.ignores) else replace(self, ignores=mine)

    def counted(self, findings: Iterable[Finding]) -> tuple[Finding, ...]:
        """The findings without those that do not count."""
        if not self.ignores:
            return tuple(findings)
        return tuple(
            finding
            for finding in findings
            if not [entry for entry in self.ignores if entry.covers(finding)]
        )

    def find(self, name: str) -> LintRule | RewriteRule | None:
        """The rule of that id or name."""
        rules: tuple[LintRule | RewriteRule, ...] = (*self.lint, *self.rewrites)
        return next((rule for rule in rules if name.upper() == rule.id or name == rule.name), None)

    def rewrites_of(self, op: str) -> tuple[RewriteRule, ...]:
        """The rewrites whose pattern starts at a node of type ``op``, as lists show them."""
        return tuple(rule for rule in self.rewrites_by_code if op in rule.anchors)


BUILT_IN = RuleSet()
"""omlint's own rules alone."""
