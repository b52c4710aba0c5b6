"""Files and folders that are not finished, for whatever has to end the process at once.

An ordinary end, Ctrl-C included, unwinds and leaves none of them behind. Where a thread that
cannot be stopped stands in the way of that, ``discard`` removes them.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["discard", "unfinished"]

_PATHS: set[Path] = set()


@contextmanager
def unfinished(path: Path) -> Iterator[None]:
    """The file or folder ``path`` is being made; it is gone afterwards where it was not moved."""
    _PATHS.add(path)
    try:
        yield
    finally:
        _remove(path)
        _PATHS.discard(path)


def discard() -> None:
    """Remove all that is not finished; the process is about to end."""
    for path in tuple(_PATHS):
        _remove(path)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
