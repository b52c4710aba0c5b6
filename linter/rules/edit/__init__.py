"""The editor: the only code that changes a graph."""

from __future__ import annotations

from linter.rules.edit.editor import GraphEditor

__all__ = ["GraphEditor"]
