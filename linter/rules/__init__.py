"""The door for rules: a file of rules imports all that it needs from here.

Base classes, examples and patterns declare a rule; findings, refusals and the editor are what its
methods work with; nodes, values and the answers of the judge are what they look at. The rules
themselves are in the package ``rules`` beside this one; what applies rewrites is
``linter.rewrite``.

What only rewrites need is loaded when it is first asked for: a check runs lint rules alone.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from linter.graph import DType, FuncRef, Graph, Model, Node, Shape, Value
from linter.results.finding import Certainty, Finding, Fix, Safety, Severity
from linter.results.judgement import Judgement, Placement, Status
from linter.rules.examples import Clean, Example, Flagged, Rewritten, Untouched
from linter.rules.rule import DeletionRule, LintContext, LintRule, RewriteRule, Sweep

if TYPE_CHECKING:
    from linter.judge import Judge
    from linter.rules.edit import GraphEditor
    from linter.rules.match import (
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
    "Certainty",
    "Clean",
    "DType",
    "DeletionRule",
    "Example",
    "Finding",
    "Fix",
    "Flagged",
    "FuncRef",
    "Graph",
    "GraphEditor",
    "Judge",
    "Judgement",
    "LintContext",
    "LintRule",
    "Match",
    "MatchContext",
    "Model",
    "Node",
    "Pattern",
    "Placement",
    "Refusal",
    "RewriteRule",
    "Rewritten",
    "Safety",
    "Severity",
    "Shape",
    "Status",
    "Sweep",
    "Untouched",
    "Value",
    "const",
    "either",
    "find",
    "op",
    "var",
]

_LATER = {"GraphEditor": "linter.rules.edit", "Judge": "linter.judge"}
_PATTERNS = "linter.rules.match"


def __getattr__(name: str) -> Any:
    """Load what rewrites need; the import is the same as for any other name."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(_LATER.get(name, _PATTERNS)), name)
    return value
