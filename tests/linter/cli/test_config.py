"""The configuration file and the environment stand where flags are not given."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sample_graphs import LEFTOVERS, write_graph

from linter.api.options import FixOptions
from linter.cli.main import main
from linter.results.errors import UsageError
from linter.results.tolerance import Tolerance

OMG = "omg@hilens-2021-09/Ascend310"
ATC = "atc@5.1.RC1/Ascend310"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "project" / "deep").mkdir(parents=True)
    write_graph(tmp_path / "project" / "deep" / "leftovers.pb", LEFTOVERS)
    monkeypatch.chdir(tmp_path / "project" / "deep")
    for name in ("OMLINT_TARGET", "OMLINT_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "project"


def _targets(capsys: pytest.CaptureFixture[str], *flags: str) -> list[str]:
    main(["check", "leftovers.pb", "--format", "json", *flags])
    (model,) = json.loads(capsys.readouterr().out)["results"]
    return [target["target"] for target in model["targets"]]


def test_flags_over_environment_over_file(folder: Path, capsys, monkeypatch) -> None:
    (folder / "omlint.toml").write_text(f'target = "{OMG}"', "utf-8")
    assert _targets(capsys) == [OMG]
    assert _targets(capsys, "--no-config") == ["atc@8.1.RC1/Ascend310"]
    monkeypatch.setenv("OMLINT_TARGET", f"{ATC},{OMG}")
    assert _targets(capsys) == [ATC, OMG]
    assert _targets(capsys, "--target", "Ascend310P3") == ["atc@8.1.RC1/Ascend310P3"]


def test_the_nearest_file_counts(folder: Path, capsys, monkeypatch) -> None:
    (folder.parent / "omlint.toml").write_text(f'target = "{ATC}"', "utf-8")
    (folder / "pyproject.toml").write_text('[project]\nname = "x"\n', "utf-8")
    assert _targets(capsys) == [ATC]
    (folder / "pyproject.toml").write_text(f'[tool.omlint]\ntarget = ["{OMG}"]\n', "utf-8")
    assert _targets(capsys) == [OMG]
    (folder / "omlint.toml").write_text(f'target = ["{ATC}", "{OMG}"]', "utf-8")
    assert _targets(capsys) == [ATC, OMG]
    named = folder.parent / "omlint.toml"
    assert _targets(capsys, "--config", str(named)) == [ATC]
    monkeypatch.setenv("OMLINT_CONFIG", str(named))
    assert _targets(capsys) == [ATC]


def test_v_says_which_file_is_used(folder: Path, omlint) -> None:
    (folder.parent / "omlint.toml").write_text(f'target = "{OMG}"', "utf-8")
    done = omlint("check", "project/deep/leftovers.pb", "-v")
    assert "omlint: configuration: omlint.toml" in done.stderr
    assert OMG in done.stdout


def test_a_command_for_one_target(folder: Path, capsys) -> None:
    (folder / "omlint.toml").write_text(f'target = "{OMG}"', "utf-8")
    assert main(["fix", "leftovers.pb", "--plan"]) == 1
    assert f"leftovers.pb on {OMG}" in capsys.readouterr().out
    (folder / "omlint.toml").write_text(f'target = ["{OMG}", "{ATC}"]', "utf-8")
    assert main(["fix", "leftovers.pb", "--plan"]) == 2
    assert "one target is needed, and ../omlint.toml names 2" in capsys.readouterr().err
    assert main(["fix", "leftovers.pb", "--plan", "--target", OMG]) == 1


def test_every_key_reaches_its_flag(folder: Path, capsys) -> None:
    (folder / "rules").mkdir()
    (folder / "rules" / "empty.toml").write_text("", "utf-8")
    cases = {
        'fail_on = "never"': 0,
        'lang = "zh"': 1,
        'precision_mode = "must_keep_origin_dtype"': 1,
        'enable_scope_fusion = ["ScopeLayerNormPass"]': 1,
        'rules = ["rules"]': 2,
        'db = "nowhere"': 2,
    }
    for text, code in cases.items():
        (folder / "omlint.toml").write_text(f'target = "{OMG}"\n{text}\n', "utf-8")
        assert main(["check", "leftovers.pb"]) == code, text
        out, err = capsys.readouterr()
        if code == 2:
            assert "../rules/empty.toml" in err or "../nowhere" in err
        if "zh" in text:
            assert "发现" in out or "节点" in out
    plans = {
        'select = ["RWS"]': "RWS010",
        'ignore = "RWS"': "RWD008",
        "unsafe_fixes = true": "RWD008",
        "revert_failing = true\nrule_timeout = 5": "RWD008",
    }
    for text, rule in plans.items():
        (folder / "omlint.toml").write_text(f'target = "{OMG}"\n{text}\n', "utf-8")
        assert main(["fix", "leftovers.pb", "--plan"]) == 1
        out = capsys.readouterr().out
        assert rule in out
        assert ("RWD008" in out) == (rule == "RWD008")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("targte = 'x'", "../omlint.toml: unknown key 'targte'; did you mean 'target'?"),
        ("zzz = 1", "../omlint.toml: unknown key 'zzz'; known: atc, db, "),
        ("target = 3", "../omlint.toml: target: 3 is not a text or a list of texts"),
        ("unsafe_fixes = 'yes'", "unsafe_fixes: 'yes' is not true or false"),
        ("fail_on = 'all'", "fail_on: 'all' is not one of error, warning, info, never"),
        ("rule_timeout = 0", "rule_timeout: 0 is not between 0 and 86400"),
        ("target = ", "../omlint.toml: not TOML: "),
        ("select = ['XYZ']", "../omlint.toml: select XYZ: no rewrite has such a code"),
    ],
)
def test_faults_of_a_file(folder: Path, capsys, text: str, said: str) -> None:
    (folder / "omlint.toml").write_text(text, "utf-8")
    assert main(["fix", "leftovers.pb", "--plan"]) == 2
    err = capsys.readouterr().err
    assert said in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        (
            "OMLINT_TARGT",
            "x",
            "the variable OMLINT_TARGT is not known; did you mean OMLINT_TARGET?",
        ),
        ("OMLINT_FAIL_ON", "x", "OMLINT_FAIL_ON: 'x' is not one of error"),
        ("OMLINT_UNSAFE_FIXES", "x", "OMLINT_UNSAFE_FIXES: 'x' is neither true nor false"),
        ("OMLINT_RULE_TIMEOUT", "x", "OMLINT_RULE_TIMEOUT: 'x' is not a number"),
        ("OMLINT_SELECT", "RWX", "OMLINT_SELECT RWX: no rewrite has such a code"),
        ("OMLINT_RULES", "gone.toml", "there is no rule file or folder gone.toml"),
        ("OMLINT_CONFIG", "gone.toml", "OMLINT_CONFIG: gone.toml: there is no such file"),
    ],
)
def test_faults_of_the_environment(folder: Path, capsys, monkeypatch, name, value, said) -> None:
    monkeypatch.setenv(name, value)
    assert main(["fix", "leftovers.pb", "--plan"]) == 2
    assert said in capsys.readouterr().err


def test_variables_of_others_are_left_alone(folder: Path, capsys, monkeypatch) -> None:
    monkeypatch.setenv("OMLINT_COMMAND", "x")
    monkeypatch.setenv("OMLINT_UNSAFE_FIXES", "0")
    assert main(["fix", "leftovers.pb", "--plan", "--target", OMG]) == 1


@pytest.mark.parametrize(
    "flags", [["--config", "a.toml", "--no-config"], ["--no-config", "--config", "a.toml"]]
)
def test_config_and_no_config(folder: Path, capsys, flags: list[str]) -> None:
    Path("a.toml").touch()
    assert main(["rules", *flags]) == 2
    assert "exclude each other" in capsys.readouterr().err
    assert main(["rules", "--config", "b.toml"]) == 2
    assert "--config b.toml: there is no such file" in capsys.readouterr().err


def test_a_project_file_of_others_may_be_broken(folder: Path, capsys) -> None:
    (folder / "pyproject.toml").write_bytes(b"\xff = [")
    assert main(["rules"]) == 0
    (folder / "pyproject.toml").write_text("[tool.omlint]\ntarget = [", "utf-8")
    assert main(["rules"]) == 2
    (folder / "pyproject.toml").write_text("[tool.omlint]\nx = 1", "utf-8")
    assert main(["rules"]) == 2
    assert (
        "../pyproject.toml: tool.omlint: unknown key 'x'" in capsys.readouterr().err.split("\n")[-2]
    )


MODELS = """
target = "atc@8.1.RC1/Ascend310"
[[models]]
glob = "deep/open*.pb"
shapes = { x = [4, 3], "scope/k" = [] }
outputs = ["relu:0"]
target = "omg@hilens-2021-09/Ascend310"
[[models]]
glob = "*.pb"
outputs = "sum"
"""
OPEN = """
x = Placeholder : float32[?,3]
"scope/k" = Placeholder : float32[...]
sum = Add(x, "scope/k")
relu = Relu(sum)
side = Neg(sum)
"""


def test_models_are_told_apart_by_glob(folder: Path, capsys) -> None:
    (folder / "omlint.toml").write_text(MODELS, "utf-8")
    write_graph(Path("open1.pb"), OPEN)
    write_graph(Path("open2.pb"), OPEN)
    main(["check", "open1.pb", "leftovers.pb", "./open2.pb", "--format", "json"])
    results = json.loads(capsys.readouterr().out)["results"]
    assert [model["model"]["path"] for model in results] == [
        "open1.pb",
        "leftovers.pb",
        "./open2.pb",
    ]
    assert [model["model"]["outputs"] for model in results] == [["relu:0"], ["sum:0"], ["relu:0"]]
    assert [model["targets"][0]["target"] for model in results] == [
        OMG,
        "atc@8.1.RC1/Ascend310",
        OMG,
    ]
    assert results[0]["model"]["inputs"][0]["shape"] == [4, 3]
    main(["check", "open1.pb", "--format", "json", "--outputs", "side", "--target", ATC])
    (model,) = json.loads(capsys.readouterr().out)["results"]
    assert model["model"]["outputs"] == ["side:0"]
    assert model["targets"][0]["target"] == ATC
    main(["fix", "open1.pb", "--plan"])
    assert f"open1.pb on {OMG}" in capsys.readouterr().out
    assert main(["matrix", "open1.pb", "--format", "json"]) == 0


def test_ignored_findings_do_not_count(folder: Path, capsys, caplog) -> None:
    entry = '[[ignore]]\nrule = "OPS001"\nnode = "{}"\nreason = "our plugin"\n{}\n'
    text = f'target = "{OMG}"\n' + entry.format("sum", "") + entry.format("check*", "")
    (folder / "omlint.toml").write_text(text, "utf-8")
    assert main(["check", "leftovers.pb", "--format", "json"]) == 0
    (model,) = json.loads(capsys.readouterr().out)["results"]
    codes = {finding["code"] for finding in model["targets"][0]["findings"]}
    assert "OPS001" not in codes
    assert model["targets"][0]["verdict"] == "convertible"
    assert model["targets"][0]["summary"]["unsupported"] == 2
    assert main(["check", "leftovers.pb", "--no-config", "--target", OMG]) == 1
    unused = text + entry.format("gone/*", "") + entry.format("sum", "until = 2001-01-01")
    (folder / "omlint.toml").write_text(unused, "utf-8")
    caplog.clear()
    assert main(["check", "leftovers.pb"]) == 0
    said = [record.getMessage() for record in caplog.records]
    idle, ended = (f"../omlint.toml: ignore[{number}]" for number in (3, 4))
    assert f"GATE unused-ignore: {idle}: nothing was found that it could ignore" in said
    assert f"GATE expired-ignore: {ended} ended on 2001-01-01: our plugin" in said


def test_codes_and_entries_may_stand_together(folder: Path, capsys) -> None:
    text = f'target = "{OMG}"\nignore = ["RWS", {{ rule = "OPS", reason = "r" }}]\n'
    (folder / "omlint.toml").write_text(text, "utf-8")
    assert main(["check", "leftovers.pb"]) == 0
    assert main(["fix", "leftovers.pb", "--plan"]) == 1
    out = capsys.readouterr().out
    assert "RWD008" in out
    assert "RWS" not in out


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ignore = 3", "ignore: 3 is neither the code of a rewrite nor a table"),
        ("[[ignore]]\nrule = 'OPS001'", "ignore[1]: reason is missing"),
        ("[[ignore]]\nrule = 'OPS001'\nreason = ' '", "ignore[1].reason: it is empty"),
        ("[[ignore]]\nrule = 'XYZ'\nreason = 'r'", "ignore[1].rule: no lint rule has a code like"),
        ("[[ignore]]\nrule = 'OPS'\nreason = 'r'\nuntil = 'x'", "a day is written as 2026-12-31"),
        ("[[ignore]]\nrul = 'OPS'", "ignore[1]: rule is missing; is it meant by 'rul'?"),
        ("[[models]]\nshapes = {}", "models[1]: glob is missing"),
        ("[[models]]\nglob = 'x'\nshape = {}", "unknown key 'shape'; did you mean 'shapes'?"),
        ("[[models]]\nglob = 'x'\nshapes = { x = 3 }", "models[1].shapes.x: 3 is not a list"),
        ("[models]\nglob = 'x'", "is not a list of tables ([[models]])"),
    ],
)
def test_faults_of_entries(folder: Path, capsys, text: str, said: str) -> None:
    (folder / "omlint.toml").write_text(text, "utf-8")
    assert main(["check", "leftovers.pb"]) == 2
    err = capsys.readouterr().err
    assert said in err
    assert err.count("\n") == 1


def test_tolerances_of_a_model_reach_the_comparison(folder: Path, capsys, monkeypatch) -> None:
    given: list[dict[str, Tolerance]] = []

    def note(*_: object, options: FixOptions, **__: object) -> None:
        given.append(dict(options.proof.tolerances))
        raise UsageError("enough")

    monkeypatch.setattr("linter.api.commands.fix.fix", note)
    text = (
        '[[models]]\nglob = "left*"\ntolerances = { relu = { rtol = 0.5 }, "a:1" = { atol = 1 } }\n'
    )
    (folder / "omlint.toml").write_text(text, "utf-8")
    assert main(["fix", "leftovers.pb", "-o", "out.pb"]) == 2
    assert main(["fix", "leftovers.pb", "-o", "out.pb", "--no-config"]) == 2
    assert given == [{"relu:0": Tolerance(rtol=0.5), "a:1": Tolerance(atol=1.0)}, {}]
    assert main(["check", "leftovers.pb", "--target", OMG]) == 1
