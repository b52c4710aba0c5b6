"""Python files of rules: each runs in a process of its own, which can be ended.

What our process has of a rule is its declarations and a proxy, which calls it in the other one.
That is forked from ours, so that the graph and all that is known about it are there; what the rule
changes there ends with it, and what it does through the editor is replayed here. No code of a rule
file runs in our process.
"""

from __future__ import annotations

from linter.config.userrules.python.file import load_python

__all__ = ["load_python"]
