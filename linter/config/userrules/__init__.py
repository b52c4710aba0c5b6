"""Rules of a user: Python or TOML files, under the same checks as the built-in ones.

A file becomes classes of ``linter.rules``, which run under a time limit and reach the graph through
the editor only. No built-in rule is written here.
"""

from __future__ import annotations

from linter.config.userrules.load import load_rules

__all__ = ["load_rules"]
