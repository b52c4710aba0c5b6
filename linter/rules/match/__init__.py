"""Patterns over a graph: one matcher, which also tells how far it came.

A pattern says what fits, a match what was bound. Nothing is replaced here, and no rule is known.
"""

from __future__ import annotations

from linter.rules.match.names import ROOT, names_of, ops_of
from linter.rules.match.pattern import (
    BoundValue,
    Match,
    MatchContext,
    Pattern,
    const,
    either,
    find,
    op,
    var,
)
from linter.rules.match.refusal import Refusal

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
