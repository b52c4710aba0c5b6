"""The registry names every rule file, in order, under one id and one name."""

from __future__ import annotations

import importlib
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

from linter.results.errors import UsageError
from linter.rules import LintRule, RewriteRule
from rules.registry import (
    LINT_RULES,
    find_rule,
    lint_rules,
    rewrite_rules,
    rewrites_of,
    select,
)
from rules.rewrite_registry import REWRITE_RULES

ROOT = Path(__file__).resolve().parents[1]


def _classes(folder: str, base: type) -> set[type]:
    found: set[type] = set()
    for path in sorted((ROOT / "rules" / folder).rglob("*.py")):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for value in vars(importlib.import_module(module.removesuffix(".__init__"))).values():
            if inspect.isclass(value) and issubclass(value, base) and value.__module__ == module:
                found.add(value)
    return found


def test_every_lint_rule_is_registered() -> None:
    assert _classes("lint", LintRule) == set(LINT_RULES)


def test_every_rewrite_is_registered() -> None:
    assert _classes("rewrite", RewriteRule) == set(REWRITE_RULES)


@pytest.mark.parametrize("rules", [LINT_RULES, REWRITE_RULES], ids=["lint", "rewrite"])
def test_ids_are_sorted_and_unique(rules: tuple[type[LintRule] | type[RewriteRule], ...]) -> None:
    ids = [rule.id for rule in rules]
    assert ids == sorted(set(ids))


def test_names_are_unique() -> None:
    names = [rule.name for rule in (*LINT_RULES, *REWRITE_RULES)]
    assert len(names) == len(set(names))


def test_rules_are_small() -> None:
    sizes = {
        path.name: len(path.read_text(encoding="utf-8").splitlines())
        for path in (ROOT / "rules").rglob("*.py")
    }
    assert {name: size for name, size in sizes.items() if size > 250} == {}


def test_rules_name_no_release_and_no_chip() -> None:
    words = ("ascend310", "ascend910", "hilens", "8.1.rc1", "5.1.rc")
    for path in (ROOT / "rules").rglob("*.py"):
        text = path.read_text(encoding="utf-8").lower()
        assert not [word for word in words if word in text], path


def test_select_and_find() -> None:
    chosen = select(rewrite_rules(), ["RWD"])
    assert {rule.id[:3] for rule in chosen} == {"RWD"}
    assert find_rule("add-v2") is find_rule("rws010")
    assert find_rule("no-such-rule") is None
    assert [rule.name for rule in rewrites_of("AddV2")][:1] == ["add-v2"]
    with pytest.raises(UsageError, match="RWX"):
        select(lint_rules(), ["RWX"])


def test_lint_rules_import_no_rewrite() -> None:
    code = (
        "import sys; from rules.registry import lint_rules; lint_rules();"
        "sys.exit(any(name.startswith('rules.rewrite') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
