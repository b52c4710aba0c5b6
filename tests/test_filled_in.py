"""Nothing that ``scripts/new_rule.py`` leaves to be filled in is left: rules, messages, graphs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PLACES = ("rules", "linter/report/messages", "tests/rules/needed")
MARK = re.compile(r"FILL IN: (?P<what>[^\"\n]*)|\bFillIn\b")


def test_nothing_is_left_to_be_filled_in() -> None:
    left = list(_left())
    assert not left, "a new rule is not finished:\n" + "\n".join(left)


def _left() -> Iterator[str]:
    for place in PLACES:
        for path in sorted((ROOT / place).rglob("*.*")):
            if path.suffix not in (".py", ".graph", ".md"):
                continue
            for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
                for found in MARK.finditer(line):
                    what = (found["what"] or "an op in place of FillIn").strip(" .")
                    yield f"{path.relative_to(ROOT)}:{number}: fill in {what}"
