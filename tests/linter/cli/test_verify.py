"""``omlint verify`` and what ``fix`` does when nothing can be compared."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from sample_graphs import write_graph

import linter.report
from linter.cli.main import main

SCHEMA = Path(linter.report.__file__).parent / "schema" / "verify.schema.json"
pytestmark = pytest.mark.tf

A = """
x = Placeholder : float32[2,3]
c = Const : float32[] = 0.5
y = Mul(x, c)
z = Neg(x)
"""
B = A.replace("0.5", "0.502").replace("z = Neg(x)\n", "")
OMG = "omg@hilens-2021-09/Ascend310"
ALIEN = """
a = Placeholder : float32[2,3]
checked = CheckNumerics(a) {message="a"}
alien = NoSuchOp(checked)
"""


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """One real comparison: its exit code, output, and what it kept."""
    if importlib.util.find_spec("tensorflow") is None:
        pytest.skip("tensorflow is not installed")
    folder = tmp_path_factory.mktemp("verify")
    write_graph(folder / "a.pb", A)
    write_graph(folder / "b.pb", B)
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run(
        [sys.executable, "-P", "-m", "linter", "verify", "a.pb", "b.pb", "--save", "kept.npz"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )
    return folder, done


@pytest.fixture
def folder(ran, tmp_path, monkeypatch):
    for path in ran[0].iterdir():
        shutil.copy(path, tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_different_and_missing_outputs(ran, golden):
    _, done = ran
    assert done.returncode == 4
    assert done.stderr == ""
    golden("verify.txt", done.stdout)


def test_judged_again(folder, capsys, golden):
    assert main(["verify", "--rejudge", "kept.npz", "--format", "json"]) == 4
    text = capsys.readouterr().out
    golden("verify.json", text)
    value = json.loads(text)
    jsonschema.validate(value, json.loads(SCHEMA.read_text(encoding="utf-8")))
    assert list(value)[:3] == ["equal", "outputs", "seeds"]
    for output in value["outputs"]:
        assert list(output)[:4] == ["name", "max_abs", "max_rel", "ok"]
    assert main(["verify", "--rejudge", "kept.npz", "--rtol", "0.01"]) == 4
    out = capsys.readouterr().out
    assert "ok         y:0" in out
    assert "DIFFERENT  z:0" in out


def test_outputs_from_elsewhere(folder, capsys):
    with np.load("kept.npz") as kept:
        outputs = {name: kept[name] for name in kept.files if name.startswith("first/")}
    np.savez("device.npz", **{name.removeprefix("first/"): a for name, a in outputs.items()})

    assert main(["verify", "--rejudge", "kept.npz", "--against", "device.npz"]) == 0
    assert capsys.readouterr().out.startswith("EQUAL: 2 outputs")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "verify compares two graphs, A.pb and B.pb; given: 0"),
        (["a.pb"], "given: 1"),
        (["a.pb", "b.pb", "a.pb"], "given: 3"),
        (["a.pb", "b.pb", "--against", "kept.npz"], "--against goes with --rejudge"),
        (["a.pb", "--rejudge", "kept.npz"], "runs nothing; a.pb has no use there"),
        (["--rejudge", "kept.npz", "--seeds", "3"], "--seeds has no use there"),
        (["--rejudge", "nope.npz"], "nope.npz: No such file or directory"),
        (["--rejudge", "a.pb"], "a.pb: not an .npz of arrays but a graph"),
        (["--rejudge", "kept.npz", "--rtol", "-1"], "--rtol -1 is no tolerance"),
        (["--rejudge", "kept.npz", "--atol", "nan"], "--atol nan is no tolerance"),
        (["a.pb", "b.pb", "--seeds", "1"], "2 to 1000 different seeds are wanted"),
        (["a.pb", "b.pb", "--seeds", "4,4"], "2 to 1000 different seeds are wanted"),
        (["a.pb", "b.pb", "--seeds", "two"], "neither a number nor a list such as 0,7,11"),
        (["a.pb", "b.pb", "--timeout", "0"], "--timeout 0 is no number of seconds"),
        (["a.pb", "b.pb", "--memory-limit", "0"], "--memory-limit 0 is no number of MiB"),
        (["a.pb", "b.pb", "--save", "a.pb"], "a.pb is the input; it would be overwritten"),
        (["a.pb", "b.pb", "--save", "no/r.npz"], "there is no folder no"),
        (["a.pb", "b.pb", "--feed", "nope.npz"], "nope.npz: No such file or directory"),
        (["a.pb", "b.pb", "--feed", "kept.npz"], "kept.npz: the model has no input about"),
        (["a.pb", "b.pb", "--outputs", "yy"], "a.pb has no node 'yy' to be an output"),
    ],
)
def test_usage(folder, capsys, arguments, message):
    assert main(["verify", *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert message in captured.err
    assert captured.err.count("\n") == 1


def test_out_of_time_and_memory(folder, capsys):
    assert main(["verify", "a.pb", "b.pb", "--timeout", "0.3"]) == 4
    assert "did not finish within 0.3 seconds and was ended" in capsys.readouterr().err
    assert main(["verify", "a.pb", "b.pb", "--memory-limit", "30", "--save", "r.npz"]) == 4
    assert "of memory, the limit is 30 MiB, and was ended" in capsys.readouterr().err
    assert not Path("r.npz").exists()


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--timeout", "0.3"], "did not finish within 0.3 seconds and was ended"),
        (["--memory-limit", "30"], "of memory, the limit is 30 MiB, and was ended"),
        ([], "does not know NoSuchOp (node alien)"),
    ],
)
def test_fix_that_cannot_be_proved_loses_nothing(folder, capsys, flags, message):
    write_graph(folder / "alien.pb", ALIEN)
    Path("out.pb").write_bytes(b"what was there before")
    command = ["fix", "alien.pb", "-o", "out.pb", "--target", OMG]

    assert main([*command, "--save-results", "r.npz", *flags]) == 4
    captured = capsys.readouterr()
    assert message in captured.err
    assert "nothing written" in captured.err
    assert "--no-verify writes the graph without comparing the numbers" in captured.err
    assert "the change that did it" not in captured.err
    assert Path("out.pb").read_bytes() == b"what was there before"
    record = json.loads(Path("out.pb.rewrites.json").read_text(encoding="utf-8"))
    assert (record["verified"], record["output_sha256"]) == ("unverified", None)
    assert sorted(path.name for path in folder.iterdir()) == [
        "a.pb", "alien.pb", "b.pb", "kept.npz", "out.pb", "out.pb.rewrites.json",
    ]  # fmt: skip
    assert main([*command, "--no-verify"]) == 1
    assert Path("out.pb").stat().st_size > 0


def test_fix_keeps_its_comparison(folder, capsys):
    text = ALIEN.replace("NoSuchOp", "Relu")
    write_graph(folder / "m.pb", text)

    for flag in ("--plan", "--diff"):
        assert main(["fix", "m.pb", flag, "--save-results", "r.npz", "--target", OMG]) == 2
    capsys.readouterr()
    assert main(["fix", "m.pb", "-o", "o.pb", "--save-results", "r.npz", "--target", OMG]) == 0
    assert main(["verify", "--rejudge", "r.npz"]) == 0
    assert "alien:0" in capsys.readouterr().out
