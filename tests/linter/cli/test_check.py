"""``omlint check`` and the other commands that only look."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from sample_graphs import CLEAN, LEFTOVERS, write_graph

import linter.report
from linter import api
from linter.cli.main import cli, main
from linter.graph import Value
from linter.results.finding import Severity
from linter.results.report import Verdict

OMG = "omg@hilens-2021-09/Ascend310"
SCHEMA = Path(linter.report.__file__).parent / "schema" / "report.schema.json"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_graph(tmp_path / "clean.pb", CLEAN)
    write_graph(tmp_path / "leftovers.pb", LEFTOVERS)
    write_graph(tmp_path / "open.pb", "x = Placeholder : float32[?,3]\nrelu = Relu(x)")
    return tmp_path


def test_convertible(folder, capsys):
    assert main(["check", "clean.pb"]) == 0
    out = capsys.readouterr().out
    assert "atc@8.1.RC1/Ascend310 (the default target): CONVERTIBLE" in out
    assert "x float32[2,3]" in out
    assert "relu:0" in out


def test_advice_repeats_the_flags_of_the_run(folder, capsys):
    assert main(["check", "open.pb", "--input-shape", "x:4,3", "--outputs", "relu"]) == 0
    advised = "-o open_Ascend310 --input-shape x:4,3 --outputs relu:0"
    assert f"next     omlint convert open.pb {advised}" in capsys.readouterr().out


def test_blocked_names_nodes_and_rewrites(folder, capsys):
    assert main(["check", "leftovers.pb", "--target", OMG]) == 1
    captured = capsys.readouterr()
    assert f"{OMG}: BLOCKED" in captured.out
    assert "unknown-op · AddV2" in captured.out
    assert "checked" in captured.out
    assert f"next     omlint fix leftovers.pb -o leftovers.fixed.pb --target {OMG}" in captured.out
    assert captured.err == ""


def test_json_is_as_published(folder, capsys):
    code = main(
        ["check", "clean.pb", "missing.pb", "leftovers.pb", "--format", "json", "--target", OMG,
         "--target", "Ascend310P3"]
    )  # fmt: skip
    assert code == 3
    value = json.loads(capsys.readouterr().out)
    jsonschema.validate(value, json.loads(SCHEMA.read_text("utf-8")))
    assert [result["model"]["path"] for result in value["results"]] == ["clean.pb", "leftovers.pb"]
    assert [error["path"] for error in value["errors"]] == ["missing.pb"]
    assert value["errors"][0]["kind"] == "missing"
    targets = [target["target"] for target in value["results"][1]["targets"]]
    assert targets == [OMG, "atc@8.1.RC1/Ascend310P3"]
    for result in value["results"]:
        for target in result["targets"]:
            summary = target["summary"]
            counted = summary["supported"] + summary["unsupported"] + summary["unknown"]
            assert counted == summary["reachable"] == sum(op["count"] for op in target["ops"])
            evidence = {id_ for op in target["ops"] for id_ in op["evidence"]}
            assert evidence <= value["sources"].keys()


def test_json_names_the_rewrite_of_a_finding(folder):
    target = api.check(["leftovers.pb"], targets=[OMG]).results[0].targets[0]
    fixes = {item.node: item.fix for item in target.findings if item.severity is Severity.ERROR}
    assert fixes["sum"] is not None
    assert fixes["checked"] is not None


def test_two_runs_give_the_same_bytes(folder, capsys):
    arguments = ["check", "leftovers.pb", "--target", OMG, "--format", "json"]
    main(arguments)
    first = capsys.readouterr().out
    main(arguments)
    assert capsys.readouterr().out == first


@pytest.mark.parametrize(
    ("flags", "code"),
    [
        ([], 1),
        (["--fail-on", "error"], 1),
        (["--fail-on", "info"], 1),
        (["--fail-on", "never"], 0),
        (["--exit-zero"], 0),
    ],
)
def test_threshold(flags, code, folder, capsys):
    assert main(["check", "leftovers.pb", "--target", OMG, "-q", *flags]) == code


@pytest.mark.parametrize(("flag", "code"), [("error", 0), ("warning", 1), ("info", 1)])
def test_threshold_of_a_warning(flag, code, folder, capsys):
    """An input dimension that is open is a warning."""
    assert main(["check", "open.pb", "-q", "--fail-on", flag]) == code


def test_exit_zero_does_not_hide_a_fault(folder, capsys):
    assert main(["check", "missing.pb", "--exit-zero"]) == 3


def test_input_shape_settles_an_open_dimension(folder, capsys):
    assert main(["check", "open.pb", "--input-shape", "x:2,3", "--fail-on", "warning"]) == 0
    assert "x float32[2,3]" in capsys.readouterr().out


def test_verdicts(folder):
    report = api.check(["clean.pb", "leftovers.pb"], targets=["Ascend310", OMG])
    verdicts = [[target.verdict for target in model.targets] for model in report.results]
    assert verdicts == [
        [Verdict.CONVERTIBLE, Verdict.CONVERTIBLE],
        [Verdict.CONVERTIBLE, Verdict.BLOCKED],
    ]


def test_outputs_leave_the_rest_out(folder):
    whole = api.check(["leftovers.pb"], targets=[OMG]).results[0]
    assert whole.outputs_guessed
    assert whole.outputs == ("relu:0",)
    cut = api.check(["leftovers.pb"], targets=[OMG], outputs=[Value("x")]).results[0]
    assert not cut.outputs_guessed
    assert cut.targets[0].summary.reachable == 1
    assert cut.targets[0].verdict is Verdict.CONVERTIBLE


def test_quiet_is_one_line_per_verdict(folder, capsys):
    main(["check", "clean.pb", "-q"])
    assert capsys.readouterr().out == "clean.pb: atc@8.1.RC1/Ascend310: convertible\n"


def test_reports_to_files(folder, capsys):
    main(["check", "clean.pb", "--format", "json:report.json", "--format", "text:report.txt"])
    assert capsys.readouterr().out == ""
    assert json.loads((folder / "report.json").read_text())["errors"] == []
    assert "CONVERTIBLE" in (folder / "report.txt").read_text()


def test_a_pipe_gets_no_colour(folder, capsys):
    main(["check", "leftovers.pb", "--target", OMG])
    assert "\x1b" not in capsys.readouterr().out


def test_inspect(folder, capsys):
    assert main(["inspect", "leftovers.pb"]) == 0
    out = capsys.readouterr().out
    assert "CheckNumerics" in out
    assert main(["inspect", "leftovers.pb", "--format", "json"]) == 0
    value = json.loads(capsys.readouterr().out)
    assert list(value) == ["schema_version", "model", "signatures"]
    assert value["model"]["op_types"]["AddV2"] == 1
    assert value["model"]["inputs"] == [{"name": "x", "dtype": "float32", "shape": [2, 3]}]
    assert value["model"]["outputs"] == ["relu:0"]


def test_ops_as_json(capsys):
    assert main(["ops", "Relu", "AddV2", "--target", OMG, "--format", "json"]) == 0
    value = json.loads(capsys.readouterr().out)
    assert list(value) == ["schema_version", "ops"]
    keys = ["op", "target", "status", "certainty", "ge_op", "placement", "dtypes", "evidence"]
    assert all(list(entry) == keys for entry in value["ops"])
    status = {entry["op"]: entry["status"] for entry in value["ops"]}
    assert status == {"Relu": "supported", "AddV2": "unsupported"}


def test_ops_without_names_lists_what_the_table_knows(capsys):
    assert main(["ops", "--target", OMG]) == 0
    out = capsys.readouterr().out
    assert out.startswith(OMG)
    assert "FusedBatchNorm" in out


def test_rules_lists_every_rule(capsys):
    from rules.registry import lint_rules, rewrite_rules

    assert main(["rules"]) == 0
    out = capsys.readouterr().out
    for rule in (*lint_rules(), *rewrite_rules()):
        assert f"  {rule.id}  " in out


@pytest.mark.parametrize("subject", ["OPS001", "ops001", "unknown-op"])
def test_explain_rule(subject, capsys):
    assert main(["explain", subject]) == 0
    out = capsys.readouterr().out
    assert out.startswith("OPS001 unknown-op (error")
    assert "Why:" in out


def test_every_rule_can_be_explained(capsys):
    from rules.registry import lint_rules, rewrite_rules

    for rule in (*lint_rules(), *rewrite_rules()):
        assert main(["explain", rule.id]) == 0
        assert capsys.readouterr().out.startswith(f"{rule.id} {rule.name} (")


def test_explain_op_names_releases_and_rewrites(capsys):
    assert main(["explain", "AddV2", "--target", OMG]) == 0
    out = capsys.readouterr().out
    assert "atc@5.1.RC1/" in out
    assert "omg@hilens-2019-12/" in out
    assert "add-v2" in out or "RWS" in out


def test_version(capsys):
    from linter import __version__

    assert main(["--version"]) == 0
    assert __version__ in capsys.readouterr().out


def test_every_listed_command_can_be_asked_for_help(capsys):
    context = cli.make_context("omlint", [], resilient_parsing=True)
    assert main(["--help"]) == 0
    listed = capsys.readouterr().out
    for name in cli.list_commands(context):
        assert f"\n  {name} " in listed
        assert main([name, "--help"]) == 0
        assert capsys.readouterr().out.startswith(f"Usage: omlint {name} ")
