"""``--cut-inputs`` on the command line."""

from __future__ import annotations

import json

import pytest
from sample_graphs import write_graph

from linter.cli.main import main
from linter.io.reader import load

OMG = "omg@hilens-2021-09/Ascend310"
QUEUE = """
queue = FIFOQueueV2() {component_types=[float32, int64], shapes=[shape(3), shape()]}
batch = QueueDequeueManyV2(queue, n) {component_types=[float32, int64]}
n = Const : int32[] = 4
w = Const : float32[3,2] = 0.5
logits = MatMul(batch, w)
y = Relu(logits)
labels = Cast(batch:1) {DstT=float32}
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_graph(tmp_path / "queue.pb", QUEUE)
    return tmp_path


def test_check_judges_the_cut_model(folder, capsys):
    assert main(["check", "queue.pb", "--outputs", "y", "--target", OMG]) == 1
    capsys.readouterr()
    cut = ["--cut-inputs", "batch:0", "--outputs", "y", "--input-shape", "batch:4,3"]
    assert (
        main(
            [
                "check",
                "queue.pb",
                *cut,
                "--target",
                OMG,
                "--format",
                "text",
                "--format",
                "json:r.json",
            ]
        )
        == 0
    )
    captured = capsys.readouterr()
    assert "inputs   batch float32[4,3]\n" in captured.out
    assert "(cut at batch:0)" in captured.out
    assert " --outputs y:0 --cut-inputs batch:0" in captured.out
    model = json.loads((folder / "r.json").read_text())["results"][0]["model"]
    assert model["inputs"] == [{"name": "batch", "dtype": "float32", "shape": [4, 3]}]
    assert "QueueDequeueManyV2" not in model["op_types"]


def test_what_is_still_needed_is_said(folder, caplog):
    assert main(["check", "queue.pb", "--cut-inputs", "batch:1", "--target", OMG]) == 1
    assert "still needed although the graph is cut below: queue" in caplog.text


def test_fix_writes_the_cut_model(folder, capsys):
    flags = ["--cut-inputs", "batch", "--outputs", "y", "--no-verify"]
    assert main(["fix", "queue.pb", "-o", "out.pb", *flags]) == 0
    assert [node.op for node in load("out.pb").main] == ["Placeholder", "Const", "MatMul", "Relu"]
    assert main(["check", "out.pb"]) == 0


def test_convert_compiles_the_cut_model(folder, capsys):
    flags = ["--cut-inputs", "batch", "--outputs", "y", "--no-verify", "--dry-run"]
    flags += ["--input-shape", "batch:4,3"]
    assert main(["convert", "queue.pb", "-o", "net", *flags]) == 0
    assert "--input_shape=batch:4,3 " in capsys.readouterr().out


@pytest.mark.parametrize("command", ["check", "inspect", "matrix"])
def test_an_unknown_tensor_is_a_fault_of_usage(folder, capsys, command):
    assert main([command, "queue.pb", "--cut-inputs", "bach:0"]) == 2
    error = capsys.readouterr().err
    assert "no node 'bach'" in error
    assert "near it: batch" in error


def test_inspect_shows_the_cut_model(folder, capsys):
    assert main(["inspect", "queue.pb", "--cut-inputs", "batch:0;batch:1"]) == 0
    assert "batch/output_1 int64[4]" in capsys.readouterr().out


@pytest.mark.tf
def test_verify_feeds_the_cut_tensors(folder, capsys):
    from importlib.util import find_spec

    if find_spec("tensorflow") is None:
        pytest.skip("needs tensorflow")
    flags = ["--cut-inputs", "batch", "--outputs", "y", "--input-shape", "batch:4,3"]
    assert main(["fix", "queue.pb", "-o", "out.pb", *flags, "--no-verify"]) == 0
    assert main(["verify", "queue.pb", "out.pb", *flags]) == 0
    assert "fed      batch float32[4,3]" in capsys.readouterr().out
