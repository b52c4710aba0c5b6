"""The door of rules: complete, typed by what it opens to, and light for lint rules."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import linter.rules
from linter.rules.edit.editor import GraphEditor
from linter.rules.match import pattern

ROOT = Path(__file__).resolve().parents[3]


def test_every_name_can_be_imported() -> None:
    for name in linter.rules.__all__:
        assert getattr(linter.rules, name) is not None
    assert linter.rules.GraphEditor is GraphEditor
    assert set(pattern.__all__) <= set(linter.rules.__all__)


def test_other_names_are_missing() -> None:
    with pytest.raises(AttributeError, match=r"linter\.rules.*no_such_name"):
        _ = linter.rules.no_such_name  # type: ignore[attr-defined]


def test_lint_rules_load_neither_editor_nor_patterns() -> None:
    code = (
        "import sys; from rules.registry import lint_rules; lint_rules();"
        "print(*(n for n in sys.modules if n.startswith('linter.rules.')))"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.split()
    assert sorted(found) == ["linter.rules.examples", "linter.rules.rule"]


@pytest.mark.parametrize("folder", ["lint", "rewrite/delete", "rewrite/substitute"])
def test_rules_come_through_the_door(folder: str) -> None:
    behind = ("linter.rules.examples", "linter.rules.rule", "linter.rules.match ", "finding import")
    for path in (ROOT / "rules" / folder).rglob("*.py"):
        imports = [line for line in path.read_text("utf-8").splitlines() if "from linter." in line]
        assert not [line for line in imports if any(word in line for word in behind)], path
