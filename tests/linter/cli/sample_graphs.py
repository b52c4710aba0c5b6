"""Small graphs as files."""

from __future__ import annotations

from pathlib import Path

from linter.io.graphtext import parse
from linter.io.writer import write

CLEAN = """
x = Placeholder : float32[2,3]
w = Const : float32[3,4] = 0.5
matmul = MatMul(x, w)
relu = Relu(matmul)
"""

LEFTOVERS = """
x = Placeholder : float32[2,3]
checked = CheckNumerics(x) {message="x"}
half = Const : float32[] = 0.5
sum = AddV2(checked, half)
relu = Relu(sum)
"""


def write_graph(path: Path, text: str = CLEAN) -> Path:
    """Write ``text`` as a frozen graph."""
    write(parse(text), path)
    return path
