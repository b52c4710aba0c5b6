"""The graph of docs/cutting.md is cut as the page says."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

from linter.cli.main import main
from linter.io.graphtext import parse
from linter.io.writer import write

PAGE = Path(__file__).resolve().parents[1] / "docs" / "cutting.md"
GRAPH = re.compile(r"<!-- graph: (\S+) -->\n```\n(.*?)```\n", re.DOTALL)
RUN = re.compile(r"(<!-- run -->\n```console\n\$ omlint ([^\n]*)\n)(.*?)```\n", re.DOTALL)


@pytest.mark.tf
@pytest.mark.skipif(importlib.util.find_spec("tensorflow") is None, reason="needs tensorflow")
def test_the_run_is_real(tmp_path, monkeypatch, capsys, request):
    monkeypatch.chdir(tmp_path)
    text = PAGE.read_text("utf-8")
    for name, graph in GRAPH.findall(text):
        write(parse(graph), tmp_path / name)
    (head, arguments, printed), *rest = RUN.findall(text)
    assert not rest
    assert main([*arguments.split(), "--no-config"]) == 0
    found = capsys.readouterr().out
    if request.config.getoption("--update-golden"):
        PAGE.write_text(text.replace(f"{head}{printed}```", f"{head}{found}```"), "utf-8")
        return
    assert found == printed
    assert sorted(path.name for path in (tmp_path / "parts").iterdir()) == sorted(
        re.findall(r"`(\w+\.(?:pb|py|json))`", "".join(re.findall(r"^\| `.*", text, re.M)))
    )
