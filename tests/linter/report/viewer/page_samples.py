"""Views of small graphs, judged as ``omlint view`` judges them."""

from __future__ import annotations

from pathlib import Path

from linter import api
from linter.io.graphtext import parse
from linter.io.writer import write
from linter.results.view import View

TARGET = "omg@hilens-2021-09/Ascend310"

BEFORE = """
x = Placeholder : float32[2,3]
body/checked = CheckNumerics(x) {message="x"}
body/half = Const : float32[] = 0.5
body/sum = AddV2(body/checked, body/half)
body/inner/relu = Relu(body/sum)
head/neg = Neg(body/inner/relu)
head/out = Relu(head/neg)
"""

AFTER = """
x = Placeholder : float32[2,3]
body/half = Const : float32[] = 0.5
body/sum = Add(x, body/half)
body/inner/relu = Relu(body/sum)
head/neg = Neg(body/inner/relu)
head/more = Abs(head/neg)
head/out = Relu(head/more)
"""

SCRIPT = "</script><script>document.title = 'run'</script>"
MARKUP = "<img src=x onerror=\"document.title='run'\">"
HOSTILE = f"""
"{SCRIPT}" = Placeholder : float32[2,3]
"a/{MARKUP}" = CheckNumerics("{SCRIPT}") {{message="<!-- <script> ]]> {MARKUP.replace('"', "")}"}}
"a/__proto__" = Relu("a/{MARKUP}")
""".replace(f'"a/{MARKUP}"', '"a/' + MARKUP.replace('"', '\\"') + '"')


def graph(folder: Path, text: str, name: str = "model.pb") -> str:
    """Write a graph; gives its path."""
    path = folder / name
    write(parse(text), path)
    return str(path)


def view_of(folder: Path, text: str = BEFORE, after: str | None = None) -> View:
    """The view of a graph on a target that refuses some of it."""
    rewritten = None if after is None else graph(folder, after, "after.pb")
    return api.view(
        graph(folder, text), after=rewritten, targets=[TARGET], with_matrix=after is not None
    )


def chain(blocks: int) -> str:
    """A long graph of nested scopes, a refused node in each block."""
    lines = ["x = Placeholder : float32[2,3]"]
    last = "x"
    for block in range(blocks):
        scope = f"stage_{block // 20}/block_{block % 20}"
        lines += [
            f"{scope}/relu = Relu({last})",
            f"{scope}/neg = Neg({last})",
            f"{scope}/sum = AddV2({scope}/relu, {scope}/neg)",
            f"{scope}/abs = Abs({scope}/sum)",
        ]
        last = f"{scope}/abs"
    return "\n".join(lines)
