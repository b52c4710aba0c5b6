"""Labelled lines: a dim label on the left, parts or running text that wraps beside it."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest

from linter.report.style import Style

__all__ = ["LABEL", "NESTED", "columns", "field", "label_line", "paragraph", "table"]

LABEL = 9
"""Columns of a label."""

NESTED = 6
"""Indent of what belongs to a group."""

_GAP = "  "
_LEAST = (32, 24, 16)
"""Where a table is too wide, the last cell keeps so much, others half of it: what fits first."""

_MARKS = "\u3001-\u3011\uff01-\uff1f"
_WIDE = "\u2e80-\uffef"
_PIECES = re.compile(rf"[^\s{_WIDE}]+[{_MARKS}]*\s*|\s+|[{_WIDE}][{_MARKS}]*\s*")
"""Words with the space after them, and single ideographs with their punctuation."""


def field(
    label: str, parts: Sequence[str], style: Style, *, separator: str | None = None, indent: int = 2
) -> Iterator[str]:
    """A label, then parts; lines break between parts, never inside one."""
    glue = (style.dot if separator is None else separator).rstrip()
    room = max(style.width - LABEL - indent, 20)
    line = ""
    for number, part in enumerate(parts):
        piece = part if number == len(parts) - 1 else part + glue
        if line and _width(line) + 1 + _width(piece) > room:
            yield label_line(label, line, style, indent=indent)
            label, line = "", piece
        else:
            line = f"{line} {piece}" if line else piece
    yield label_line(label, line, style, indent=indent)


def paragraph(text: str, label: str | None, style: Style, *, indent: int = 2) -> Iterator[str]:
    """A label, then running text; without a label (``None``) the text starts at the indent."""
    room = max(style.width - indent - (0 if label is None else LABEL), 20)
    for line in _wrapped(text, room):
        if label is None:
            yield f"{'':{indent}}{line}"
        else:
            yield label_line(label, line, style, indent=indent)
            label = ""


def columns(
    rows: Iterable[Sequence[str]], *, indent: int = 2, width: int | None = None
) -> Iterator[str]:
    """Rows with aligned columns; nothing is written after the last cell of a row.

    Args:
        rows: the cells.
        indent: blanks before each line.
        width: columns that there are; longer lines go on below, in the last column where it can be.
    """
    for lines in table(rows, indent=indent, width=width):
        yield from lines


def table(
    rows: Iterable[Sequence[str]], *, indent: int = 2, width: int | None = None
) -> list[list[str]]:
    """The lines of each row; see ``columns``.

    ``tabulate`` aligns ideographs only with a package that is not always there.
    """
    cells = [tuple(row) for row in rows]
    if not cells:
        return []
    rooms = _rooms(cells, None if width is None else width - indent)
    return [[f"{'':{indent}}{line}".rstrip() for line in _row(row, rooms)] for row in cells]


def _row(cells: Sequence[str], rooms: Sequence[int]) -> Iterator[str]:
    wrapped = [_cell_lines(cell, room) for cell, room in zip(cells, rooms, strict=True)]
    for parts in zip_longest(*wrapped, fillvalue=""):
        padded = (
            part + " " * (room - _width(part)) for part, room in zip(parts, rooms, strict=True)
        )
        yield _GAP.join(padded)


def _rooms(cells: Sequence[Sequence[str]], width: int | None) -> list[int]:
    """Columns for each cell of a row: the last one gives way first, then the widest."""
    rooms = [max(map(_width, column)) for column in zip(*cells, strict=True)]
    if width is None:
        return rooms
    last = len(rooms) - 1
    for least in _LEAST:
        for number in (last, *sorted(range(last), key=lambda n: -rooms[n])):
            excess = sum(rooms) + len(_GAP) * last - width
            if excess > 0:
                kept = min(rooms[number], least if number == last else least // 2)
                rooms[number] = max(rooms[number] - excess, kept)
    return rooms


def _cell_lines(text: str, room: int) -> list[str]:
    if _width(text) <= room:
        return [text]
    lines = _wrapped(text, room)
    return [part for line in lines for part in (_broken(line, room) or [""])]


def _broken(line: str, room: int) -> list[str]:
    """A line of one word that is too long, in pieces."""
    return textwrap.wrap(line, room) if line.isascii() else [line]


def label_line(label: str, line: str, style: Style, *, indent: int = 2) -> str:
    """A label, then text that stays on one line."""
    return f"{'':{indent}}{style.paint(label, 'dim')}{'':{LABEL - _width(label)}}{line}".rstrip()


def _wrapped(text: str, room: int) -> Iterable[str]:
    """Lines of at most ``room`` columns; Chinese text breaks between characters."""
    if _width(text) == len(text):
        return textwrap.wrap(text, room, break_long_words=False, break_on_hyphens=False)
    lines = [""]
    for piece in _PIECES.findall(text):
        if lines[-1] and _width(lines[-1]) + _width(piece.rstrip()) > room:
            lines.append(piece.lstrip())
        else:
            lines[-1] += piece
    return [line.rstrip() for line in lines]


def _width(text: str) -> int:
    """Columns of a text: ideographs and their punctuation take two."""
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(mark) in "WF" else 1 for mark in text)
