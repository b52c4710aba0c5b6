"""The merge gate: what counts, what it weighs, what fails, and how that is said."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sample_graphs import LEFTOVERS, write_graph

from linter.cli.main import main

OMG = "omg@hilens-2021-09/Ascend310"
OPEN = """
x = Placeholder : float32[?,3]
relu = Relu(x)
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Models: ``clean.pb``, ``bad.pb`` (two errors on omg), ``open.pb`` (a warning)."""
    write_graph(tmp_path / "clean.pb")
    write_graph(tmp_path / "bad.pb", LEFTOVERS)
    write_graph(tmp_path / "open.pb", OPEN)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _gate(capsys: pytest.CaptureFixture[str], *flags: str) -> tuple[int, dict[str, Any]]:
    code = main(["check", "--format", "json", *flags])
    return code, json.loads(capsys.readouterr().out)


def _codes(report: dict[str, Any]) -> list[str]:
    return [
        finding["code"]
        for model in report["results"]
        for target in model["targets"]
        for finding in target["findings"]
    ]


def test_thresholds(folder: Path, capsys) -> None:
    for model, threshold, code in (
        ("clean.pb", "uncertain", 0),
        ("open.pb", "error", 0),
        ("open.pb", "uncertain", 1),
        ("open.pb", "warning", 1),
        ("open.pb", "never", 0),
        ("bad.pb", "uncertain", 1),
        ("bad.pb", "never", 0),
    ):
        assert main(["check", model, "--target", OMG, "--fail-on", threshold]) == code, threshold
    capsys.readouterr()
    assert main(["check", "open.pb", "--fail-on", "uncertain"]) == 1
    said = capsys.readouterr().err
    assert "omlint: error: GATE uncertain: open.pb on atc@8.1.RC1/Ascend310: the verdict is" in said
    assert main(["check", "open.pb", "--fail-on", "uncertain", "--exit-zero"]) == 0


def test_select_and_ignore_of_lint_rules(folder: Path, capsys) -> None:
    flags = ["bad.pb", "--target", OMG]
    assert set(_codes(_gate(capsys, *flags)[1])) >= {"OPS001"}
    code, report = _gate(capsys, *flags, "--ignore", "ops")
    assert code == 0
    assert "OPS001" not in _codes(report)
    assert report["results"][0]["targets"][0]["verdict"] == "blocked"
    code, report = _gate(capsys, *flags, "--select", "SHP,OPS001")
    assert code == 1
    assert set(_codes(report)) == {"OPS001"}
    assert main(["check", "bad.pb", "--select", "RWS"]) == 2
    assert "--select RWS: no lint rule has such a code; families: ATR, " in capsys.readouterr().err


def test_codes_of_a_file_are_for_the_commands_that_have_such_rules(folder: Path, capsys) -> None:
    Path("omlint.toml").write_text(f'target = "{OMG}"\nignore = ["OPS001", "RWS"]\n', "utf-8")
    assert main(["check", "bad.pb"]) == 0
    assert main(["fix", "bad.pb", "--plan"]) == 1
    plan = capsys.readouterr().out
    assert "RWD008" in plan
    assert "RWS010" not in plan
    Path("omlint.toml").write_text("select = ['RWS010']", "utf-8")
    assert main(["check", "bad.pb", "--target", OMG]) == 1
    Path("omlint.toml").write_text("select = ['XYZ']", "utf-8")
    assert main(["check", "bad.pb"]) == 2
    assert "omlint.toml: select XYZ: no lint rule has such a code" in capsys.readouterr().err


def test_severities(folder: Path, capsys) -> None:
    flags = ["bad.pb", "--target", OMG]
    code, report = _gate(capsys, *flags, "--severity", "OPS=info", "--severity", "OPS001=warning")
    assert code == 0
    (target,) = report["results"][0]["targets"]
    assert {item["severity"] for item in target["findings"] if item["code"] == "OPS001"} == {
        "warning"
    }
    assert target["verdict"] == "blocked"
    Path("omlint.toml").write_text('[severity]\nops001 = "off"\nSHP = "error"\n', "utf-8")
    assert main(["check", *flags]) == 0
    assert main(["check", "open.pb"]) == 1, "a warning that is made an error fails"
    assert main(["check", *flags, "--severity", "OPS001=error"]) == 1


def test_limits(folder: Path, capsys) -> None:
    assert main(["check", "open.pb", "clean.pb", "--max-warnings", "1"]) == 0
    assert main(["check", "open.pb", "./open.pb", "--max-warnings", "1"]) == 1
    assert "GATE max-warnings: 2 warnings, and 1 are let pass" in capsys.readouterr().err
    assert main(["check", "open.pb", "--max-warnings", "0", "--severity", "SHP=info"]) == 0
    flags = ["bad.pb", "--target", OMG, "--fail-on", "never", "--min-coverage"]
    assert main(["check", *flags, "60"]) == 0
    assert main(["check", *flags, "60.5"]) == 1
    assert "3 of 5 reachable nodes supported, less than 60.5" in capsys.readouterr().err


def test_the_file_says_what_the_gate_is(folder: Path, capsys, monkeypatch) -> None:
    Path("omlint.toml").write_text("[gate]\nmax-warnings = 0\nfail_on = 'never'\n", "utf-8")
    code, report = _gate(capsys, "open.pb")
    assert code == 1
    assert report["gate"] == {
        "passed": False,
        "known": None,
        "lines": [
            {
                "id": "max-warnings",
                "fails": True,
                "message": "1 warning, and 0 are let pass",
            }
        ],
    }
    assert main(["check", "open.pb", "--max-warnings", "-1"]) == 0
    monkeypatch.setenv("OMLINT_MAX_WARNINGS", "1")
    assert main(["check", "open.pb"]) == 0
    capsys.readouterr()
    assert _gate(capsys, "clean.pb")[1]["gate"] == {"passed": True, "known": None, "lines": []}
    monkeypatch.delenv("OMLINT_MAX_WARNINGS")
    assert "gate" not in _gate(capsys, "clean.pb", "--no-config")[1]


def test_entries_that_ended_or_are_of_no_use(folder: Path, capsys) -> None:
    entry = '[[ignore]]\nrule = "OPS001"\nnode = "{}"\nmodel = "{}"\nreason = "ours"\nuntil = {}\n'
    ended, unused, elsewhere = (
        entry.format("*", "*", "2001-01-01"),
        entry.format("gone", "b*.pb", "2999-01-01"),
        entry.format("gone", "open.pb", "2999-01-01"),
    )
    Path("omlint.toml").write_text(ended + unused + elsewhere, "utf-8")
    code, report = _gate(capsys, "clean.pb", "bad.pb")
    assert code == 0
    assert [(line["id"], line["fails"]) for line in report["gate"]["lines"]] == [
        ("expired-ignore", False),
        ("unused-ignore", False),
    ]
    code, report = _gate(capsys, "clean.pb", "bad.pb", "--strict")
    assert code == 1
    assert [line["fails"] for line in report["gate"]["lines"]] == [True, True]
    Path("bad.pb").write_bytes(b"\x0a\xff")
    code, report = _gate(capsys, "clean.pb", "bad.pb", "open.pb")
    assert code == 3, "an entry about a model that was not read may be of use"
    ids = [line["message"][:22] for line in report["gate"]["lines"]]
    assert ids == ["omlint.toml: ignore[1]", "omlint.toml: ignore[3]"]
    Path("omlint.toml").write_text(entry.format("gone", "*", "2999-01-01"), "utf-8")
    assert not _gate(capsys, "clean.pb", "bad.pb")[1].get("gate")
    assert len(_gate(capsys, "clean.pb", "open.pb")[1]["gate"]["lines"]) == 1


def test_an_entry_is_for_the_models_of_its_glob(folder: Path, capsys) -> None:
    write_graph(Path("worse.pb"), LEFTOVERS)
    text = '[[ignore]]\nrule = "OPS001"\nmodel = "./bad.pb"\nreason = "ours"\n'
    Path("omlint.toml").write_text(text, "utf-8")
    assert main(["check", "bad.pb", "--target", OMG]) == 0
    assert main(["check", "bad.pb", "worse.pb", "--target", OMG]) == 1


def test_a_clean_check_loads_no_rewrites(folder: Path) -> None:
    code = (
        "import sys\nfrom linter.cli.main import main\n"
        "assert main(['check', 'clean.pb', '-q', '--ignore', 'PRF']) == 0\n"
        "print(*(name for name in sys.modules if name.startswith('rules.rewrite.')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[1:] == [""]


def test_records_of_rewrites(folder: Path, capsys) -> None:
    flags = ["check", "clean.pb", "--require-verified"]
    assert main(flags) == 1
    assert (
        "GATE unverified: clean.pb: there is no clean.pb.rewrites.json" in capsys.readouterr().err
    )
    sha = _gate(capsys, "clean.pb")[1]["results"][0]["model"]["sha256"]
    record = {"input_sha256": "0" * 64, "output_sha256": sha, "verified": "equal"}
    beside = Path("clean.pb.rewrites.json")
    beside.write_text(json.dumps(record), "utf-8")
    assert main(flags) == 0
    for change, said in (
        ({"verified": "insensitive"}, "says 'insensitive', not 'equal'"),
        ({"output_sha256": "1" * 64}, "is about another file: the digests differ"),
        ({"verified": 3}, "not a record of rewrites"),
    ):
        beside.write_text(json.dumps({**record, **change}), "utf-8")
        capsys.readouterr()
        assert main(flags) == 1
        assert said in capsys.readouterr().err
    beside.write_text("[" * 100_000, "utf-8")
    assert main(flags) == 1
    beside.rename("other.pb.rewrites.json").write_text(
        json.dumps({**record, "input_sha256": sha, "output_sha256": None}), "utf-8"
    )
    assert main(flags) == 0, "what a record starts from is an original"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("max_warnings = 0", "unknown key 'max_warnings'; did you mean 'gate.max_warnings'?"),
        ("[gate]\nmax_warning = 0", "gate: unknown key 'max_warning'; did you mean 'max_warnings'"),
        ("[gate]\nmax_warnings = 0.5", "gate.max_warnings: 0.5 is not a whole number"),
        ("[gate]\nmax_warnings = -2", "gate.max_warnings: -2 is not between -1 and 999999"),
        ("[gate]\nmin_coverage = nan", "gate.min_coverage: nan is not between 0 and 100"),
        (f"[gate]\nmin_coverage = 1{'0' * 400}", "gate.min_coverage: inf is not between"),
        ("[gate]\nstrict = 1", "gate.strict: 1 is not true or false"),
        ("[gate]\nfail-on = 'info'\nfail_on = 'info'", "fail_on is said twice: with hyphens"),
        ("fail_on = 'info'\n[gate]\nfail_on = 'info'", "fail_on is said here and in gate"),
        ("gate = 3", "gate: 3 is not a table"),
        ("[severity]\nOPS = 'fatal'", "severity.OPS: 'fatal' is not one of error, warning, info"),
        ("[severity]\nXYZ = 'off'", "severity.XYZ: no lint rule has a code like 'XYZ'"),
        ("[severity]\n'' = 'off'", "no lint rule has a code like ''"),
        ("[[ignore]]\nrule = 'OPS'\nreason = 'r'\nmodels = 'x'", "did you mean 'model'?"),
    ],
)
def test_faults_of_the_file(folder: Path, capsys, text: str, said: str) -> None:
    Path("omlint.toml").write_text(text, "utf-8")
    assert main(["check", "clean.pb"]) == 2
    out, err = capsys.readouterr()
    assert said in err
    assert err.count("\n") == 1
    assert not out


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--min-coverage", "101"], "--min-coverage 101 is not between 0 and 100"),
        (["--min-coverage", "nan"], "--min-coverage nan is not between 0 and 100"),
        (["--max-warnings", "-2"], "--max-warnings -2 is not between -1 and"),
        (["--severity", "OPS"], "--severity 'OPS' is not CODE=LEVEL"),
        (["--severity", "XYZ=off"], "--severity XYZ=off: no lint rule has a code like 'XYZ'"),
    ],
)
def test_faults_of_flags(folder: Path, capsys, flags: list[str], said: str) -> None:
    assert main(["check", "clean.pb", *flags]) == 2
    assert said in capsys.readouterr().err
