"""The report that a person reads."""

from __future__ import annotations

from linter.report import text
from linter.report.formats.context import Context
from linter.results.report import Report

__all__ = ["render"]


def render(report: Report, context: Context) -> str:
    """What ``linter.report.text`` makes of it."""
    return text.render(report, context.style)
