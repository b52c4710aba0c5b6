"""Text format of a graph: read within limits, with the position of a fault."""

from __future__ import annotations

import re
from typing import Any

from linter.io.messages import GraphDef, TextError, parse_text
from linter.io.view import View
from linter.results.errors import GraphError

__all__ = ["MAX_TEXT", "parse_graph_text"]

MAX_TEXT = 64 << 20
"""Longest text that is read; the parser needs about a second for 1 MiB."""
_MAX_DEPTH = 100
_TOKENS = re.compile(
    r"""#[^\n]*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|[{}<>\[\]]""",
)


def parse_graph_text(view: View) -> Any:
    """The ``GraphDef`` that a text stands for.

    Raises:
        GraphError: it is too long, nested too deeply, no UTF-8, or not the text of a graph.
    """
    if view.size > MAX_TEXT:
        raise GraphError(
            f"the text is longer than {MAX_TEXT >> 20} MiB; convert it to a binary graph first",
            cause="too-large",
        )
    try:
        text = view.read(0, view.size).decode("utf-8")
    except UnicodeDecodeError as error:
        raise GraphError(
            f"text that is not UTF-8 at byte {error.start}", cause="text", offset=error.start
        ) from error
    _check_depth(text)
    message = GraphDef()
    try:
        parse_text(text, message)
    except TextError as error:
        offset = _offset(text, error.line, error.column)
        raise GraphError(
            f"not the text of a GraphDef: {error}", cause="text", offset=offset
        ) from error
    return message


def _check_depth(text: str) -> None:
    depth = 0
    for token in _TOKENS.finditer(text):
        mark = text[token.start()]
        if mark in "{<[":
            depth += 1
            if depth > _MAX_DEPTH:
                offset = len(text[: token.start()].encode("utf-8"))
                raise GraphError(
                    f"nested deeper than {_MAX_DEPTH} levels at byte {offset}",
                    cause="limit",
                    offset=offset,
                )
        elif mark in "}>]":
            depth -= 1


def _offset(text: str, line: int, column: int) -> int | None:
    if line < 1:
        return None
    lines = text.split("\n", line)
    before = "\n".join(lines[: line - 1]) + ("\n" if line > 1 else "")
    return len((before + lines[line - 1][: max(0, column - 1)]).encode("utf-8"))
