"""Write a graph with the installed omlint and nothing else: python make_graph.py OUT.pb."""

from __future__ import annotations

import sys

from linter.io.graphtext import parse
from linter.io.writer import write

TEXT = """
image = Placeholder : float32[1,8,8,3]
kernel = Const : float32[3,3,3,4] = 0.1
conv = Conv2D(image, kernel) {strides=[1, 1, 1, 1], padding="SAME"}
relu = Relu(conv)
"""

if __name__ == "__main__":
    write(parse(TEXT), sys.argv[1])
