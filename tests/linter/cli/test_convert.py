"""``omlint convert`` with a stand-in for the compiler."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sample_graphs import CLEAN, LEFTOVERS, write_graph

from linter.cli.main import main

ATC = str(Path(__file__).resolve().parents[2] / "stand_in" / "atc")
OMG = "omg@hilens-2021-09/Ascend310"
BLOCKED = """
x = Placeholder : float32[2,3]
odd = OpOfNobody(x) {T=float32}
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for variable in ("ASCEND_TOOLKIT_HOME", "ASCEND_HOME_PATH"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("STAND_IN_RECORD", str(tmp_path / "seen.json"))
    write_graph(tmp_path / "clean.pb", CLEAN)
    write_graph(tmp_path / "leftovers.pb", LEFTOVERS)
    write_graph(tmp_path / "blocked.pb", BLOCKED)
    write_graph(tmp_path / "open.pb", "x = Placeholder : float32[?,3]\nrelu = Relu(x)")
    return tmp_path


def convert(*arguments):
    return main(["convert", *arguments, "--no-verify"])


def test_converted(folder, capsys):
    assert convert("clean.pb", "-o", "net", "--atc", ATC) == 0
    captured = capsys.readouterr()
    assert (folder / "net.om").read_bytes().startswith(b"IMOD")
    assert (folder / "net.pb").read_bytes() == (folder / "clean.pb").read_bytes()
    assert json.loads((folder / "net.pb.rewrites.json").read_text())["rewrites"] == []
    assert "compiler converted" in captured.out
    assert "ATC start working now" in captured.err
    seen = json.loads((folder / "seen.json").read_text())["argv"]
    assert "--out_nodes=relu:0" in seen
    assert "--input_shape=x:2,3" in seen
    assert "--soc_version=Ascend310" in seen


def test_suffix_om_is_understood(folder, capsys):
    assert convert("clean.pb", "-o", "net.om", "--atc", ATC) == 0
    assert (folder / "net.om").exists()
    assert not (folder / "net.om.om").exists()


def test_without_a_compiler_the_command_is_printed(folder, capsys, monkeypatch):
    monkeypatch.setenv("PATH", str(folder))
    assert convert("leftovers.pb", "-o", "net") == 5
    captured = capsys.readouterr()
    assert (folder / "net.pb").exists()
    assert not (folder / "net.om").exists()
    assert "command  atc --model=net.pb --framework=3 --output=net" in captured.out
    assert "atc was not found; looked in PATH" in captured.err


def test_dry_run(folder, capsys):
    assert convert("clean.pb", "-o", "net", "--atc", ATC, "--dry-run") == 0
    assert (folder / "net.pb").exists()
    assert not (folder / "seen.json").exists()
    assert f"command  {ATC} --model=net.pb" in capsys.readouterr().out


def test_blocked_does_not_reach_the_compiler(folder, capsys):
    assert convert("blocked.pb", "-o", "net", "--atc", ATC) == 1
    assert not (folder / "seen.json").exists()
    captured = capsys.readouterr()
    assert captured.err.splitlines()[-1].startswith("written, still blocked: ")
    assert "--force starts it all the same" in captured.out


def test_force(folder, capsys):
    assert convert("blocked.pb", "-o", "net", "--atc", ATC, "--force") == 0
    assert (folder / "net.om").exists()


def test_compiler_failure_names_the_node(folder, capsys, monkeypatch):
    monkeypatch.setenv("STAND_IN_NO_KERNEL", "MatMul")
    assert convert("clean.pb", "-o", "net", "--atc", ATC) == 5
    captured = capsys.readouterr()
    assert "ATC004" in captured.out
    assert "matmul" in captured.out
    assert "EZ3003" in captured.err.splitlines()[-1]
    assert not (folder / "net.om").exists()


def test_unknown_dimension_stops_before_anything_is_written(folder, capsys):
    names = sorted(path.name for path in folder.iterdir())
    assert convert("open.pb", "-o", "net", "--atc", ATC) == 2
    assert '--input-shape "x:1,3"' in capsys.readouterr().err
    assert sorted(path.name for path in folder.iterdir()) == names


def test_input_shape_reaches_the_compiler(folder, capsys):
    assert convert("open.pb", "-o", "net", "--atc", ATC, "--input-shape", "x:4,3") == 0
    assert "--input_shape=x:4,3" in (folder / "seen.json").read_text()


def test_flags_after_two_dashes(folder, capsys):
    flags = ["--atc", ATC, "--no-verify", "--", "--log=error", "--precision_mode", "force_fp32"]
    assert main(["convert", "clean.pb", "-o", "net", *flags]) == 0
    seen = (folder / "seen.json").read_text()
    assert "--log=error" in seen
    assert "force_fp32" in seen


def test_omg_drives_omg(folder, capsys, monkeypatch):
    monkeypatch.setenv("PATH", str(folder))
    assert convert("leftovers.pb", "-o", "net", "--target", OMG) == 5
    captured = capsys.readouterr()
    assert "command  omg --model=net.pb --framework=3" in captured.out
    assert "--soc_version" not in captured.out


def test_compiler_that_dies(folder, capsys, monkeypatch):
    monkeypatch.setenv("STAND_IN_DIES", "9")
    assert convert("clean.pb", "-o", "net", "--atc", ATC) == 5
    assert "signal 9" in capsys.readouterr().err


def test_functions_lie_beside_the_model(folder, capsys):
    write_graph(
        folder / "calls.pb",
        """
def double(x: float32[2]) -> (y: y:0):
    y = Add(x, x)
a = Placeholder : float32[2]
call = PartitionedCall(a) {f=@double, Tin=[float32], Tout=[float32]}
relu = Relu(call)
""",
    )
    assert convert("calls.pb", "-o", "net", "--atc", ATC, "--force") in (0, 5)
    assert "double" in (folder / "graph_def_library.pbtxt").read_text()
    assert "graph_def_library.pbtxt" in capsys.readouterr().out


def test_a_family_of_chips_is_no_chip(folder, capsys):
    assert convert("clean.pb", "-o", "net", "--dry-run", "--target", "Ascend310P") == 2
    error = capsys.readouterr().err
    assert "Ascend310P3" in error
    assert not (folder / "net.pb").exists()


def test_a_local_target_without_an_import_says_how_to_make_one(folder, capsys, monkeypatch):
    monkeypatch.setenv("OMLINT_DATA_HOME", str(folder / "data"))
    assert convert("clean.pb", "-o", "net", "--dry-run", "--target", "atc@local/Ascend310") == 2
    assert "omlint db import" in capsys.readouterr().err
