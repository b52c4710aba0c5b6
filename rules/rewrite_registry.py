"""Every rewrite, in the order in which the engine tries them."""

from __future__ import annotations

from linter.rule import RewriteRule

__all__ = ["REWRITE_RULES"]

REWRITE_RULES: tuple[type[RewriteRule], ...] = ()
