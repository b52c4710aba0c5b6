"""The report as Markdown, for merge requests, wikis and step summaries."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from linter.report.formats.context import Context
from linter.report.grouping import Group, grouped, place
from linter.report.style import clean, percent
from linter.results.report import ModelReport, Report, TargetReport, Verdict
from linter.results.wording import plural

__all__ = ["render"]

_SIGNS = {Verdict.CONVERTIBLE: "✅", Verdict.UNCERTAIN: "⚠️", Verdict.BLOCKED: "❌"}
_NODES = 3
_GROUPS = 100
"""Rows of one table of findings; a summary of a step may hold 1 MiB."""

_SPECIAL = re.compile(r"[\\`*_\[\]|~$]")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "@": "&#64;"}


def render(report: Report, _context: Context) -> str:
    """A table of verdicts, then the findings of each model and target, grouped by op type."""
    lines = ["# omlint", ""]
    lines += _verdicts(report)
    if report.gate is not None and report.gate.is_worth_telling:
        lines += _gate(report)
    for model in report.results:
        for target in model.targets:
            if target.findings:
                lines += _findings(model, target)
    if report.errors:
        lines += ["## Not read", ""]
        lines += [f"- {_code(error.path)}: {_text(error.message)}" for error in report.errors]
        lines.append("")
    return "\n".join(lines)


def _verdicts(report: Report) -> Iterator[str]:
    rows = [_verdict(model, target) for model in report.results for target in model.targets]
    if rows:
        head = ("model", "target", "verdict", "supported", "errors", "warnings", "notes")
        yield from _table(rows, head, right=(3, 4, 5, 6))
        yield ""


def _verdict(model: ModelReport, target: TargetReport) -> Sequence[str]:
    counts = dict.fromkeys(("error", "warning", "info"), 0)
    for finding in target.findings:
        counts[finding.severity.value] += 1
    return (
        _code(model.path),
        _code(target.target),
        f"{_SIGNS[target.verdict]} {target.verdict.value}",
        percent(target.summary.supported, target.summary.reachable),
        *(f"{count:,}" for count in counts.values()),
    )


def _gate(report: Report) -> Iterator[str]:
    gate = report.gate
    assert gate is not None
    known = f"; {plural(gate.known, 'known finding')} not counted" if gate.known else ""
    yield f"Gate: {'passed' if gate.passed else '**failed**'}{known}"
    yield ""
    for line in gate.lines:
        yield f"- {'error' if line.fails else 'warning'} {_code(line.id)}: {_text(line.message)}"
    if gate.lines:
        yield ""


def _findings(model: ModelReport, target: TargetReport) -> Iterator[str]:
    yield f"## {_code(model.path)} on {_code(target.target)}"
    yield ""
    groups = grouped(target.findings)
    rows = [_row(group) for group in groups[:_GROUPS]]
    yield from _table(rows, ("severity", "code", "op", "nodes", "what and where"), right=(3,))
    yield ""
    if len(groups) > _GROUPS:
        yield f"and {plural(len(groups) - _GROUPS, 'more group')} of findings"
        yield ""


def _row(group: Group) -> Sequence[str]:
    first, located = group.first, group.located
    names = ", ".join(_code(place(finding)) for finding in located[:_NODES])
    more = f" and {len(located) - _NODES:,} more" if len(located) > _NODES else ""
    at = f"<br>at {names}{more}" if located else ""
    fix = f"<br>`omlint fix`: {_text(first.fix.rule)}" if first.fix is not None else ""
    return (
        first.severity.value,
        f"{_text(first.code)} {_text(first.name)}",
        _code(first.op) if first.op else "",
        f"{len(located):,}" if located else "",
        f"{_text(first.message)}{at}{fix}",
    )


def _table(rows: Iterable[Sequence[str]], head: Sequence[str], right: Sequence[int]) -> list[str]:
    from tabulate import tabulate

    aligned = ["right" if number in right else "left" for number in range(len(head))]
    table = tabulate(rows, head, tablefmt="pipe", disable_numparse=True, colalign=aligned)
    return table.splitlines()


def _text(text: str) -> str:
    """Running text in which nothing is markup, a mention or HTML."""
    shown = "".join(_ENTITIES.get(mark, mark) for mark in clean(text))
    return _SPECIAL.sub(r"\\\g<0>", shown)


def _code(text: str) -> str:
    """A name as it is, in a code span that also holds in the cell of a table."""
    shown = clean(text).replace("|", "\\|")
    longest = max((len(run) for run in re.findall("`+", shown)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if shown[:1] in ("`", " ", "") or shown[-1:] in ("`", " ") else ""
    return f"{fence}{pad}{shown}{pad}{fence}"
