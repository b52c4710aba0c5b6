"""Reports against golden files and the published schema."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from report_samples import report

import linter.report
from linter.report import json as json_report
from linter.report import text as text_report
from linter.report.style import Style, clean, size_text
from linter.results.report import Report

SCHEMA = Path(linter.report.__file__).parent / "schema" / "report.schema.json"


@pytest.mark.parametrize(
    ("name", "style"),
    [
        ("report.txt", Style(width=88)),
        ("report_narrow_ascii.txt", Style(width=60, unicode=False)),
        ("report_color.txt", Style(color=True)),
        ("report_verbose.txt", Style(verbose=True)),
        ("report_quiet.txt", Style(quiet=True)),
    ],
)
def test_text(name, style, golden):
    golden(name, text_report.render(report(), style))


def test_json(golden):
    text = json_report.render(report())
    golden("report.json", text)
    jsonschema.validate(json.loads(text), json.loads(SCHEMA.read_text("utf-8")))


def test_schema_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(json.loads(SCHEMA.read_text("utf-8")))


def test_schema_lists_every_key_in_the_order_of_the_report():
    schema = json.loads(SCHEMA.read_text("utf-8"))
    value = json.loads(json_report.render(report()))
    result = value["results"][0]
    target = result["targets"][0]
    definitions = schema["$defs"]
    for found, described, optional in (
        (value, schema, ["gate"]),
        (result, definitions["result"], []),
        (result["model"], definitions["model"], []),
        (target, definitions["target"], ["known"]),
        (target["summary"], definitions["summary"], []),
        (target["ops"][0], definitions["op"], []),
        (target["findings"][0], definitions["finding"], []),
    ):
        assert list(found) == described["required"]
        assert [*found, *optional] == list(described["properties"])


def test_empty_report_is_empty_text():
    assert text_report.render(Report((), {})) == ""


def test_text_never_holds_control_characters():
    assert "\x1b" not in text_report.render(report(), Style(verbose=True))


def test_clean():
    assert clean("plain/naïve-名") == "plain/naïve-名"
    assert clean("a\x1b\n\udcff") == "a\\x1b\\n\\udcff"


@pytest.mark.parametrize(
    ("nbytes", "text"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (999_949, "999.9 kB"), (999_950, "1.0 MB"),
     (417_300_000, "417.3 MB"), (1_900_000_000, "1.9 GB")],
)  # fmt: skip
def test_size_text(nbytes, text):
    assert size_text(nbytes) == text
