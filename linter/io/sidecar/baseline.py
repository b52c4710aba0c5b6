"""The file of a baseline: one line per finding, so that a merge request shows what it changes."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from linter.io.sidecar.json_file import read_json
from linter.results.baseline import Baseline, KnownFinding
from linter.results.errors import GraphError

__all__ = ["CORRUPT", "baseline_text", "read_baseline"]

CORRUPT = "corrupt-baseline"
"""The cause of the error about a file that is no baseline."""

_VERSION = "1.0"
_TEXTS = ("model", "target", "code")
_OPTIONAL_TEXTS = ("function", "node", "op")
_KEYS = ("model", "target", "code", "function", "node", "port", "op", "rank")


def baseline_text(baseline: Baseline) -> str:
    """The content of the file: the same entries give the same bytes."""
    entries = sorted(set(baseline.entries), key=lambda entry: (entry.order, entry.rank))
    lines = ",\n".join(
        f"    {json.dumps({key: getattr(entry, key) for key in _KEYS})}" for entry in entries
    )
    body = f"[\n{lines}\n  ]" if lines else "[]"
    return f'{{\n  "schema_version": "{_VERSION}",\n  "findings": {body}\n}}\n'


def read_baseline(path: str | os.PathLike[str]) -> Baseline:
    """Read the file of a baseline; its models are seen from its folder.

    Args:
        path: the file.

    Raises:
        GraphError: it cannot be read, or is no baseline; the entry is named.
    """
    name = os.fspath(path)
    value = read_json(Path(path), "baseline", cause=CORRUPT)
    version = value.get("schema_version") if isinstance(value, dict) else None
    entries = value.get("findings") if isinstance(value, dict) else None
    if not isinstance(version, str) or not isinstance(entries, list):
        raise _fault(name, "it has no schema_version or no list of findings")
    if version.partition(".")[0] != _VERSION.partition(".")[0]:
        raise _fault(name, f"its version {version[:20]!r} is not {_VERSION}")
    folder = os.path.dirname(name)  # noqa: PTH120 - a path of the user's stays as typed
    findings = tuple(_entry(name, number, entry) for number, entry in enumerate(entries, 1))
    return Baseline(name, folder, findings)


def _entry(name: str, number: int, value: Any) -> KnownFinding:
    if not isinstance(value, dict):
        raise _fault(name, f"finding {number} is not an object")
    for key in _KEYS:
        if not _fits(key, value.get(key)):
            raise _fault(name, f"finding {number} has no {key} that is one")
    fields: dict[str, Any] = {key: value.get(key) for key in _KEYS}
    return KnownFinding(**fields)


def _fits(key: str, value: Any) -> bool:
    if key in _TEXTS:
        return isinstance(value, str)
    if key in _OPTIONAL_TEXTS:
        return value is None or isinstance(value, str)
    return (key == "port" and value is None) or (type(value) is int and value >= 0)


def _fault(name: str, what: str) -> GraphError:
    return GraphError(f"{name}: not a baseline: {what}", cause=CORRUPT)
