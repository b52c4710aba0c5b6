"""What rewriting is told and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from linter.results.rewrite import Checkpoint, Refused, RewriteRecord

if TYPE_CHECKING:
    from linter.graph import Model
    from linter.judge import Judge
    from linter.results.errors import RuleCrashError
    from linter.results.report import Summary
    from linter.rules import RewriteRule
    from linter.rules.evaluation import Evaluator

__all__ = ["STEP_LIMIT", "RewriteOptions", "RewriteOutcome"]

STEP_LIMIT = 100_000
"""Most changes in one run."""


@dataclass(frozen=True, slots=True)
class RewriteOptions:
    """Which changes are allowed.

    Attributes:
        select: prefixes of the rule ids that may run; empty means all.
        ignore: prefixes of the rule ids that may not.
        unsafe: apply manual rules too.
        exact_only: apply exact rules only, because nothing will verify the others.
        skip: rule id and root name of changes that must not be made.
        step_limit: most changes in one run; they are the first ones of a run without a limit.
        evaluator: computes values from constants, for the rules that ask for it.
        apply: ids of rules whose changes are made although the target does not ask for them.
        copy_limit: most copies that writing a loop or a call out may make; ``None`` means as many
            as the rules take for sensible.
        weighs_withheld: find out what changes would remove that are not allowed.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    unsafe: bool = False
    exact_only: bool = False
    skip: frozenset[tuple[str, str]] = frozenset()
    step_limit: int = STEP_LIMIT
    evaluator: Evaluator | None = None
    copy_limit: int | None = None
    weighs_withheld: bool = False
    apply: tuple[str, ...] = ()

    def is_free(self, rule: RewriteRule) -> bool:
        """Whether the changes of a rule do not wait for the target to need them."""
        return rule.always or (bool(self.apply) and rule.id.startswith(self.apply))

    def selects(self, rule: str) -> bool:
        """Whether the rule of this id may run."""
        wanted = not self.select or rule.startswith(self.select)
        return wanted and not (self.ignore and rule.startswith(self.ignore))


@dataclass(frozen=True, slots=True)
class RewriteOutcome:
    """What rewriting led to.

    Attributes:
        model: the changed model; the one that was given is as it was.
        judge: the judge of the changed model.
        before, after: counts over the reachable nodes.
        rewrites: the changes in the order in which they were made.
        refused: near misses, in the order of rules and nodes.
        errors: rules that raised.
        checkpoints: the judge's counts on the way; the first before any change, the last after
            all of them.
    """

    model: Model
    judge: Judge
    before: Summary
    after: Summary
    rewrites: tuple[RewriteRecord, ...]
    refused: tuple[Refused, ...]
    errors: tuple[RuleCrashError, ...] = ()
    checkpoints: tuple[Checkpoint, ...] = ()
