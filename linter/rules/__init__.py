"""What a rule is: its base classes, the patterns it matches with, the editor it builds with.

A file of rules needs nothing else than this door. The rules themselves are in the package
``rules`` beside this one; what applies rewrites is ``linter.rewrite``.
"""

from __future__ import annotations

from linter.rules.rule import DeletionRule, LintContext, LintRule, RewriteRule, RuleStatus, Sweep

__all__ = ["DeletionRule", "LintContext", "LintRule", "RewriteRule", "RuleStatus", "Sweep"]
