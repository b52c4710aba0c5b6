"""One model on every release and chip, as a table, CSV, JSON or an HTML heat map."""

from __future__ import annotations

import csv
import html
import io
import textwrap
from collections.abc import Iterator, Mapping

from linter.report.json import as_json
from linter.report.layout import field, paragraph
from linter.report.style import Style, clean
from linter.results.matrix import Cell, Matrix
from linter.results.report import Verdict
from linter.results.wording import plural

__all__ = ["as_csv", "as_html", "as_json_text", "as_table"]

_COLORS = {Verdict.CONVERTIBLE: "green", Verdict.UNCERTAIN: "yellow", Verdict.BLOCKED: "red"}
_NAMED = 4
"""Op types that a line of text names."""


def as_json_text(matrix: Matrix) -> str:
    """The documented object."""
    return as_json(
        {
            "model": matrix.path,
            "cells": [
                {
                    "target": cell.place.target,
                    "socs": list(cell.place.socs),
                    "verdict": cell.verdict.value,
                    "unsupported": list(cell.unsupported),
                    "unknown": list(cell.unknown),
                }
                for cell in matrix.cells
            ],
            "model_errors": [
                {"code": finding.code, "name": finding.name, "message": finding.message}
                for finding in matrix.errors
            ],
        }
    )


def as_csv(matrix: Matrix) -> str:
    """One line per cell; op types are separated by blanks."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["target", "tool", "version", "socs", "verdict", "unsupported", "unknown"])
    for cell in matrix.cells:
        place = cell.place
        row = [place.target, place.tool, place.version, " ".join(place.socs)]
        writer.writerow(
            [*row, cell.verdict.value, " ".join(cell.unsupported), " ".join(cell.unknown)]
        )
    return out.getvalue()


def as_table(matrix: Matrix, style: Style) -> str:
    """A block per release: each verdict with its chips, and what stands in the way."""
    lines = [style.paint(clean(matrix.path), "bold")]
    counts = {v: sum(cell.verdict is v for cell in matrix.cells) for v in Verdict}
    said = [f"{count} {verdict.value}" for verdict, count in counts.items() if count]
    lines += field("cells", [plural(len(matrix.cells), "cell"), *said], style)
    for finding in matrix.errors:
        lines += paragraph(f"{finding.code} {finding.name}: {finding.message}", "model", style)
    for release, cells in _releases(matrix).items():
        lines += ["", style.paint(release, "bold")]
        for verdict in Verdict:
            groups: dict[str, list[str]] = {}
            for cell in cells:
                if cell.verdict is verdict:
                    groups.setdefault(_why(cell), []).append(cell.place.family)
            for why, names in groups.items():
                lines += _group(verdict, names, why, style)
    return "\n".join(lines) + "\n"


def as_html(matrix: Matrix) -> str:
    """A page of its own: releases down, chips across, the blocking ops in each cell's title."""
    families = sorted({cell.place.family for cell in matrix.cells}, key=str.lower)
    head = "".join(f"<th><span>{html.escape(name)}</span></th>" for name in families)
    body = []
    for release, cells in _releases(matrix).items():
        by_family = {cell.place.family: cell for cell in cells}
        row = "".join(_html_cell(by_family.get(name)) for name in families)
        body.append(f'<tr><th scope="row">{html.escape(release)}</th>{row}</tr>')
    errors = "".join(
        f"<li>{html.escape(f'{f.code} {f.name}: {f.message}')}</li>" for f in matrix.errors
    )
    return _PAGE.format(
        title=html.escape(clean(matrix.path)),
        errors=f"<ul>{errors}</ul>" if errors else "",
        head=head,
        body="\n".join(body),
    )


def _releases(matrix: Matrix) -> dict[str, list[Cell]]:
    releases: dict[str, list[Cell]] = {}
    for cell in matrix.cells:
        place = cell.place
        partial = " (partial)" if place.partial else ""
        releases.setdefault(f"{place.tool}@{place.version}{partial}", []).append(cell)
    return releases


def _group(verdict: Verdict, names: list[str], why: str, style: Style) -> Iterator[str]:
    """The chips of one verdict, then what they have in common."""
    label = f"{verdict.value:<11}"
    indent = " " * (len(label) + 4)
    wrapped = textwrap.wrap(" ".join(names), max(style.width - len(indent), 30))
    for number, line in enumerate(wrapped):
        head = f"  {style.paint(label, _COLORS[verdict])}  " if number == 0 else indent
        yield f"{head}{line}"
    if why:
        yield from (
            indent + line for line in textwrap.wrap(why, max(style.width - len(indent), 30))
        )


def _why(cell: Cell) -> str:
    parts = [", ".join(cell.refusals)] if cell.refusals else []
    if cell.unsupported:
        parts.append(_ops(cell.unsupported))
    if cell.unknown:
        parts.append(f"unknown: {_ops(cell.unknown)}")
    return "; ".join(parts)


def _ops(counts: Mapping[str, int]) -> str:
    ranked = sorted(counts, key=lambda op: (-counts[op], op))
    named = ", ".join(clean(op) for op in ranked[:_NAMED])
    return named + (f" and {len(ranked) - _NAMED} more" if len(ranked) > _NAMED else "")


def _html_cell(cell: Cell | None) -> str:
    if cell is None:
        return '<td class="none"></td>'
    title = [f"{cell.place.target}: {cell.verdict.value}", f"chips: {' '.join(cell.place.socs)}"]
    for label, counts in (("unsupported", cell.unsupported), ("unknown", cell.unknown)):
        if counts:
            ops = ", ".join(f"{clean(op)} ({counts[op]})" for op in counts)
            title.append(f"{label}: {ops}")
    if cell.refusals:
        title.append(f"stops with: {', '.join(cell.refusals)}")
    nodes = sum((cell.unsupported or cell.unknown).values())
    said = {
        Verdict.CONVERTIBLE: "ok",
        Verdict.UNCERTAIN: f"? {nodes}",
        Verdict.BLOCKED: str(nodes or "x"),
    }[cell.verdict]
    text = html.escape("\n".join(title), quote=True)
    shade = "" if cell.verdict is Verdict.CONVERTIBLE else f' style="--share:{_share(cell):.2f}"'
    return f'<td class="{cell.verdict.value}"{shade} title="{text}">{said}</td>'


def _share(cell: Cell) -> float:
    """How much of the model is in the way, for the shade of a cell."""
    nodes = sum((cell.unsupported or cell.unknown).values())
    return min(1.0, 0.35 + 2 * nodes / max(cell.nodes, 1))


_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}: every release and chip</title>
<style>
body {{ font: 14px/1.4 system-ui, sans-serif; margin: 1.5rem; color: #1b1f24; background: #fff }}
table {{ border-collapse: separate; border-spacing: 2px }}
thead th {{ height: 8.5em; vertical-align: bottom; font-weight: 500 }}
thead span {{ writing-mode: vertical-rl; transform: rotate(180deg) }}
tbody th {{ text-align: right; padding-right: .6em; font-weight: 500; white-space: nowrap }}
td {{ min-width: 2.6em; height: 1.9em; text-align: center; border-radius: 3px; font-size: 12px }}
td.convertible {{ background: #b7e1c0 }}
td.uncertain {{ background: rgba(240, 180, 40, var(--share, .6)) }}
td.blocked {{ background: rgba(215, 60, 50, var(--share, .8)) }}
td.none {{ background: #f3f4f6 }}
p.key span {{ padding: .1em .6em; border-radius: 3px; margin-right: .8em }}
</style></head><body>
<h1>{title}</h1>
<p class="key"><span style="background:#b7e1c0">ok: convertible</span>
<span style="background:#f0b428">? n: uncertain, n nodes unknown</span>
<span style="background:#d73c32;color:#fff">n: blocked by n nodes</span>
<span style="background:#f3f4f6">no list</span> Point at a cell for the ops.</p>
{errors}
<table><thead><tr><th></th>{head}</tr></thead>
<tbody>
{body}
</tbody></table>
</body></html>
"""
