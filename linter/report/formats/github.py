"""Annotations of GitHub Actions: lines on stdout that the runner reads.

A step shows ten errors and ten warnings; more are dropped without a word, so findings are grouped
and the tenth line counts the rest. The step's summary is the report in Markdown.
"""

from __future__ import annotations

from collections.abc import Iterator

from linter.report.formats import markdown
from linter.report.formats.context import Context
from linter.report.formats.fingerprint import relative
from linter.report.grouping import Group, grouped, place
from linter.report.style import clean
from linter.results.finding import Severity
from linter.results.report import ModelReport, Report, TargetReport
from linter.results.wording import plural

__all__ = ["render", "summary"]

_MOST = 10
_NODES = 4
_SUMMARY_BYTES = 900_000
"""The runner takes 1 MiB from a step, which may have written something before."""


def render(report: Report, _context: Context) -> str:
    """At most ten errors, then at most ten warnings; notes are left to the summary."""
    errors, warnings = list(_faults(report)), []
    for model in report.results:
        for target in model.targets:
            for group in grouped(target.findings):
                line = _annotation(model, target, group)
                if group.first.severity is Severity.ERROR:
                    errors.append(line)
                elif group.first.severity is Severity.WARNING:
                    warnings.append(line)
    for said in report.gate.lines if report.gate is not None else ():
        home = errors if said.fails else warnings
        home.insert(0, _command(f"GATE {said.id}", said.message))
    return "".join(
        f"::{level} {line}\n"
        for level, lines in (("error", errors), ("warning", warnings))
        for line in _at_most(lines, level)
    )


def summary(report: Report, context: Context) -> str:
    """The report in Markdown, as much of it as a step's summary holds."""
    text = markdown.render(report, context)
    if len(text.encode()) <= _SUMMARY_BYTES:
        return text
    kept = text.encode()[:_SUMMARY_BYTES].decode(errors="ignore")
    return f"{kept.rpartition(chr(10))[0]}\n\nand more: see the report\n"


def _at_most(lines: list[str], level: str) -> list[str]:
    if len(lines) <= _MOST:
        return lines
    more = plural(len(lines) - _MOST + 1, f"more {level}")
    return [*lines[: _MOST - 1], _command("omlint", f"{more}: see the summary or the report")]


def _faults(report: Report) -> Iterator[str]:
    for error in report.errors:
        yield _command(f"not read: {error.kind}", error.message, error.path)


def _annotation(model: ModelReport, target: TargetReport, group: Group) -> str:
    first, located = group.first, group.located
    op = f": {first.op}" if first.op else ""
    count = f" ×{len(located):,}" if len(located) > 1 else ""
    title = f"{first.code} {first.name}{op}{count} on {target.target}"
    names = ", ".join(place(finding) for finding in located[:_NODES])
    more = f" and {len(located) - _NODES:,} more" if len(located) > _NODES else ""
    text = clean(first.message) + (f"\nat {clean(names)}{more}" if located else "")
    if first.fix is not None:
        text += f"\nfix: {first.fix.rule} ({first.fix.safety.value})"
    return _command(title, text, model.path, kept="\n")


def _command(title: str, text: str, path: str = "", kept: str = "") -> str:
    """``file=…,title=…::text``: what follows the name of a workflow command."""
    file = f"file={_property(relative(path))},line=1," if path else ""
    shown = text if kept else clean(text)
    return f"{file}title={_property(title)}::{_data(shown)}"


def _property(text: str) -> str:
    return _data(clean(text)).replace(":", "%3A").replace(",", "%2C")


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
