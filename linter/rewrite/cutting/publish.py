"""A folder of files that appears as a whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from linter.io.atomic import unfinished
from linter.results.errors import UsageError

__all__ = ["Draft", "draft_folder"]


class Draft:
    """Files that are being made for a folder.

    Attributes:
        path: the folder that they are made in, beside the one that they are for.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder.with_name(f".{folder.name}.{os.getpid()}.draft")
        self._folder = folder

    def publish(self, names: tuple[str, ...]) -> None:
        """Move what was made to its folder; what an earlier run left there of ``names`` goes.

        Other files of the folder stay. When a file cannot be moved, all is as it was.

        Raises:
            OSError: the files cannot be moved.
        """
        if not self._folder.exists():
            self.path.rename(self._folder)
            return
        aside = self.path / "aside"
        aside.mkdir()
        done: list[str] = []
        try:
            for name in names:
                done.append(name)
                if (self._folder / name).exists():
                    (self._folder / name).rename(aside / name)
                if (self.path / name).exists():
                    (self.path / name).rename(self._folder / name)
        except OSError:
            for name in done:
                if (aside / name).exists():
                    (aside / name).replace(self._folder / name)
                elif not (self.path / name).exists():
                    (self._folder / name).unlink(missing_ok=True)
            raise


@contextmanager
def draft_folder(folder: str) -> Iterator[Draft]:
    """A draft for ``folder``, which need not exist; nothing of it is left behind.

    Raises:
        UsageError: the folder cannot be written.
    """
    draft = Draft(Path(os.path.realpath(folder)))
    with unfinished(draft.path):
        try:
            draft.path.mkdir()
            yield draft
        except OSError as err:
            raise UsageError(f"cannot write {folder}: {err.strerror or err}") from err
