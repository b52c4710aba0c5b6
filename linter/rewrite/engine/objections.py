"""What stands against a change, whoever says it: the rule, the options, the editor, the engine."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from linter.results.finding import Safety
from linter.results.objection import Objection, ObjectionKind
from linter.rules.match import Refusal

if TYPE_CHECKING:
    from linter.rewrite.engine.outcome import RewriteOptions
    from linter.rules import RewriteRule, Sweep

__all__ = [
    "NEEDED",
    "WORSE_OFF",
    "crashed",
    "not_better",
    "objection_of",
    "refusal_of",
    "unfit",
    "withheld",
]

NEEDED = Objection("an input, an output or a reader depends on it", kind=ObjectionKind.LOSES_OUTPUT)
"""Against taking nodes out that something still needs."""
WORSE_OFF = Objection("it would leave the model worse off", kind=ObjectionKind.WORSE_OFF)
"""Against a change after which more nodes are unsupported than before."""


def refusal_of(rule: RewriteRule, said: object) -> Refusal:
    """What the guard of a rule said, whoever wrote the rule.

    Raises:
        TypeError: it is no refusal.
    """
    if not isinstance(said, Refusal):
        kind = type(said).__name__
        raise TypeError(f"the guard of {rule.id} returned {kind}, not a Refusal or None")
    return said


def objection_of(sweep: Sweep) -> Objection | None:
    """Why a rule leaves nodes in that could go."""
    if not sweep.refusal:
        return None
    return Objection(sweep.refusal, sweep.root, kind=ObjectionKind.GUARD)


def withheld(rule: RewriteRule, options: RewriteOptions) -> Objection | None:
    """Why the options do not let the rule make a change."""
    if rule.safety is Safety.MANUAL and not options.unsafe:
        return Objection("manual: applied only with --unsafe-fixes", kind=ObjectionKind.MANUAL)
    if rule.safety is not Safety.EXACT and options.exact_only:
        return Objection("unverified", kind=ObjectionKind.UNVERIFIED)
    return None


def unfit(reason: str | None) -> Objection | None:
    """Why the editor cannot put what is new in the place of what goes."""
    return None if reason is None else Objection(reason, kind=ObjectionKind.UNFIT)


def not_better(refused: Iterable[str]) -> Objection:
    """That the target is not better off; ``refused`` are new op types that it does not take."""
    names = sorted(set(refused))
    reason = f"the target does not take the replacement better: {', '.join(names)}"
    if not names:
        reason = "the unsupported node is needed elsewhere and would stay"
    return Objection(reason, kind=ObjectionKind.NOT_BETTER)


def crashed(err: Exception) -> Objection:
    """What a rule raised."""
    reason = f"the rule crashed: {type(err).__name__}: {err}"
    return Objection(reason, kind=ObjectionKind.CRASHED)
