"""Reports in several formats at once, to where they shall go."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sample_graphs import CLEAN, LEFTOVERS, write_graph

from linter.cli.main import main
from linter.report import formats

OMG = "omg@hilens-2021-09/Ascend310"
ATC = "atc@8.1.RC1/Ascend310"
BOTH = ("--target", OMG, "--target", ATC)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    write_graph(tmp_path / "clean.pb", CLEAN)
    write_graph(tmp_path / "leftovers.pb", LEFTOVERS)
    return tmp_path


def test_all_formats_at_once(folder, capsys):
    wanted = [word for name in formats.NAMES for word in ("--format", f"{name}:out.{name}")]
    assert main(["check", "clean.pb", "leftovers.pb", *BOTH, *wanted, "--format", "concise"]) == 1
    shown = capsys.readouterr().out
    assert shown == (folder / "out.concise").read_text()
    assert shown.startswith(f"leftovers.pb: {OMG}: ")
    for name in formats.NAMES:
        text = (folder / f"out.{name}").read_text()
        assert "OPS001" in text, name
        assert "\x1b" not in text, name


def test_rules_are_declared_from_those_that_ran(folder):
    main(["check", "leftovers.pb", "--target", OMG, "--format", "sarif:a.sarif"])
    (run,) = json.loads((folder / "a.sarif").read_text())["runs"]
    rules = {rule["id"]: rule for rule in run["tool"]["driver"]["rules"]}
    assert {"OPS001", "GRF001", "PRF001"} < set(rules)
    assert not any(id_.startswith("RW") for id_ in rules)
    assert all(rule["help"]["text"] and rule["help"]["markdown"] for rule in rules.values())


def test_a_report_that_cannot_be_written_takes_no_other_along(folder, capsys, monkeypatch):
    monkeypatch.setattr("linter.cli.check.guard_outputs", lambda *_: None)  # it goes meanwhile
    flags = ["--format", "json:gone/a.json", "--format", "csv:a.csv", "--format", "concise"]
    assert main(["check", "leftovers.pb", "--target", OMG, *flags]) == 2
    out, err = capsys.readouterr()
    assert "OPS001" in out
    assert "OPS001" in (folder / "a.csv").read_text()
    assert [line for line in err.splitlines() if "cannot write gone/a.json" in line] == [
        "omlint: error: cannot write gone/a.json: No such file or directory"
    ]


def test_the_summary_of_a_step_is_added_to(folder, capsys, monkeypatch):
    summary = folder / "summary.md"
    summary.write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    assert main(["check", "leftovers.pb", "--target", OMG, "--format", "text"]) == 1
    assert summary.read_text() == "before\n"
    assert main(["check", "leftovers.pb", "--target", OMG, "--format", "github"]) == 1
    assert capsys.readouterr().out.splitlines()[-1].startswith("::")
    assert summary.read_text().startswith("before\n# omlint\n")
    assert "BLOCKED" not in summary.read_text()


def test_a_summary_that_cannot_be_written_is_one_sentence(folder, capsys, monkeypatch):
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(folder / "no" / "summary.md"))
    assert main(["check", "leftovers.pb", "--target", OMG, "--format", "github"]) == 2
    out, err = capsys.readouterr()
    assert "OPS001" in out
    assert err.count("\n") == 1
    assert "cannot write" in err


@pytest.mark.parametrize("flags", [("-q",), ("--format", "json:a.json")])
def test_a_run_that_fails_says_why_where_no_finding_is_shown(folder, capsys, flags):
    assert main(["check", "clean.pb", "leftovers.pb", "--target", OMG, *flags]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"omlint: error: leftovers.pb on {OMG}: ")
    assert "at or above the threshold (OPS001" in line
    assert main(["check", "leftovers.pb", "--target", OMG, *flags, "--exit-zero"]) == 0
    assert not capsys.readouterr().err


def test_a_run_that_shows_its_findings_does_not_repeat_them(folder, capsys):
    assert main(["check", "leftovers.pb", "--target", OMG]) == 1
    assert not capsys.readouterr().err
