"""``--set-input`` on the command line."""

from __future__ import annotations

import json

import pytest
from sample_graphs import write_graph

from linter.cli.main import main
from linter.io.reader import load

OMG = "omg@hilens-2021-09/Ascend310"
TRAINED = """
x = Placeholder : float32[2,3]
flag = Placeholder : bool[]
keep = Placeholder : float32[]
pivot = Switch(flag, flag)
pivot_t = Identity(pivot:1)
pivot_f = Identity(pivot)
pred = Identity(flag)
in = Switch(x, pred)
noisy = Abs(in:1, ^pivot_t)
plain = Neg(in, ^pivot_f)
out = Merge(plain, noisy)
y = Mul(out, keep)
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_graph(tmp_path / "model.pb", TRAINED)
    return tmp_path


def test_a_flag_that_is_set_decides_a_conditional(folder, capsys):
    assert main(["check", "model.pb", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["results"][0]["targets"][0]["verdict"] == "uncertain"
    assert main(["check", "model.pb", "--set-input", "flag=false;keep=1.0"]) == 0
    text = capsys.readouterr().out
    assert "CONVERTIBLE" in text
    assert "(set: flag=false, keep=1.0)" in text
    assert "flag bool[]" not in text
    assert " --set-input 'flag=false;keep=1.0'" in text


@pytest.mark.tf
def test_fix_writes_the_model_in_which_it_is_set_and_proves_that(folder, capsys):
    pytest.importorskip("tensorflow")
    given = ["--set-input", "flag=false", "--set-input", "keep=0.5", "--outputs", "y"]
    assert main(["fix", "model.pb", "-o", "f.pb", "--target", OMG, *given]) == 0
    assert "verified equal" in capsys.readouterr().out
    main_graph = load("f.pb").main
    assert not {"Switch", "Merge", "Abs"} & {node.op for node in main_graph}
    assert main_graph["keep"].op == "Const"
    assert main(["verify", "model.pb", "f.pb", "--outputs", "y", *given[:4]]) == 0
    assert main(["verify", "model.pb", "f.pb", "--outputs", "y", "--set-input", "keep=0.25"]) != 0


@pytest.mark.tf
def test_the_set_model_is_written_though_nothing_else_changes(folder, capsys):
    pytest.importorskip("tensorflow")
    write_graph(
        folder / "kept.pb",
        "x = Placeholder : float32[2]\nk = Placeholder : float32[]\ny = Mul(x, k)",
    )
    assert main(["fix", "kept.pb", "-o", "f.pb", "--set-input", "k=2"]) == 0
    assert load("f.pb").main["k"].op == "Const"
    text = capsys.readouterr().out
    assert "(set: k=2)" in text
    assert "verified equal: no node was rewritten" in text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("flag", "'flag' is not written like 'is_training=false'"),
        ("flag=", "is not written like"),
        ("=1", "is not written like"),
        ("flag=1;flag=0", "names 'flag' twice"),
        ("“flag”=1", "--set-input holds"),
        ("gone=1", "the model has no node 'gone'"),
    ],
)
def test_a_malformed_value_is_one_sentence(folder, capsys, text, reason):
    assert main(["check", "model.pb", "--set-input", text]) == 2
    captured = capsys.readouterr()
    assert reason in captured.err
    assert captured.err.count("\n") == 1


def test_the_configuration_may_set_it(folder, capsys):
    (folder / "omlint.toml").write_text(
        '[[models]]\nglob = "model.pb"\nset_inputs = ["flag=false", "keep=1.0"]\n'
    )
    assert main(["check", "model.pb"]) == 0
    assert "(set: flag=false, keep=1.0)" in capsys.readouterr().out
