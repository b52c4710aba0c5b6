"""Where the keys of a TOML file are: the standard library's reader does not say.

The file is known to be valid, so this only has to find where statements begin: a line break ends
one, unless it is inside brackets or a text of several lines.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from typing import Any

__all__ = ["key_lines", "line_of"]

_TOKEN = re.compile(
    r"(?P<comment>\#[^\n]*)"
    r'|(?P<text>"""(?:\\.|[^\\])*?"""|\'\'\'.*?\'\'\'|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\')'
    r"|(?P<end>\n)|(?P<open>[\[{])|(?P<close>[\]}])|(?P<rest>[^#\"'\n\[\]{}]+|.)",
    re.DOTALL,
)
_ARRAY = re.compile(r"\[\[(.*)\]\]", re.DOTALL)
_TABLE = re.compile(r"\[(.*)\]", re.DOTALL)
_KEY = re.compile(r"((?:\"(?:\\.|[^\"\\])*\"|'[^']*'|[^=\"'])+)=")


def key_lines(text: str) -> dict[str, int]:
    """The line of every table and key, by its path: ``gate.strict``, ``ignore[2].rule``.

    Args:
        text: a valid TOML file; of another one, some lines may be missing.
    """
    result: dict[str, int] = {}
    counts: Counter[str] = Counter()
    table = ""
    for line, statement in _statements(text):
        array, header = _ARRAY.fullmatch(statement), _TABLE.fullmatch(statement)
        if array is not None or header is not None:
            found = array or header
            assert found is not None
            table = _path(f"[{found.group(1)}]", counts)
            if array is not None:
                counts[table] += 1
                table = f"{table}[{counts[table]}]"
            result.setdefault(table, line)
        elif (key := _KEY.match(statement)) is not None:
            path = _path(f"{key.group(1)} = {{}}", Counter())
            result.setdefault(f"{table}.{path}" if table else path, line)
    result.pop("", None)
    return result


def line_of(lines: dict[str, int], path: str) -> int | None:
    """The line of a key, or of the nearest thing that it is in; ``None`` when neither is known."""
    while path:
        if path in lines:
            return lines[path]
        path = path[: max(path.rfind("."), path.rfind("["), 0)]
    return None


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """What stands between line breaks that end something, with the line that it begins in."""
    depth, line, begin = 0, 1, 1
    pieces: list[str] = []
    for token in _TOKEN.finditer(text.replace("\r\n", "\n")):
        piece, kind = token.group(), token.lastgroup
        depth += (kind == "open") - (kind == "close")
        if kind == "end" and depth <= 0:
            yield begin, "".join(pieces).strip()
            pieces, begin, depth = [], line + 1, 0
        elif kind != "comment":
            pieces.append(piece)
        line += piece.count("\n")
    yield begin, "".join(pieces).strip()


def _path(statement: str, counts: Counter[str]) -> str:
    """The path that a header or a key spells; in an array of tables, that of its last entry."""
    try:
        value: Any = tomllib.loads(statement)
    except (tomllib.TOMLDecodeError, RecursionError):
        return ""
    path = ""
    while isinstance(value, dict) and value:
        name, value = next(iter(value.items()))
        path = f"{path}.{name}" if path else name
        if counts[path] and value:
            path = f"{path}[{counts[path]}]"
    return path
