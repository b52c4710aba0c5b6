"""Code quality of GitLab: what a merge request shows as new or resolved."""

from __future__ import annotations

import json
from typing import Any

from linter.report.formats.context import Context
from linter.report.formats.fingerprint import Entry, digest, entries, relative
from linter.report.grouping import place
from linter.report.style import clean
from linter.results.finding import Severity
from linter.results.report import InputError, Report

__all__ = ["render"]

_SEVERITIES = {Severity.ERROR: "critical", Severity.WARNING: "minor", Severity.INFO: "info"}
_NODES = 4


def render(report: Report, _context: Context) -> str:
    """A list of issues, one for each model, target, code and op type."""
    issues = [_issue(entry) for entry in entries(report)]
    issues += [_unread(error, number) for number, error in enumerate(report.errors)]
    return json.dumps(issues, indent=2) + "\n"


def _issue(entry: Entry) -> dict[str, Any]:
    first, located = entry.group.first, entry.group.located
    names = ", ".join(place(finding) for finding in located[:_NODES])
    more = f" and {len(located) - _NODES:,} more" if len(located) > _NODES else ""
    at = f" at {names}{more}" if located else ""
    text = f"{first.code} {first.name}: {first.message}{at} ({entry.target.target})"
    return _value(
        text, first.code, entry.fingerprint, _SEVERITIES[first.severity], entry.model.path
    )


def _unread(error: InputError, number: int) -> dict[str, Any]:
    name = digest("unread", relative(error.path), number)
    return _value(f"not read: {error.message}", error.kind, name, "blocker", error.path)


def _value(text: str, check: str, fingerprint: str, severity: str, path: str) -> dict[str, Any]:
    return {
        "description": clean(text),
        "check_name": check,
        "fingerprint": fingerprint,
        "severity": severity,
        "location": {"path": clean(relative(path)), "lines": {"begin": 1}},
    }
