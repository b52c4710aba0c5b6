"""Leaves out rewrites that turned out not to be needed.

Each change answers a need of its moment, but a later one may remove what an earlier one has made,
or a change may trade one refused node for another and lead nowhere. Such changes are suspects: the
rewriting is done again without them, and where the target is no worse off, that is the plan. The
number of repetitions is bounded, so that a plan costs a few times a rewriting at most.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from linter.results.rewrite import RewriteRecord
from linter.rewrite.engine.outcome import RewriteOptions, RewriteOutcome
from linter.rewrite.engine.rewriting import rewrite

if TYPE_CHECKING:
    from linter.graph import Model
    from linter.judge import Judge
    from linter.rules import RewriteRule

__all__ = ["rewrite_minimal"]

_REPETITIONS = 8
_MOST_NODES = 10_000
"""A model of more nodes is rewritten once: the repetitions would take too long."""

_Places = frozenset[tuple[str, str]]


def rewrite_minimal(
    rules: Sequence[RewriteRule],
    model: Model,
    judge_of: Callable[[Model], Judge],
    options: RewriteOptions,
) -> tuple[RewriteOutcome, _Places]:
    """Rewrite, without the changes that the target does not need in the end.

    Args:
        rules: as ``rewrite`` takes them.
        model: stays as it is.
        judge_of: makes the judge of a model.
        options: which changes are allowed.

    Returns:
        The outcome, and rule and root of what was left out: with these as ``skip`` too, ``rewrite``
        leads to the same.
    """
    best = rewrite(rules, model, judge_of, options)
    left_out: _Places = frozenset()
    always = {rule.id for rule in rules if options.is_free(rule)}
    pending = [tuple(_suspects(best.rewrites, always))]
    if not pending[0] or max(_size(model), _size(best.model)) > _MOST_NODES:
        return best, left_out
    for _ in range(_REPETITIONS):
        if not pending:
            break
        group = pending.pop()
        skip = left_out.union(group)
        other = rewrite(rules, model, judge_of, replace(options, skip=options.skip | skip))
        if _is_no_worse(other, best):
            best, left_out = other, skip
        elif len(group) > 1:
            half = len(group) // 2
            pending += (group[half:], group[:half])
    return best, left_out


def _size(model: Model) -> int:
    return sum(len(graph) for graph in model.graphs)


def _suspects(rewrites: Sequence[RewriteRecord], always: set[str]) -> Iterator[tuple[str, str]]:
    """Changes that were undone although the target took them, or that won nothing."""
    removed: set[str] = set()
    suspects: list[tuple[str, str]] = []
    for made in reversed(rewrites):
        undone = bool(made.added) and removed.issuperset(made.added)
        sideways = len(made.introduced) >= len(made.resolved)
        if made.rule not in always and (not made.introduced if undone else sideways):
            suspects.append((made.rule, made.root))
        removed.difference_update(made.added)
        removed.update(made.removed)
    yield from dict.fromkeys(reversed(suspects))


def _is_no_worse(other: RewriteOutcome, than: RewriteOutcome) -> bool:
    """Whether fewer changes lead as far."""
    return (
        not other.errors
        and len(other.rewrites) < len(than.rewrites)
        and other.after.unsupported <= than.after.unsupported
        and other.after.unknown <= than.after.unknown
    )
