"""The report that programs read."""

from __future__ import annotations

from linter.report import json
from linter.report.formats.context import Context
from linter.results.report import Report

__all__ = ["render"]


def render(report: Report, _context: Context) -> str:
    """What ``linter.report.json`` makes of it."""
    return json.render(report)
