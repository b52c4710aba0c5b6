"""Rewriting to a fixed point: passes, ranks of answers, the minimal plan, and why a rule fired.

The engine chooses among the changes that rules offer, and records them. It knows no op and no rule
by name.
"""

from __future__ import annotations

from linter.rewrite.engine.outcome import RewriteOptions, RewriteOutcome
from linter.rewrite.engine.rewriting import rewrite

__all__ = ["RewriteOptions", "RewriteOutcome", "rewrite"]
