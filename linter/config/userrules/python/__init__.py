"""Python files of rules: each runs in a process of its own, which can be ended.

What ours has of a rule is its declarations and a proxy, which asks that process. It is a copy of
ours, so that the graph and all that is known about it are there; what the rule changes there is
gone with it, and what it does through the editor is done again here.
"""

from __future__ import annotations

from linter.config.userrules.python.file import load_python

__all__ = ["load_python"]
