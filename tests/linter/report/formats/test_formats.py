"""Every format: names that would break it, several models and targets, what its readers demand."""

from __future__ import annotations

import csv
import io
import json
import os
import re
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

import jsonschema
import pytest
from format_samples import (
    ODD_NAMES,
    RULES,
    TARGETS,
    finding,
    findings,
    large,
    model,
    report,
    spread,
    target,
)

import linter
from linter.report import formats
from linter.report.formats import github
from linter.report.style import clean
from linter.results.finding import Severity
from linter.results.report import Report

CONTEXT = formats.Context(rules=lambda: RULES)
EMPTY = Report((), {})


def text_of(name: str, told: Report | None = None) -> str:
    return formats.render(name, report() if told is None else told, CONTEXT)


def cells(told: Report | None = None) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text_of("csv", told))))


def run_of(told: Report | None = None) -> dict:
    (run,) = json.loads(text_of("sarif", told))["runs"]
    return run


def issues(told: Report | None = None) -> list[dict]:
    return json.loads(text_of("gitlab", told))


def suites(told: Report | None = None) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(text_of("junit", told).encode()))


@pytest.mark.parametrize("told", [report(), spread()], ids=["together", "apart"])
@pytest.mark.parametrize("name", formats.NAMES)
def test_no_format_lets_a_control_character_through(name, told):
    text = text_of(name, told)
    assert not re.search("[^\n -~\u00a0-\U0010ffff]", text)
    text.encode("utf-8")


@pytest.mark.parametrize("name", formats.NAMES)
def test_every_format_takes_an_empty_report(name):
    text_of(name, EMPTY)


@pytest.mark.parametrize("name", ["concise", "csv", "markdown", "sarif", "junit", "gitlab"])
def test_every_model_and_target_with_findings_is_named(name):
    text = text_of(name)
    assert all(text.count(wanted) >= 2 for wanted in TARGETS)


@pytest.mark.parametrize("name", ["csv", "markdown", "junit"])
def test_clean_models_are_named_too(name):
    assert text_of(name).count("clean.pb") >= len(TARGETS)


def test_each_module_of_a_format_is_registered():
    folder = Path(formats.__file__).parent
    found = {
        path.stem.replace("_", "-")
        for path in folder.glob("*.py")
        if "def render(report" in path.read_text()
    }
    assert found - {"__init__"} == set(formats.NAMES)


def test_concise_is_a_line_for_each_finding():
    lines = text_of("concise").splitlines()
    assert len(lines) == sum(len(t.findings) for m in report().results for t in m.targets)
    first = "./models/a b&<>,c%.pb: atc@8.1.RC1/Ascend310: error OPS001: a&b<c>\"d\"'e' (Odd): op "
    assert lines[0].startswith(first)
    assert any(line.endswith("[RWD001 exact]") and "while_body::body/x" in line for line in lines)
    assert any(": info PRF001: op None is unknown" in line for line in lines)


def test_csv_keeps_names_and_counts_what_is_known():
    rows = cells()
    of_first = [row for row in rows if row["target"] == TARGETS[0] and row["code"] == "OPS001"]
    names = {row["node"] for row in of_first if row["function"] == ""}
    assert {clean(name) for name in ODD_NAMES if name[0] != "="} < names
    assert "'=1+1" in names  # a spreadsheet would compute it
    states = [row["state"] for row in rows]
    assert {state: states.count(state) for state in set(states)} == {
        "new": sum(len(t.findings) for m in report().results for t in m.targets),
        "known": 3,
        "clean": 3,
        "unreadable": 1,
    }


def test_markdown_tables_have_as_many_cells_in_every_row():
    text = text_of("markdown") + text_of("markdown", spread())
    head = None
    for line in text.splitlines():
        cells_in = len(re.findall(r"(?<!\\)\|", line)) if line.startswith("|") else None
        assert head is None or cells_in in (None, head)
        head = cells_in if head is None or cells_in is None else head


def test_markdown_holds_no_markup_of_names():
    text = text_of("markdown") + text_of("markdown", spread())
    text = re.sub(r"(?<!\\)(`+) ?.*?[^`] ?\1(?!`)", "", text)  # no code spans
    for ours in ("<br>", "**failed**"):
        text = text.replace(ours, "")
    assert not re.search(r"[<>@]|(?<!\\)[`*_\[\]]", text)


def test_junit_has_a_case_for_each_family_also_where_it_passes():
    first, *_, gate = suites()
    assert [case.get("name") for case in first] == [
        f"{family} on {TARGETS[0]}" for family in ("OPS", "SHP", "PRF")
    ]
    assert [case.find("failure") is not None for case in first] == [True, False, False]
    assert "open" in first.findtext("testcase[2]/system-out")
    assert gate.find("testcase/failure").get("message") == "3 warnings, and 0 are let pass"
    clean_ones = [suite for suite in suites() if "clean.pb" in suite.get("name")]
    assert [suite.get("tests") for suite in clean_ones] == ["3"] * 3
    assert {suite.get("failures") for suite in clean_ones} == {"0"}


def test_junit_fails_what_the_threshold_fails():
    context = formats.Context(rules=lambda: RULES, fails=lambda severity: severity != Severity.INFO)
    root = ElementTree.fromstring(formats.render("junit", report(), context).encode())
    assert root[0].get("failures") == "2"


def test_junit_counts_add_up():
    root = ElementTree.fromstring(text_of("junit").encode())
    for key, tag in (("tests", "testcase"), ("failures", "failure"), ("errors", "error")):
        assert int(root.get(key)) == len(list(root.iter(tag)))


def test_junit_is_read_by_junitparser():
    junitparser = pytest.importorskip("junitparser", reason="junitparser is not installed")
    xml = junitparser.JUnitXml.fromstring(text_of("junit").encode())
    assert (len(list(xml)), xml.failures, xml.errors) == (11, 7, 1)


def _commands(text: str) -> list[tuple[str, dict[str, str], str]]:
    """Read as the runner does: name, properties, data."""

    def plain(value: str) -> str:
        for code, mark in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
            value = value.replace(code, mark)
        return value

    result = []
    for line in text.splitlines():
        head, _, data = line.removeprefix("::").partition("::")
        name, _, properties = head.partition(" ")
        pairs = (pair.partition("=") for pair in properties.split(","))
        result.append((name, {key: plain(value) for key, _, value in pairs}, plain(data)))
    return result


def test_github_annotations_are_read_back():
    commands = _commands(text_of("github"))
    assert [name for name, _, _ in commands] == ["error"] * 8 + ["warning"] * 3
    assert commands[0][1] == {"title": "GATE max-warnings"}
    assert commands[1][1]["file"] == "gone <&>.pb"
    _, properties, data = commands[2]
    assert properties["file"] == "models/a b&<>,c%.pb"
    assert properties["title"] == f"OPS001 unknown-op: Odd ×10 on {TARGETS[0]}"
    assert data.splitlines()[1].startswith("at a&b<c>\"d\"'e', \\x1b[31mred")


def test_github_commands_end_where_they_end():
    for name, properties, data in _commands(text_of("github", spread()))[1:]:
        assert (name, properties["file"]) == ("error", "a::b*c<i>,%.pb")
        assert set(properties) == {"file", "line", "title"}
        assert data.startswith("op ")


def test_github_never_gives_more_than_the_runner_shows():
    found = tuple(
        finding(f"n{number}", op=f"Odd{number}", severity=severity)
        for number in range(30)
        for severity in (Severity.ERROR, Severity.WARNING)
    )
    commands = _commands(text_of("github", Report((model("a.pb", target(TARGETS[0], found)),), {})))
    names = [name for name, _, _ in commands]
    assert (names.count("error"), names.count("warning")) == (10, 10)
    assert "21 more errors" in commands[9][2]


def test_a_summary_fits_the_step():
    assert github.summary(report(), CONTEXT) == text_of("markdown")
    models = tuple(
        model(f"{'很' * 90}{number}.pb", target(TARGETS[0], findings())) for number in range(2_000)
    )
    text = github.summary(Report(models, {}), CONTEXT)
    assert 500_000 < len(text.encode()) < 1 << 20
    assert text.endswith("\n\nand more: see the report\n")


def test_gitlab_issues_are_unique_and_stay():
    found = issues()
    names = [issue["fingerprint"] for issue in found]
    assert len(set(names)) == len(names)
    other = report().results[0].targets[0].findings[1:]  # one node less
    again = issues(Report((model("models/a b&<>,c%.pb", target(TARGETS[0], other)),), {}))
    assert {issue["fingerprint"] for issue in again} <= set(names)
    assert {issue["location"]["path"] for issue in found} == {
        "models/a b&<>,c%.pb",
        "模型/\\x1b[1m.pb",
        "gone <&>.pb",
    }


def test_gitlab_keeps_its_schema():
    jsonschema.validate(
        issues(),
        {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["description", "check_name", "fingerprint", "severity", "location"],
                "properties": {
                    "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
                    "location": {
                        "required": ["path", "lines"],
                        "properties": {
                            "path": {"type": "string", "not": {"pattern": "^(/|\\./)"}},
                            "lines": {"required": ["begin"]},
                        },
                    },
                },
            },
        },
    )


def test_sarif_declares_all_rules_with_their_help():
    rules = run_of()["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["OPS001", "SHP001", "PRF001"]
    assert "**Why.** it stops" in rules[0]["help"]["markdown"]
    assert "y = Odd()" in rules[0]["help"]["text"]
    assert [rule["defaultConfiguration"]["level"] for rule in rules] == ["error", "warning", "note"]


def test_sarif_results_name_the_model_and_the_node():
    run = run_of()
    assert run["tool"]["driver"]["version"] == linter.__version__
    for result in run["results"]:
        rule = run["tool"]["driver"]["rules"][result["ruleIndex"]]
        assert (rule["id"], rule["defaultConfiguration"]["level"]) == (
            result["ruleId"],
            result["level"],
        )
        (location,) = result["locations"]
        assert location["physicalLocation"]["region"] == {"startLine": 1}
        uri = location["physicalLocation"]["artifactLocation"]["uri"]
        assert re.fullmatch(r"[A-Za-z0-9/._~%-]+", uri)
        assert unquote(uri) in ("models/a b&<>,c%.pb", "模型/\x1b[1m.pb")
    first = run["results"][0]
    names = {
        place["fullyQualifiedName"]
        for location in first["relatedLocations"]
        for place in location["logicalLocations"]
    }
    assert names == {*map(clean, ODD_NAMES), "while_body::body/x"}
    assert "{{0}}" in json.dumps(first)
    assert not re.search(r"(?<!\\)\]\(", json.dumps([r["message"] for r in run["results"]]))


def test_sarif_fingerprints_are_unique_and_hold_no_release():
    found = [r["partialFingerprints"]["primaryLocationLineHash"] for r in run_of()["results"]]
    assert len(set(found)) == len(found)
    path = "models/a b&<>,c%.pb"
    newer = Report(
        (model(path, target("atc@99.0/Ascend310", report().results[0].targets[0].findings)),), {}
    )
    assert {
        r["partialFingerprints"]["primaryLocationLineHash"] for r in run_of(newer)["results"]
    } < set(found)


def test_sarif_tells_what_was_not_read():
    (invocation,) = run_of()["invocations"]
    assert invocation["executionSuccessful"] is False
    assert "gone" in invocation["toolExecutionNotifications"][0]["message"]["text"]
    assert invocation["toolConfigurationNotifications"][0]["level"] == "error"


def test_sarif_keeps_the_limits_of_code_scanning_on_a_large_graph():
    run = run_of(large())
    assert len(run["results"]) == 3
    for result in run["results"]:
        assert len(result["relatedLocations"]) == 100
        assert result["properties"]["nodes"] > 16_000
    many = run_of(large(types=6_000))
    assert len(many["results"]) == 5_000
    assert sum(len(result["relatedLocations"]) for result in many["results"]) <= 50_000
    note = many["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"]
    assert note.startswith("1,000 groups")


def test_sarif_keeps_the_published_schema():
    place = os.environ.get("OMLINT_SARIF_SCHEMA")
    if not place:
        pytest.skip("OMLINT_SARIF_SCHEMA names no file with the schema of SARIF 2.1.0")
    schema = json.loads(Path(place).read_text())
    for told in (report(), EMPTY, large(300)):
        jsonschema.validate(json.loads(text_of("sarif", told)), schema)


def test_sarif_is_read_by_sarif_tools(tmp_path):
    loader = pytest.importorskip("sarif.loader", reason="sarif-tools is not installed")
    path = tmp_path / "report.sarif"
    path.write_text(text_of("sarif"))
    read = loader.load_sarif_file(str(path))
    assert read.get_distinct_tool_names() == ["omlint"]
    assert read.get_result_count() == len(run_of()["results"])
