"""One line per finding, for grep: where, what, and in one sentence why."""

from __future__ import annotations

from collections.abc import Iterator

from linter.report import text
from linter.report.formats.context import Context
from linter.report.grouping import place
from linter.report.style import Style, clean
from linter.results.finding import Finding, Severity
from linter.results.report import Report

__all__ = ["render"]

_COLORS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}


def render(report: Report, context: Context) -> str:
    """``MODEL: TARGET: severity CODE: NODE (Op): message``, in the order of the report.

    With ``-q`` there is a line for each verdict, as in the text report.
    """
    style = context.style
    if style.quiet:
        return text.render(report, style)
    return "".join(f"{line}\n" for line in _lines(report, style))


def _lines(report: Report, style: Style) -> Iterator[str]:
    for model in report.results:
        for target in model.targets:
            for finding in target.findings:
                yield f"{clean(model.path)}: {target.target}: {_finding(finding, style)}"


def _finding(finding: Finding, style: Style) -> str:
    label = style.paint(f"{finding.severity.value} {finding.code}", _COLORS[finding.severity])
    op = f" ({clean(finding.op)})" if finding.op else ""
    at = f" {clean(place(finding))}{op}:" if finding.node is not None else ""
    fix = f" [{finding.fix.rule} {finding.fix.safety.value}]" if finding.fix else ""
    return f"{label}:{at} {clean(finding.message)}{fix}"
