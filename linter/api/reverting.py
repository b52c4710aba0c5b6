"""Rewrite and compare, and where the user wants it without what changes the numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from linter.api.proof import Attempt, Prover
from linter.api.rewriting import Rewriting
from linter.results.objection import Objection, ObjectionKind
from linter.results.rewrite import Refused, RewriteRecord
from linter.rewrite.engine import RewriteOutcome

__all__ = ["proved"]

_PATIENCE = 3
"""As many changes of one rule are found guilty one by one."""


def proved(rewriting: Rewriting, prover: Prover, *, revert_failing: bool) -> Attempt:
    """Rewrite and compare; the rewritten graph is left in the draft file of the prover.

    Args:
        rewriting: all the changes that may be made.
        prover: compares.
        revert_failing: drop a change after which the numbers differ, and go on without it.
    """
    reverted: list[Refused] = []
    while True:
        attempt = prover.compare(rewriting.result, keep=True)
        result, proof = attempt.result, attempt.proof
        if proof.failed:
            culprit = prover.culprit(result, proof, rewriting.first)
            proof = replace(proof, culprit=culprit)
            if culprit is not None and revert_failing:
                reverted += _to_revert(culprit, result, reverted, proof.why)
                rewriting = rewriting.without(reverted)
                continue
        return replace(attempt, proof=replace(proof, reverted=tuple(reverted)))


def _to_revert(
    culprit: RewriteRecord, result: RewriteOutcome, reverted: Sequence[Refused], why: str
) -> Iterator[Refused]:
    """The culprit; once a rule has had several, all that it does: each costs a search."""
    yield _reverted(culprit.rule, culprit.root, why)
    if sum(entry.rule == culprit.rule for entry in reverted) < _PATIENCE - 1:
        return
    for root in dict.fromkeys(made.root for made in result.rewrites if made.rule == culprit.rule):
        if root != culprit.root:
            reason = f"{_PATIENCE} other changes of its rule changed the numbers"
            yield _reverted(culprit.rule, root, reason)


def _reverted(rule: str, root: str, why: str) -> Refused:
    return Refused(rule, root, Objection(f"reverted: {why}", kind=ObjectionKind.REVERTED))
