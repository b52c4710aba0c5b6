"""The pre-check report."""

from __future__ import annotations

from pathlib import Path

import pytest

from linter.process.compiler.check_report import parse_check_report, report_path
from linter.process.compiler.diagnose import diagnose
from linter.process.compiler.log import CompilerReport
from linter.results.errors import GraphError

TEXT = """{
  "fail": 2,
  "name": "",
  "op": [
    {"cause": [{"code": 1, "message": "no"}], "name": "a/b", "result": "failed", "type": "Odd"},
    {"name": "c", "result": "success", "type": "Relu"},
    {"cause": [{"code": 0, "message": ""}], "name": "d", "result": "success", "type": "Relu"},
    {"cause": [{"code": 9, "message": "twice"}, {"code": 77, "message": "else"}],
     "name": "e", "result": "failed", "type": "Add"}
  ],
  "pass": 2,
  "result": "failed",
  "total": 4
}
"""


def test_every_cause_is_an_item(tmp_path: Path) -> None:
    path = tmp_path / "check_result.json"
    path.write_text(TEXT, encoding="utf-8")

    items = parse_check_report(path)

    assert [(item.op_name, item.op_type) for item in items] == [
        ("a/b", "Odd"),
        ("e", "Add"),
        ("e", "Add"),
    ]
    assert items[0].message == "a/b: the type is not supported by the parser"
    assert items[2].message == "e: else"
    diagnoses = diagnose(CompilerReport("atc", False, items=items))
    assert {one.finding.code for one in diagnoses} == {"ATC003"}


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"op": [{}]}', '{"op": 3}', "[" * 100_000])
def test_what_is_no_report(tmp_path: Path, text: str) -> None:
    path = tmp_path / "r.json"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(GraphError, match="not a pre-check report"):
        parse_check_report(path)
    with pytest.raises(GraphError, match="cannot be read"):
        parse_check_report(tmp_path / "missing")


def test_where_the_report_is() -> None:
    assert report_path("atc", ("--check_report=a.json",), {}) == Path("a.json")
    assert report_path("atc", ("--check_report", "a.json"), {}) == Path("a.json")
    assert report_path("atc", (), {"ASCEND_WORK_PATH": "/w"}) == Path("/w/check_result.json")
    assert report_path("atc", (), {}) == Path("check_result.json")
