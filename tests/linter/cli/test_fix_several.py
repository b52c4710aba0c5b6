"""``omlint fix`` of several models."""

from __future__ import annotations

import pytest
from sample_graphs import write_graph

from linter.cli.main import main
from linter.io.reader import load

OMG = ["--target", "omg@hilens-2021-09/Ascend310", "--no-verify"]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("a.pb", "c.pb"):
        write_graph(tmp_path / name, "x = Placeholder : float32[2]\ny = AddV2(x, x)")
    (tmp_path / "b.pb").write_bytes(b"\x0a\xff")
    return tmp_path


def test_a_fault_of_one_stops_no_other(folder, capsys):
    assert main(["fix", "a.pb", "b.pb", "c.pb", "--in-place", *OMG]) == 3
    assert {node.op for name in ("a.pb", "c.pb") for node in load(name).main} == {
        "Placeholder",
        "Add",
    }
    assert capsys.readouterr().err.count("omlint: error: b.pb") == 1


def test_the_worst_exit_code_counts(folder, capsys):
    assert main(["fix", "a.pb", "c.pb", "--plan", *OMG]) == 1
    assert main(["fix", "a.pb", "c.pb", "--in-place", *OMG]) == 0
    assert main(["fix", "a.pb", "c.pb", "--plan", *OMG]) == 0


def test_one_output_serves_one_model(folder, capsys):
    assert main(["fix", "a.pb", "c.pb", "-o", "f.pb", *OMG]) == 2
    assert "several models are rewritten with --in-place" in capsys.readouterr().err
