"""Every example of docs/graph.md runs, and prints what the page says."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

from linter.io.graphtext import parse
from linter.io.writer import write

PAGE = Path(__file__).resolve().parents[1] / "docs" / "graph.md"
GRAPH = re.compile(r"<!-- graph: (\S+) -->\n```\n(.*?)```\n", re.DOTALL)
EXAMPLE = re.compile(r"```python\n(.*?)```\n(?:```text\n(.*?)```\n)?", re.DOTALL)


def test_every_example_prints_what_the_page_says(tmp_path, monkeypatch, request):
    monkeypatch.chdir(tmp_path)
    text = PAGE.read_text("utf-8")
    for name, graph in GRAPH.findall(text):
        write(parse(graph), tmp_path / name)
    names: dict[str, object] = {}
    examples = list(EXAMPLE.finditer(text))
    assert text.count("```python") == len(examples) > 5
    printed = [_run(example[1], names) for example in examples]
    if request.config.getoption("--update-golden"):
        PAGE.write_text(_updated(text, printed), "utf-8")
        return
    assert printed == [example[2] or "" for example in examples]


def _run(code: str, names: dict[str, object]) -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(code, str(PAGE), "exec"), names)
    return out.getvalue()


def _updated(text: str, printed: list[str]) -> str:
    results = iter(printed)

    def with_result(example: re.Match[str]) -> str:
        result = next(results)
        shown = f"```text\n{result}```\n" if result else ""
        return f"```python\n{example[1]}```\n{shown}"

    return EXAMPLE.sub(with_result, text)
