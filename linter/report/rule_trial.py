"""What came of the examples of rules, as text or JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from linter.report.json import SCHEMA_VERSION, as_json
from linter.report.layout import NESTED, paragraph
from linter.report.style import Style, clean
from linter.results.rules import ExampleResult
from linter.results.wording import plural

__all__ = ["as_json_text", "as_text"]


def as_text(results: Sequence[ExampleResult], style: Style) -> str:
    """One line per example; what is wrong follows it."""
    lines: list[str] = []
    for rule, members in groupby(results, key=lambda result: result.rule):
        lines.append(f"{style.paint(rule.id, 'bold')} {rule.name} ({rule.weight})")
        for result in members:
            lines += _example(result, style)
        lines.append("")
    failed = sum(result.fault is not None for result in results)
    rules = plural(len({result.rule for result in results}), "rule")
    counts = f"{rules}, {plural(len(results), 'example')}: "
    counts += f"{failed} failed" if failed else "all hold"
    return "\n".join([*lines, style.paint(counts, "bold")]) + "\n"


def as_json_text(results: Sequence[ExampleResult]) -> str:
    """One object per rule, one per example in it."""
    return as_json(
        {
            "schema_version": SCHEMA_VERSION,
            "rules": [
                {
                    "id": rule.id,
                    "name": rule.name,
                    "examples": [
                        {
                            "number": result.number,
                            "kind": result.example.kind,
                            "label": result.example.label,
                            "ok": result.fault is None,
                            "fault": result.fault,
                            "numbers": result.numbers or None,
                        }
                        for result in members
                    ],
                }
                for rule, members in groupby(results, key=lambda result: result.rule)
            ],
        }
    )


def _example(result: ExampleResult, style: Style) -> Iterator[str]:
    label = f" ({clean(result.example.label)})" if result.example.label else ""
    good = result.fault is None
    word = style.paint("ok    ", "green") if good else style.paint("FAILED", "bold", "red")
    notes = f": {clean(result.numbers)}" if result.numbers else ""
    yield f"  {word} example {result.number}, {result.example.kind}{label}{notes}"
    first, *rest = (result.fault or "").splitlines() or [""]
    if first:
        yield from paragraph(clean(first), None, style, indent=NESTED)
    yield from (f"{' ' * NESTED}{clean(line)}" for line in rest)
