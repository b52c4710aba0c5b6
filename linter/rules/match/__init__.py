"""Patterns over a graph: one matcher, which also tells how far it came."""

from __future__ import annotations

from linter.rules.match.pattern import (
    BoundValue,
    Match,
    MatchContext,
    Pattern,
    Refusal,
    const,
    either,
    find,
    op,
    var,
)

__all__ = [
    "BoundValue",
    "Match",
    "MatchContext",
    "Pattern",
    "Refusal",
    "const",
    "either",
    "find",
    "op",
    "var",
]
