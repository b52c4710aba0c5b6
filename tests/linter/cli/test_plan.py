"""``omlint fix --plan``: the steps in the order made, and what is left after each."""

from __future__ import annotations

from sample_graphs import write_graph

from linter.cli.main import main

OMG = "omg@hilens-2021-09/Ascend310"
MIXED = """
x = Placeholder : float32[2,3]
checked = CheckNumerics(x) {message="x"}
half = Const : float32[] = 0.5
a = AddV2(checked, half)
b = AddV2(a, half)
u = Unique(b)
"""


def test_the_plan_is_numbered_and_counts_down(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    write_graph(tmp_path / "mixed.pb", MIXED)
    assert main(["fix", "mixed.pb", "--plan", "--target", OMG]) == 1
    out = capsys.readouterr().out
    assert "3 rewrites (planned)" in out
    first = out.index("1. RWD008 check-numerics (exact)\n")
    second = out.index("2. RWS010 add-v2 (exact) ×2\n")
    assert first < second
    lines = [line.split(None, 1)[1] for line in out.splitlines() if " left " in line]
    assert lines == ["3 unsupported: AddV2 ×2, Unique", "1 unsupported: Unique"]
    assert "removed  2 nodes: AddV2 ×2" in out
    assert "added    2 nodes: Add ×2" in out
    assert [path.name for path in tmp_path.iterdir()] == ["mixed.pb"]


def test_a_long_plan_names_the_nodes(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    write_graph(tmp_path / "mixed.pb", MIXED)
    main(["fix", "mixed.pb", "--plan", "--target", OMG, "-v"])
    assert "removed  1 node: checked (CheckNumerics)" in capsys.readouterr().out
