"""Reads JSON that lies beside models: bytes from outside, bounded, with one sentence per fault."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from linter.results.errors import GraphError

__all__ = ["read_json"]

_MOST_BYTES = 64 << 20
"""Many times what the largest real one has."""


def read_json(path: Path, what: str, *, cause: str = "corrupt") -> Any:
    """The value in a JSON file.

    Args:
        path: the file.
        what: what it is called in an error, such as ``baseline``.
        cause: of the error about a file that is none.

    Raises:
        GraphError: it cannot be read, or is no JSON.
    """
    try:
        if not path.is_file():
            raise GraphError(f"{path}: there is no such {what}", cause="missing")
        if path.stat().st_size > _MOST_BYTES:
            raise GraphError(f"{path}: too large for a {what}", cause=cause)
        return json.loads(path.read_bytes().decode("utf-8"))
    except OSError as err:
        raise GraphError(f"{path}: the {what} cannot be read: {err.strerror or err}") from err
    except UnicodeDecodeError as err:
        raise GraphError(
            f"{path}: the {what} is not UTF-8 text", cause=cause, offset=err.start
        ) from err
    except json.JSONDecodeError as err:
        raise GraphError(
            f"{path}: the {what} is not JSON: {err.msg} (line {err.lineno})", cause=cause
        ) from err
    except (ValueError, RecursionError) as err:
        raise GraphError(f"{path}: the {what} is not JSON that can be read", cause=cause) from err
