"""The pre-check report, ``check_result.json``: every node that the parser objects to.

The log stops at the first unsupported op; this file, which atc and omg write in the same form,
lists them all. An objection to a type does not always stop the conversion, so the report explains
a failure but is none by itself.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from linter.process.compiler.flags import ATC_FLAGS, OMG_FLAGS, parse_flags
from linter.process.compiler.log import LogItem, Role
from linter.results.errors import GraphError

__all__ = ["parse_check_report", "report_path"]

_FILE_NAME = "check_result.json"
_REASONS = {
    1: "the type is not supported by the parser",
    2: "a parameter is not accepted",
    8: "the type is ambiguous",
    9: "the name is used more than once",
}
"""Meaning of the causes; 0 is none."""


def report_path(tool: str, arguments: tuple[str, ...], environ: Mapping[str, str]) -> Path:
    """Where the compiler writes its report when it is run with these flags."""
    known = ATC_FLAGS if tool == "atc" else OMG_FLAGS
    named = parse_flags(arguments, known).get("check_report")
    return Path(named) if named else Path(environ.get("ASCEND_WORK_PATH") or ".", _FILE_NAME)


def parse_check_report(path: str | os.PathLike[str]) -> tuple[LogItem, ...]:
    """One item per node and cause.

    Raises:
        GraphError: the file cannot be read, or is no such report.
    """
    try:
        data = json.loads(Path(path).read_text(encoding="utf-8", errors="replace"))
        return tuple(_items(data["op"]))
    except OSError as err:
        raise GraphError(f"{path}: cannot be read: {err.strerror}") from err
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as err:
        raise GraphError(f"{path}: not a pre-check report", cause="not-check-report") from err


def _items(nodes: list[dict[str, Any]]) -> Iterator[LogItem]:
    for node in nodes:
        name, op = str(node["name"]), str(node["type"])
        for cause in node.get("cause", ()):
            number = int(cause["code"])
            if number:
                message = _REASONS.get(number) or str(cause.get("message", ""))
                yield LogItem(Role.PRE_CHECK, f"{name}: {message}", None, name, op)
