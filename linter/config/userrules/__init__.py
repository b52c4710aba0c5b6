"""Rules of a user: Python or TOML files, under the same checks as the built-in ones."""

from __future__ import annotations

from linter.config.userrules.load import load_rules

__all__ = ["load_rules"]
