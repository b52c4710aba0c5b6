"""The findings as a table for spreadsheets and scripts: a row each."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from linter.report.formats.context import Context
from linter.report.style import clean
from linter.results.finding import Finding
from linter.results.report import ModelReport, Report, TargetReport

__all__ = ["COLUMNS", "render"]

COLUMNS = (
    *("model", "target", "verdict", "severity", "code", "name", "op", "node", "function", "port"),
    *("certainty", "message", "remedy", "fix", "safety", "state"),
)
"""The first row; columns may be added at its end."""

_FORMULA = ("=", "+", "-", "@")
"""A spreadsheet takes text that begins so for a formula."""


def render(report: Report, _context: Context) -> str:
    """A row per finding; a model and target without any has one row that says so.

    ``state`` is ``new`` or ``known`` for findings, ``clean`` where there are none, and
    ``unreadable`` for a model that could not be read.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in _rows(report):
        writer.writerow([_cell(text) for text in row])
    return out.getvalue()


def _rows(report: Report) -> Iterator[Sequence[str]]:
    for model in report.results:
        for target in model.targets:
            yield from _target(model, target)
    for error in report.errors:
        yield _padded((error.path, "", "", "error", error.kind), message=error.message)


def _target(model: ModelReport, target: TargetReport) -> Iterator[Sequence[str]]:
    head = (model.path, target.target, target.verdict.value)
    for state, findings in (("new", target.findings), ("known", target.known)):
        for finding in findings:
            yield (*head, *_finding(finding), state)
    if not target.findings and not target.known:
        yield (*head, *[""] * (len(COLUMNS) - len(head) - 1), "clean")


def _finding(finding: Finding) -> tuple[str, ...]:
    fix = finding.fix
    return (
        finding.severity.value,
        finding.code,
        finding.name,
        finding.op or "",
        finding.node or "",
        finding.function or "",
        "" if finding.port is None else str(finding.port),
        finding.certainty.value,
        finding.message,
        finding.remedy,
        "" if fix is None else fix.rule,
        "" if fix is None else fix.safety.value,
    )


def _padded(head: Sequence[str], *, message: str) -> Sequence[str]:
    """A row about a model that could not be read."""
    known = dict(zip(COLUMNS, head, strict=False))
    known |= {"message": message, "state": "unreadable"}
    return [known.get(column, "") for column in COLUMNS]


def _cell(text: str) -> str:
    """Text on one line that a spreadsheet leaves alone."""
    shown = clean(text)
    return f"'{shown}" if shown.startswith(_FORMULA) else shown
