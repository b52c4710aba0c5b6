"""Patterns over a graph: one matcher, which also tells how far it came."""

from __future__ import annotations

from linter.rules.match.names import ROOT, names_of, ops_of
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
    "ROOT",
    "BoundValue",
    "Match",
    "MatchContext",
    "Pattern",
    "Refusal",
    "const",
    "either",
    "find",
    "names_of",
    "op",
    "ops_of",
    "var",
]
