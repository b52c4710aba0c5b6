"""The configuration file and the environment stand where flags are not given."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sample_graphs import DEBRIS, write_graph

from linter.cli.main import main

OMG = "omg@hilens-2021-09/Ascend310"
ATC = "atc@5.1.RC1/Ascend310"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "project" / "deep").mkdir(parents=True)
    write_graph(tmp_path / "project" / "deep" / "debris.pb", DEBRIS)
    monkeypatch.chdir(tmp_path / "project" / "deep")
    for name in ("OMLINT_TARGET", "OMLINT_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "project"


def _targets(capsys: pytest.CaptureFixture[str], *flags: str) -> list[str]:
    main(["check", "debris.pb", "--format", "json", *flags])
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
    done = omlint("check", "project/deep/debris.pb", "-v")
    assert "omlint: configuration: omlint.toml" in done.stderr
    assert OMG in done.stdout


def test_a_command_for_one_target(folder: Path, capsys) -> None:
    (folder / "omlint.toml").write_text(f'target = "{OMG}"', "utf-8")
    assert main(["fix", "debris.pb", "--plan"]) == 1
    assert f"debris.pb on {OMG}" in capsys.readouterr().out
    (folder / "omlint.toml").write_text(f'target = ["{OMG}", "{ATC}"]', "utf-8")
    assert main(["fix", "debris.pb", "--plan"]) == 2
    assert "fix works for one target, and ../omlint.toml names 2" in capsys.readouterr().err
    assert main(["fix", "debris.pb", "--plan", "--target", OMG]) == 1


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
        assert main(["check", "debris.pb"]) == code, text
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
        assert main(["fix", "debris.pb", "--plan"]) == 1
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
    assert main(["fix", "debris.pb", "--plan"]) == 2
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
    assert main(["fix", "debris.pb", "--plan"]) == 2
    assert said in capsys.readouterr().err


def test_variables_of_others_are_left_alone(folder: Path, capsys, monkeypatch) -> None:
    monkeypatch.setenv("OMLINT_COMMAND", "x")
    monkeypatch.setenv("OMLINT_UNSAFE_FIXES", "0")
    assert main(["fix", "debris.pb", "--plan", "--target", OMG]) == 1


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
