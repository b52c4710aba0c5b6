"""Formats of the report of ``check``: one a module, imported when it is asked for.

A format is a module with ``render(report, context) -> str``. It reads plain results and judges
nothing; each is right for several models on several targets, and for names that hold whatever a
file can hold. A new one is a module and a line here.
"""

from __future__ import annotations

import importlib
from typing import Protocol, cast

from linter.report.formats.context import Context
from linter.results.report import Report

__all__ = ["NAMES", "PICTURES", "Context", "render"]

_HOMES = {
    "text": "linter.report.formats.text",
    "concise": "linter.report.formats.concise",
    "json": "linter.report.formats.json",
    "csv": "linter.report.formats.csv",
    "markdown": "linter.report.formats.markdown",
    "sarif": "linter.report.formats.sarif",
    "junit": "linter.report.formats.junit",
    "github": "linter.report.formats.github",
    "gitlab": "linter.report.formats.gitlab",
    "html": "linter.report.formats.html",
    "model-explorer": "linter.report.formats.model_explorer",
}
"""Name of a format -> its module."""

NAMES = tuple(_HOMES)
"""What ``--format`` takes, the default first."""

PICTURES = frozenset({"html", "model-explorer"})
"""Those that draw the graph: the report has to have its nodes."""


class _Format(Protocol):
    def render(self, report: Report, context: Context) -> str: ...


def render(name: str, report: Report, context: Context) -> str:
    """The report in one of the formats.

    Args:
        name: one of ``NAMES``.
        report: what ``check`` found.
        context: what a format may want to know besides.
    """
    return cast(_Format, importlib.import_module(_HOMES[name])).render(report, context)
