"""What commands print about databases, ops and rules fits eighty columns off a terminal too."""

from __future__ import annotations

import pytest
from sample_graphs import LEFTOVERS, write_graph

from linter.cli.main import main


@pytest.mark.parametrize(
    "words",
    [
        ["ops"],
        ["ops", "Sum", "--target", "omg@hilens-2021-09/Ascend310"],
        ["db", "list"],
        ["db", "list", "-v"],
        ["rules"],
        ["config"],
        ["matrix", "leftovers.pb"],
    ],
    ids=" ".join,
)
def test_tables_fit_eighty_columns(words, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    write_graph(tmp_path / "leftovers.pb", LEFTOVERS)
    assert main(words) == 0
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80
