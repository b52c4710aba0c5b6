"""Scope fusion passes and flags of atc, from the command line to the verdict."""

from __future__ import annotations

import json

import pytest
from sample_graphs import write_graph

from linter.cli.main import main

CELL = """
x = Placeholder : float32[?,4]
w = Const : float32[4,8] = 0.5
d = Const : int32 = 1
cell/mm = MatMul(x, w)
cell/split = Split(d, cell/mm) {num_split=4}
cell/i = Sigmoid(cell/split)
cell/f = Sigmoid(cell/split:1)
cell/o = Sigmoid(cell/split:2)
cell/j = Tanh(cell/split:3)
cell/m = Mul(cell/i, cell/j)
cell/m_1 = Mul(cell/f, cell/m)
cell/t = Tanh(cell/m_1)
y = Mul(cell/o, cell/t)
"""
FUSED = CELL.replace("y = Mul(cell/o", "cell/m_2 = Mul(cell/o") + "y = Relu(cell/m_2)"
PASS = "ScopeBasicLSTMCellPass"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    for variable in ("ASCEND_TOOLKIT_HOME", "ASCEND_HOME_PATH"):
        monkeypatch.delenv(variable, raising=False)
    write_graph(tmp_path / "cell.pb", FUSED)
    write_graph(tmp_path / "other.pb", CELL)
    return tmp_path


def placements(path, capsys, *flags):
    assert main(["check", path, "--format", "json", *flags]) == 0
    captured = capsys.readouterr()
    summary = json.loads(captured.out)["results"][0]["targets"][0]["summary"]
    return summary["placements"], captured.err


def test_check_fuses_what_the_pass_takes(folder, capsys):
    assert "fused" not in placements("cell.pb", capsys)[0]
    found, err = placements("cell.pb", capsys, "--enable-scope-fusion", f"{PASS},{PASS}")
    assert found["fused"] == 10
    assert err == ""
    assert "fused" not in placements("other.pb", capsys, "--enable-scope-fusion", PASS)[0]


def test_check_warns_of_an_unknown_pass(folder, capsys, caplog):
    found, _ = placements("cell.pb", capsys, "--enable-scope-fusion", PASS[:-1])
    assert "fused" not in found
    assert f"has no scope fusion pass {PASS[:-1]}; near: {PASS}" in caplog.text


def test_fix_takes_the_passes_too(folder, capsys):
    assert main(["fix", "cell.pb", "--plan", "--enable-scope-fusion", PASS]) == 0


def test_convert_honours_and_names_flags_of_atc(folder, capsys):
    code = main(
        ["convert", "cell.pb", "-o", "net", "--dry-run", "--no-verify", "--",
         f"--enable_scope_fusion_passes={PASS}", "--dynamic_batch_size=1,2",
         "--insert_op_conf=a.cfg", "--log=info"]
    )  # fmt: skip
    assert code == 0
    words = " ".join(capsys.readouterr().out.split())
    assert "not modelled --insert_op_conf: the verdict does not take them into account" in words
    assert "--input_shape=x:-1,4" in words
    record = json.loads((folder / "net.pb.rewrites.json").read_text())
    assert record["after"]["placements"]["fused"] == 10


def test_convert_demands_the_sizes_that_no_flag_opens(folder, capsys):
    for flags in ([], ["--", "--input_shape_range=y:[1~2]"]):
        assert main(["convert", "cell.pb", "-o", "net", "--dry-run", *flags]) == 2
        assert '--input-shape "x:1,4"' in capsys.readouterr().err
    assert not (folder / "net.pb").exists()


def test_convert_says_nothing_of_flags_without_effect(folder, capsys):
    flags = ["--", "--log=info", "--output_type=FP32", "--input_format=NHWC"]
    code = main(["convert", "cell.pb", "-o", "net", "--input-shape", "x:1,4", "--dry-run",
                 "--no-verify", *flags])  # fmt: skip
    assert code == 0
    assert "not modelled" not in capsys.readouterr().out
