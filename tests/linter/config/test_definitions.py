"""The definitions, the reader, the schema and the lines of a file agree."""

from __future__ import annotations

import json
import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linter import api
from linter.config.definitions import ENTRIES, GATE, SETTINGS, Kind, Setting
from linter.config.json_schema import settings_schema
from linter.config.settings import load_config
from linter.config.toml_lines import key_lines, line_of
from linter.report.messages.language import LANGUAGES
from linter.results.config import Origin
from linter.results.errors import UsageError

PUBLISHED = Path(__file__).parents[3] / "linter" / "config" / "schema" / "omlint.schema.json"
DEFAULTS = {Kind.TEXTS: '["a"]', Kind.PATHS: '["a"]', Kind.TEXT: '"a"', Kind.PATH: '"a"'}


def test_the_published_schema_is_that_of_the_definitions() -> None:
    assert json.loads(PUBLISHED.read_text("utf-8")) == settings_schema()
    assert api.config_schema() == PUBLISHED.read_text("utf-8")


def test_languages_are_those_that_there_are() -> None:
    assert SETTINGS["lang"].choices == LANGUAGES


def _plain(value: Any) -> Any:
    """What a TOML reader for JSON schemas makes of a value: days are texts."""
    if isinstance(value, dict):
        return {key: _plain(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_plain(entry) for entry in value]
    return value.isoformat() if isinstance(value, date) else value


def _accepted(tmp_path: Path, text: str) -> tuple[bool, bool]:
    """Whether the reader and the schema take a file."""
    path = tmp_path / "omlint.toml"
    path.write_text(text, "utf-8")
    try:
        load_config(SETTINGS, file=str(path))
        read = True
    except UsageError:
        read = False
    schema = jsonschema.Draft202012Validator(settings_schema())
    return read, schema.is_valid(_plain(tomllib.loads(text)))


def _example(setting: Setting) -> str:
    default = setting.default
    return DEFAULTS[setting.kind] if default is None else json.dumps(default)


@pytest.mark.parametrize("key", SETTINGS)
def test_every_setting_is_read_where_the_schema_has_it(tmp_path: Path, key: str) -> None:
    setting = SETTINGS[key]
    for name in {key, key.replace("_", "-")}:
        for table in ("", GATE):
            head = f"[{table}]\n" if table else ""
            expected = table in setting.tables
            text = f"{head}{name} = {_example(setting)}\n"
            assert _accepted(tmp_path, text) == (expected, expected), text
            assert _accepted(tmp_path, f"{head}{name} = [[3]]\n") == (False, False)


@pytest.mark.parametrize("table", ENTRIES)
def test_entries_have_the_keys_of_the_definitions(tmp_path: Path, table: str) -> None:
    values = {"text": '"a"', "texts": '["a"]', "sizes": "{ x = [1] }", "day": "2030-01-01"}
    values["tolerances"] = "{ x = { rtol = 1, atol = 0.5 } }"
    lines = {name: f"{name} = {values[field.shape]}" for name, field in ENTRIES[table].items()}
    head = f"[[{table}]]\n"
    assert _accepted(tmp_path, head + "\n".join(lines.values())) == (True, True)
    for name, field in ENTRIES[table].items():
        rest = "\n".join(line for key, line in lines.items() if key != name)
        assert _accepted(tmp_path, head + rest) == (not field.required, not field.required), name
    path = tmp_path / "omlint.toml"
    path.write_text(head + "\n".join(lines.values()) + "\nqqqq = 1\n", "utf-8")
    with pytest.raises(UsageError) as caught:
        load_config(SETTINGS, file=str(path))
    assert sorted(lines) == re.split(", ", str(caught.value).partition("known: ")[2])
    assert not _accepted(tmp_path, head + "\n".join(lines.values()) + "\nqqqq = 1\n")[1]


def test_bounds(tmp_path: Path) -> None:
    for text, good in (
        ("rule_timeout = 0", False),
        ("rule_timeout = 0.5", True),
        ("rule_timeout = 86401", False),
        ("[gate]\nmin_coverage = 100.0", True),
        ("[gate]\nmin_coverage = 100.5", False),
        ("[gate]\nmax_warnings = -1", True),
        ("[gate]\nmax_warnings = -2", False),
        ("[severity]\nOPS = 'off'", True),
        ("[severity]\nOPS = 'fatal'", False),
        ("ignore = ['RWS', { rule = 'OPS', reason = 'r' }]", True),
        ("ignore = [{ rule = 'OPS' }]", False),
        ("models = [{ glob = 'x', tolerances = { x = { rtol = -1 } } }]", False),
        ("models = [{ glob = 'x', tolerances = { x = { rtol = 0, ptol = 1 } } }]", False),
        ("models = [{ glob = 'x', tolerances = { x = {} } }]", True),
    ):
        assert _accepted(tmp_path, text) == (good, good), text


LINES = '''# c
target = ["a", # "x [
 "b"]
[gate]
max-warnings = 1
"fail_on" = "x=y"
[[ignore]]
rule = """
[a]
""" # k
reason = \'x\'
[[ignore]]
rule="b"
[ignore.sub]
x = 1
[tool.omlint]
a.b = {c = 1}
"q.r" = \'\'\'
y = 1\'\'\'
'''


def test_lines_of_keys() -> None:
    assert key_lines(LINES) == {
        "target": 2,
        "gate": 4,
        "gate.max-warnings": 5,
        "gate.fail_on": 6,
        "ignore[1]": 7,
        "ignore[1].rule": 8,
        "ignore[1].reason": 11,
        "ignore[2]": 12,
        "ignore[2].rule": 13,
        "ignore[2].sub": 14,
        "ignore[2].sub.x": 15,
        "tool.omlint": 16,
        "tool.omlint.a.b": 17,
        "tool.omlint.q.r": 18,
    }
    assert key_lines('a = """x""""\n"b" = 1\n') == {"a": 1, "b": 2}
    assert key_lines(LINES.replace("\n", "\r\n")) == key_lines(LINES)
    lines = {"gate": 4, "ignore[1]": 7}
    assert [line_of(lines, path) for path in ("gate.x", "ignore[1].x.y", "models[1].x")] == [
        4,
        7,
        None,
    ]


@settings(max_examples=200, deadline=None)
@given(st.text("[]{}=\"'#\\\n ax.", max_size=40))
def test_no_text_stops_the_search_for_lines(text: str) -> None:
    for line in key_lines(text).values():
        assert 1 <= line <= text.count("\n") + 1


def test_the_listing_from_python(tmp_path: Path) -> None:
    path = tmp_path / "omlint.toml"
    path.write_text('[gate]\nstrict = true\n[severity]\n"ops" = "off"\n', "utf-8")
    config = load_config(SETTINGS, file=str(path), environ={"OMLINT_LANG": "zh"})
    listing = api.list_settings(config, {"atc": "docker atc"})
    found = {item.key: item for item in listing.settings}
    assert (found["gate.strict"].origin, found["gate.strict"].where) == (Origin.FILE, f"{path}:2")
    assert (found["lang"].origin, found["lang"].where) == (Origin.ENVIRONMENT, "OMLINT_LANG")
    assert (found["atc"].value, found["atc"].where) == ("docker atc", "--atc")
    assert listing.entries[0].where == f"{path}:4"
