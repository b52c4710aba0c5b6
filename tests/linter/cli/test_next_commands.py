"""Commands that a report tells to run next work as they stand, whatever names there are."""

from __future__ import annotations

import shlex

import pytest
from sample_graphs import write_graph

from linter.cli.main import main

OMG = "omg@hilens-2021-09/Ascend310"
ODD = "odd $(touch owned) 'name'"
GRAPH = """
"in put" = Placeholder : float32[?,3]
{odd} = {op}("in put")
y = Relu({odd})
"""
DROPOUT = """
x = Placeholder : float32[2,3]
size = Const : int32[2] = [2,3]
random = RandomUniform(size) {dtype=float32}
half = Const : float32[] = 0.5
kept = GreaterEqual(random, half)
mask = Cast(kept) {DstT=float32}
grown = RealDiv(x, half)
dropped = Mul(grown, mask)
y = Relu(dropped)
"""


def next_of(out: str) -> list[str]:
    (line,) = (line for line in out.splitlines() if line.strip().startswith("next "))
    return shlex.split(line.strip().removeprefix("next").partition("    (")[0])


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("op", "sub"), [("Relu", "convert"), ("StopGradient", "fix"), ("Where", "explain")]
)
def test_check_repeats_what_it_was_told(op, sub, folder, capsys):
    path = "mo del$x.pb"
    write_graph(folder / path, GRAPH.format(odd=f'"{ODD}"', op=op).replace("Where", "Unique"))
    flags = [
        "--target", OMG, "--input-shape", "in put:2,3", "--outputs", "y:0",
        "--precision-mode", "force_fp32", "--enable-scope-fusion", "A,B",
    ]  # fmt: skip
    main(["check", path, *flags])
    command = next_of(capsys.readouterr().out)
    assert command[:2] == ["omlint", sub]
    assert command[command.index("--target") + 1] == OMG
    if sub == "explain":
        return
    assert command[2] == path
    assert command[command.index("--input-shape") + 1] == "in put:2,3"
    assert command[command.index("--outputs") + 1] == "y:0"
    if sub == "convert":
        assert command[command.index("--") + 1 :] == [
            "--precision_mode=force_fp32",
            "--enable_scope_fusion_passes=A,B",
        ]
    else:
        assert command[command.index("--precision-mode") + 1] == "force_fp32"
        assert command[command.index("--enable-scope-fusion") + 1] == "A,B"


def test_a_name_of_a_node_is_a_word(folder, capsys):
    write_graph(folder / "a.pb", GRAPH.format(odd=f'"{ODD}"', op="Unique"))
    assert main(["fix", "a.pb", "--plan", "--target", OMG]) == 1
    command = next_of(capsys.readouterr().out)
    assert command[command.index("--why") + 1] == ODD
    assert main(command[1:]) == 1


def test_check_names_the_flag_where_only_a_manual_rewrite_helps(folder, capsys):
    write_graph(folder / "drop.pb", DROPOUT)
    assert main(["check", "drop.pb", "--target", OMG]) == 1
    out = capsys.readouterr().out
    assert "omlint fix --unsafe-fixes: RWD007 (manual)" in out
    command = next_of(out)
    assert command[-1] == "--unsafe-fixes"
    assert main([*command[1:], "--no-verify"]) == 0
