"""Tables: aligned, within the width that there is, a row's lines together."""

from __future__ import annotations

import pytest

from linter.report.layout import columns, table

ROWS = [
    ("Relu", "supported", "", "aicore"),
    ("QuantizedConv2DWithBiasSumAndReluAndRequantize", "unsupported", "inferred", ""),
    ("Sum", "supported", "inferred", "aicore as ReduceSum: " + " ".join(["float16"] * 12)),
    ("算子", "unknown", "", "中文" * 30),
]


@pytest.mark.parametrize("width", [60, 80, 100, 200])
def test_tables_fit(width):
    lines = list(columns(ROWS, width=width))
    wide = [sum(2 if ord(mark) > 0x2E80 else 1 for mark in line) for line in lines]
    assert max(wide) <= width
    assert max(wide) > width - 12 or width == 200  # the room is used


def test_nothing_is_lost():
    shown = "".join("".join(lines) for lines in table(ROWS, width=60))
    wanted = "".join("".join(row) for row in ROWS)
    assert sorted(shown.replace(" ", "")) == sorted(wanted.replace(" ", ""))


def test_the_lines_of_a_row_are_together():
    rows = table(ROWS, width=80)
    assert [lines[0].split()[0][:4] for lines in rows] == ["Relu", "Quan", "Sum", "算子"]
    assert len(rows[0]) == 1 < len(rows[2])


def test_a_table_that_fits_is_one_line_a_row():
    assert list(columns([("a", "b"), ("ccc", "")], width=80)) == ["  a    b", "  ccc"]
