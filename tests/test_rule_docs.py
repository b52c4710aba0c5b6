"""The rules and settings that the pages show work, and print what the pages say."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path

import pytest

from linter.cli.config_option import SETTINGS
from linter.cli.main import main
from linter.config.settings import find_config, load_config
from linter.config.userrules import load_rules

DOCS = Path(__file__).resolve().parents[1] / "docs"
RULES, CONFIGURATION = DOCS / "writing-a-rule.md", DOCS / "configuration.md"
FILE = re.compile(r"<!-- file: (\S+) -->\n```[a-z]+\n(.*?)```\n", re.DOTALL)
RUN = re.compile(r"(<!-- run -->\n```console\n\$ omlint ([^\n]*)\n)(.*?)```\n", re.DOTALL)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for page in (RULES, CONFIGURATION):
        for name, text in FILE.findall(page.read_text("utf-8")):
            (tmp_path / name).write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_runs_are_real(folder: Path, capsys, request: pytest.FixtureRequest) -> None:
    text = RULES.read_text("utf-8")
    runs = RUN.findall(text)
    assert runs
    for head, arguments, printed in runs:
        assert main([*arguments.split(), "--no-config"]) == 0
        found = capsys.readouterr().out
        if request.config.getoption("--update-golden"):
            text = text.replace(f"{head}{printed}```", f"{head}{found}```")
            RULES.write_text(text, "utf-8")
        else:
            assert found == printed


@pytest.mark.tf
@pytest.mark.skipif(importlib.util.find_spec("tensorflow") is None, reason="needs tensorflow")
def test_the_python_rules_hold_and_keep_the_numbers(folder: Path, capsys) -> None:
    assert main(["rules", "--test", "powers.py", "--no-config", "--format", "json"]) == 0
    rules = {rule["id"]: rule for rule in json.loads(capsys.readouterr().out)["rules"]}
    assert rules.keys() == {"USR010", "RWU010"}
    assert "numbers equal" in rules["RWU010"]["examples"][0]["numbers"]


def test_the_files_declare_what_the_page_says(folder: Path) -> None:
    rules = load_rules(["fancy.toml", "powers.py"])
    assert [rule.id for rule in rules.user] == ["USR001", "USR010", "RWU001", "RWU010"]


def test_the_configuration_is_sound(folder: Path) -> None:
    config = load_config(SETTINGS, file=find_config(folder))
    assert config.file == "omlint.toml"
    assert config.values.keys() == {"target", "rules", "fail_on"}


def test_every_setting_is_on_the_page() -> None:
    row = r"^\| `(?:gate\.)?(\w+)`(?: or `gate\.\w+`)? \| `(\w+)` \| `--([\w-]+)` \|"
    rows = re.findall(row, CONFIGURATION.read_text(), re.M)
    assert [row[0] for row in rows] == list(SETTINGS)
    for key, variable, flag in rows:
        assert variable == f"OMLINT_{key.upper()}"
        assert flag == key.replace("_", "-")
