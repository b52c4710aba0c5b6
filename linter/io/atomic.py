"""What omlint writes appears whole or not at all; what stands in the way is a fault of usage.

``opdb.atomic`` does it, where the databases can use it too: they are below all of ``linter``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from linter.results.errors import UsageError
from opdb import atomic
from opdb.atomic import DraftFolder, refusal

__all__ = [
    "DraftFolder",
    "Drafts",
    "append_text",
    "drafted",
    "drafted_folder",
    "refusal",
    "write_text",
]


class Drafts(atomic.Drafts):
    """Files that are made beside their places and put there together; see ``opdb.atomic``."""

    def begin(self, path: str | os.PathLike[str]) -> Path:
        """An empty file to be filled for ``path``.

        Raises:
            UsageError: there cannot be a file.
        """
        with _writing(path):
            return super().begin(path)

    def publish(self, *paths: str | os.PathLike[str]) -> None:
        """Put the drafts of ``paths`` in their places; when one cannot, all is as it was.

        Raises:
            UsageError: a draft cannot be moved.
        """
        with _writing(paths[0]):
            super().publish(*paths)


@contextmanager
def drafted(path: str | os.PathLike[str]) -> Iterator[Path]:
    """A file to be filled, which takes the place of ``path`` when the block ends well.

    Raises:
        UsageError: it cannot be written.
    """
    with _writing(path), atomic.drafted(path) as draft:
        yield draft


@contextmanager
def drafted_folder(folder: str | os.PathLike[str]) -> Iterator[DraftFolder]:
    """A folder to be filled for ``folder``, published when it is said so.

    Raises:
        UsageError: it cannot be written.
    """
    with _writing(folder), atomic.drafted_folder(folder) as draft:
        yield draft


def write_text(path: str | os.PathLike[str], text: str) -> None:
    """Write a text file in UTF-8; it appears whole or not at all.

    Args:
        path: the file.
        text: its content.

    Raises:
        UsageError: it cannot be written.
    """
    with _writing(path):
        atomic.write_text(path, text)


def append_text(path: str | os.PathLike[str], text: str) -> None:
    """Add to the end of a text file that others write too, in one piece.

    Args:
        path: the file; it is made when it is not there.
        text: what is added.

    Raises:
        UsageError: it cannot be written.
    """
    with _writing(path), Path(path).open("ab") as file:
        file.write(text.encode("utf-8"))


@contextmanager
def _writing(path: str | os.PathLike[str]) -> Iterator[None]:
    try:
        yield
    except OSError as err:
        raise UsageError(f"cannot write {os.fspath(path)}: {err.strerror or err}") from err
