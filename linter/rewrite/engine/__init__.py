"""Rewriting to a fixed point: passes, ranks of answers, the minimal plan, and why a rule fired."""

from __future__ import annotations

from linter.rewrite.engine.outcome import RewriteOptions, RewriteOutcome
from linter.rewrite.engine.run import rewrite

__all__ = ["RewriteOptions", "RewriteOutcome", "rewrite"]
