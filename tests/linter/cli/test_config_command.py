"""``omlint config`` and ``omlint init``: what holds, why, and what to start with."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest
from sample_graphs import CLEAN, LEFTOVERS, write_graph

from linter.cli.main import main

OMG = "omg@hilens-2021-09/Ascend310"
FILE = f"""
# what holds
lang = "zh"
target = [
  "{OMG}",
]

[gate]
max-warnings = 3

[severity]
OPS003 = "error"

[[models]]
glob = "a.pb"
shapes = {{ x = [1, 2] }}

[[ignore]]
rule = "OPS001"
reason = "ours"
until = 2999-12-31
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _settings(capsys: pytest.CaptureFixture[str], *flags: str) -> dict[str, list]:
    capsys.readouterr()
    assert main(["config", "--format", "json", *flags]) == 0
    found = json.loads(capsys.readouterr().out)
    return {
        item["key"]: [item["value"], item["origin"], item["where"]] for item in found["settings"]
    }


def test_every_setting_has_its_origin(folder: Path, capsys, monkeypatch) -> None:
    Path("omlint.toml").write_text(FILE, "utf-8")
    monkeypatch.setenv("OMLINT_FAIL_ON", "warning")
    found = _settings(capsys, "--strict", "--select", "OPS", "--select", "DTY")
    assert found["lang"] == ["zh", "file", "omlint.toml:3"]
    assert found["target"] == [[OMG], "file", "omlint.toml:4"]
    assert found["gate.max_warnings"] == [3, "file", "omlint.toml:9"]
    assert found["fail_on"] == ["warning", "environment", "OMLINT_FAIL_ON"]
    assert found["gate.strict"] == [True, "flag", "--strict"]
    assert found["select"] == [["OPS", "DTY"], "flag", "--select"]
    assert found["gate.min_coverage"] == [0, "default", None]
    assert _settings(capsys, "--no-config")["lang"] == ["en", "default", None]


def test_a_table_of_a_project_file(folder: Path, capsys) -> None:
    text = '[project]\nname = "x"\nlang = "de"\n[tool.omlint]\nlang = "zh"\n'
    Path("pyproject.toml").write_text(text + '[tool.omlint.gate]\nfail_on = "info"\n', "utf-8")
    found = _settings(capsys)
    assert found["lang"] == ["zh", "file", "pyproject.toml:5"]
    assert found["fail_on"] == ["info", "file", "pyproject.toml:7"]


def test_as_text(folder: Path, capsys) -> None:
    Path("omlint.toml").write_text(FILE, "utf-8")
    assert main(["config"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "file: omlint.toml"
    assert f"target                 {OMG}  omlint.toml:4" in lines
    assert "  OPS003 error (omlint.toml:12)" in lines
    assert "  glob a.pb · shapes x:1,2 (omlint.toml:14)" in lines
    assert "  rule OPS001 · reason ours · until 2999-12-31 (omlint.toml:18)" in lines


def test_faults(folder: Path, capsys) -> None:
    assert main(["config", "--min-coverage", "101"]) == 2
    assert "--min-coverage 101 is not between 0 and 100" in capsys.readouterr().err
    Path("omlint.toml").write_text("x = 1", "utf-8")
    assert main(["config"]) == 2
    assert "omlint.toml: unknown key 'x'" in capsys.readouterr().err
    assert main(["config", "--no-config"]) == 0


def test_the_schema_is_printed(folder: Path, capsys) -> None:
    assert main(["config", "--schema"]) == 0
    schema = json.loads(capsys.readouterr().out)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["properties"]["gate"]["properties"]["max-warnings"]["maximum"] == 999_999


def test_init_writes_what_runs_and_can_be_filled_in(folder: Path, capsys) -> None:
    (folder / "deep" / "er").mkdir(parents=True)
    (folder / ".git").mkdir()
    (folder / "saved").mkdir()
    write_graph(Path(".git/hidden.pb"))
    write_graph(Path("clean.pb"), CLEAN)
    write_graph(Path("deep/clean.pb"), LEFTOVERS)
    write_graph(
        Path('deep/er/o"[1].pb'),
        'x = Placeholder : float32[?,?,3]\n"s/k" = Placeholder : float32[...]\n'
        'sum = Add(x, "s/k")\n',
    )
    Path("saved/saved_model.pb").write_bytes(b"")
    Path("broken.pb").write_bytes(b"\x0a\xff")
    assert main(["init", "--target", OMG]) == 0
    out, err = capsys.readouterr()
    assert out == "omlint.toml: 5 models\n"
    assert "next: omlint config" in err
    text = Path("omlint.toml").read_text("utf-8")
    assert f'target = ["{OMG}"]' in text
    assert '# shapes = { "x" = [1, N, 3], "s/k" = [N] }' in text
    assert '# outputs = ["sum:0"]' in text
    assert text.index('glob = "deep/clean.pb"') < text.index('glob = "clean.pb"')
    assert "# broken.pb: not a TensorFlow GraphDef" in text
    assert "# saved: a SavedModel" in text
    assert "hidden" not in text
    filled = text.replace("# shapes", "shapes").replace("1, N, 3", "1, 4, 3").replace("[N]", "[3]")
    Path("omlint.toml").write_text(filled, "utf-8")
    assert main(["check", 'deep/er/o"[1].pb', "clean.pb", "deep/clean.pb", "--format", "json"]) == 1
    results = json.loads(capsys.readouterr().out)["results"]
    assert results[0]["model"]["inputs"][0]["shape"] == [1, 4, 3]
    assert results[0]["targets"][0]["target"] == OMG


def test_every_commented_setting_is_one(folder: Path, capsys) -> None:
    assert main(["init"]) == 0
    capsys.readouterr()
    text = Path("omlint.toml").read_text("utf-8")
    active = re.sub(r"^# (?=(\w+ = |\[))", "", text, flags=re.MULTILINE)
    assert active != text
    active = active.replace('rule = "..."', 'rule = "OPS"')
    Path("omlint.toml").write_text(active, "utf-8")
    assert main(["config", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    unsaid = [item["key"] for item in found["settings"] if item["origin"] != "file"]
    assert unsaid == ["ignore"]
    assert [entry["table"] for entry in found["entries"]] == ["ignore", "severity"]


def test_init_refuses_to_overwrite(folder: Path, capsys) -> None:
    Path("omlint.toml").write_text("lang = 'zh'", "utf-8")
    for args, said in (
        ([], "omlint.toml is there already; --force replaces it"),
        (["nowhere"], "there is no folder nowhere"),
        (["--force", "--target", "nope"], "nope"),
    ):
        assert main(["init", *args]) == 2
        err = capsys.readouterr().err
        assert said in err
        assert err.count("\n") == 1
    assert Path("omlint.toml").read_text("utf-8") == "lang = 'zh'"
    assert main(["init", "--force"]) == 0
    Path("sub").mkdir()
    assert main(["init", "sub"]) == 0
    assert Path("sub/omlint.toml").is_file()


def test_profiles_of_a_model_are_listed(folder: Path, capsys) -> None:
    text = '[[models]]\nglob = "a.pb"\nshapes = { x = [-1, 2] }\ndynamic_batch_size = "1,2"\n'
    Path("omlint.toml").write_text(text, "utf-8")
    capsys.readouterr()
    assert main(["config"]) == 0
    assert "dynamic_batch_size 1,2" in capsys.readouterr().out
