"""The editor: the only code that changes a graph.

It opens a replacement, checks it, and commits or cancels it. Whether a change helps is decided
elsewhere, and no rule is known here.
"""

from __future__ import annotations

from linter.rules.edit.editor import GraphEditor

__all__ = ["GraphEditor"]
