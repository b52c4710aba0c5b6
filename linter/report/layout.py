"""Labelled lines: a dim label on the left, parts or running text that wraps beside it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence

from linter.report.style import Style

__all__ = ["LABEL", "NESTED", "columns", "field", "paragraph"]

LABEL = 9
"""Columns of a label."""

NESTED = 6
"""Indent of what belongs to a group."""


def field(
    label: str, parts: Sequence[str], style: Style, *, separator: str | None = None, indent: int = 2
) -> Iterator[str]:
    """A label, then parts; lines break between parts, never inside one."""
    glue = (style.dot if separator is None else separator).rstrip()
    room = max(style.width - LABEL - indent, 20)
    line = ""
    for number, part in enumerate(parts):
        piece = part if number == len(parts) - 1 else part + glue
        if line and len(line) + 1 + len(piece) > room:
            yield _labelled(label, line, style, indent)
            label, line = "", piece
        else:
            line = f"{line} {piece}" if line else piece
    yield _labelled(label, line, style, indent)


def paragraph(text: str, label: str | None, style: Style, *, indent: int = 2) -> Iterator[str]:
    """A label, then running text; without a label (``None``) the text starts at the indent."""
    room = max(style.width - indent - (0 if label is None else LABEL), 20)
    for line in textwrap.wrap(text, room, break_long_words=False, break_on_hyphens=False):
        if label is None:
            yield f"{'':{indent}}{line}"
        else:
            yield _labelled(label, line, style, indent)
            label = ""


def columns(rows: Iterable[Sequence[str]], *, indent: int = 2) -> Iterator[str]:
    """Rows with aligned columns; the last column is not padded."""
    table = [tuple(row) for row in rows]
    if not table:
        return
    widths = [max(len(row[place]) for row in table) for place in range(len(table[0]))]
    for row in table:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        yield f"{'':{indent}}{'  '.join(cells)}".rstrip()


def _labelled(label: str, line: str, style: Style, indent: int) -> str:
    return f"{'':{indent}}{style.paint(label, 'dim')}{'':{LABEL - len(label)}}{line}".rstrip()
