"""Rewriting the model of a session, as often as the proof needs it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property

from linter.api.options import FixOptions
from linter.api.session import Session
from linter.results.rewrite import Refused
from linter.rewrite.engine import RewriteOptions, RewriteOutcome, rewrite
from linter.rewrite.engine.minimal import rewrite_minimal
from linter.rules.evaluation import Evaluator

__all__ = ["Rewriting"]


class Rewriting:
    """One rewriting of a copy of the model.

    Attributes:
        session: the model and the target.
        options: what the engine is told.
    """

    def __init__(
        self,
        session: Session,
        options: FixOptions,
        *,
        evaluator: Evaluator | None = None,
        exact_only: bool = False,
        skip: frozenset[tuple[str, str]] = frozenset(),
    ) -> None:
        """Prepare; the work is done when its result is asked for.

        Args:
            session: the model and the target.
            options: which rewrites.
            evaluator: computes constants for the rewrites that need it.
            exact_only: make exact rewrites only.
            skip: rule and root of changes that are not made.
        """
        self.session = session
        self.options = RewriteOptions(
            select=options.select,
            ignore=options.ignore,
            unsafe=options.unsafe,
            exact_only=exact_only,
            skip=skip,
            evaluator=evaluator,
            apply=options.apply,
        )
        self._given = options

    @property
    def result(self) -> RewriteOutcome:
        """All the changes."""
        return self._done[0]

    def first(self, steps: int) -> RewriteOutcome:
        """The first so many of the changes."""
        left_out = self.options.skip | self._done[1]
        options = replace(self.options, step_limit=steps, skip=left_out)
        session = self.session
        return rewrite(
            session.request.rules.rewrites, session.opened.model, session.judge_of, options
        )

    def without(self, changes: Iterable[Refused]) -> Rewriting:
        """The same once more, without these changes and those that this one was without."""
        return Rewriting(
            self.session,
            self._given,
            evaluator=self.options.evaluator,
            exact_only=self.options.exact_only,
            skip=self.options.skip | {(entry.rule, entry.node) for entry in changes},
        )

    @cached_property
    def _done(self) -> tuple[RewriteOutcome, frozenset[tuple[str, str]]]:
        session = self.session
        rules, model = session.request.rules.rewrites, session.opened.model
        return rewrite_minimal(rules, model, session.judge_of, self.options)
