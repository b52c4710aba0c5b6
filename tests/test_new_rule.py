"""A rule that ``scripts/new_rule.py`` starts fails, with what to fill in, and passes when it is."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
COPIED = ("docs", "linter", "opdb", "rules", "scripts", "tests")
CODES = ("SHP900", "RWS900", "RWS901", "RWD900")
CHECKS = (
    "tests/test_filled_in.py",
    "tests/test_registry.py",
    "tests/test_examples.py",
    "tests/linter/report/messages",
    "tests/rules/test_rules_needed.py",
)
FILLED: Mapping[str, Mapping[str, str]] = {
    "rules/lint/shp/open_batch.py": {
        "FILL IN: what was seen, with its values: ": "",
        "FillIn": "Softsign",
    },
    "linter/report/messages/zh/shp.py": {"FILL IN: ": ""},
    "rules/rewrite/substitute/odd_sign.py": {
        "FillIn": "Digamma",
        'edit.add("Abs", [m["x"]])': 'edit.add("Relu", [edit.add("Neg", [m["x"]])])',
        "y = Abs(x)": "y/Neg = Neg(x)\ny = Relu(y/Neg)",
    },
    "rules/rewrite/substitute/even_sign.py": {
        "FillIn": "Lgamma",
        "    Abs = Abs($x)\n": "    Abs = Abs($x)\n    RealDiv = RealDiv($x, Abs)\n",
        "y = Abs(x)": "y/Abs = Abs(x)\ny = RealDiv(x, y/Abs)",
    },
    "rules/rewrite/delete/no_sign.py": {
        "FillIn": "Erfinv",
        "  # FILL IN: what its readers read instead": "",
    },
    "tests/rules/needed/RWS900.graph": {"FillIn": "Digamma"},
    "tests/rules/needed/RWS901.graph": {"FillIn": "Lgamma"},
    "tests/rules/needed/RWD900.graph": {"FillIn(x)": "Erfinv(x)\nz = Neg(y)"},
}
"""What is put in for the marks; for those that are only read, anything."""


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the repository with four new rules."""
    tree = tmp_path_factory.mktemp("tree")
    for name in COPIED:
        shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tree)
    for arguments in (
        ["shp900", "open-batch"],
        ["RWS900", "odd-sign"],
        ["RWS901", "even-sign", "--text", "--after", "log-softmax"],
        ["RWD900", "no-sign"],
    ):
        done = _run(tree, "scripts/new_rule.py", *arguments)
        assert done.returncode == 0, done.stderr
        listed = re.findall(r"^  ([\w/]+\.\w+) ", done.stdout, re.MULTILINE)
        generated = {"rules/CATALOG.md", f"docs/rules/{arguments[0].upper()}.md"}
        assert generated <= set(listed)
        for path in set(listed) - {f"docs/rules/{arguments[0].upper()}.md"}:
            assert (tree / path).is_file(), path
    return tree


def _run(tree: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": str(tree)},
        capture_output=True,
        text=True,
        check=False,
    )


def _checked(tree: Path, *checks: str) -> subprocess.CompletedProcess[str]:
    concerned = " or ".join(("filled", "listed", "catalogue", *CODES))
    return _run(
        tree, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", concerned, *(checks or CHECKS)
    )


def test_marks_fail_with_what_to_fill_in_and_pass_when_it_is(tree: Path) -> None:
    raw = _checked(tree, "tests/test_filled_in.py")
    assert raw.returncode == 1
    for said in (
        "rules/lint/shp/open_batch.py:1: fill in what is wrong, in a few words",
        "rules/lint/shp/open_batch.py:20: fill in an op in place of FillIn",
        "fill in what comes in its place, one node a line",
        "rules/rewrite/delete/no_sign.py:1: fill in what is replaced, in a few words",
        "tests/rules/needed/RWS900.graph:2: fill in a graph that a target refuses",
        "linter/report/messages/zh/shp.py:",
    ):
        assert said in raw.stdout
    for generator in ("scripts/gen_catalog.py", "scripts/gen_rule_docs.py"):
        assert _run(tree, generator, "--check").returncode == 1

    for place, words in FILLED.items():
        path = tree / place
        text = path.read_text("utf-8")
        for old, new in words.items():
            assert old in text, (place, old)
            text = text.replace(old, new)
        path.write_text(re.sub(r"FILL IN: [^\"\n]*", "Said here.", text), "utf-8")
    for generator in ("scripts/gen_catalog.py", "scripts/gen_rule_docs.py"):
        assert _run(tree, generator).returncode == 0

    done = _checked(tree)
    assert done.returncode == 0, done.stdout
    for code in CODES:
        assert (tree / "docs" / "rules" / f"{code}.md").is_file()


def test_the_place_in_the_order_is_the_one_that_was_asked_for(tree: Path) -> None:
    code = "from rules.registry import rewrite_rules; print(*(r.name for r in rewrite_rules()))"
    names = _run(tree, "-c", code).stdout.split()

    assert names[names.index("log-softmax") + 1] == "even-sign"
    assert names[-1] == "odd-sign"
    assert names[names.index("awaited-node") + 1] == "no-sign"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("RWS010", "brand-new"), "RWS010 or brand-new is taken"),
        (("RWS999", "add-v2"), "RWS999 or add-v2 is taken"),
        (("XYZ001", "brand-new"), "XYZ001 is of no known family"),
        (("RWS999", "BrandNew"), "BrandNew is not in kebab case"),
        (("SHP999", "brand-new", "--text"), "--text is for rewrites that substitute"),
        (("SHP999", "brand-new", "--after", "add-v2"), "no rule of its kind is called so"),
    ],
)
def test_what_cannot_be_started(arguments: tuple[str, ...], said: str) -> None:
    done = _run(ROOT, "scripts/new_rule.py", *arguments)
    assert done.returncode == 2
    assert said in done.stderr
