"""Files and folders that appear whole or not at all.

What is written is made beside its place, under a hidden name, and renamed when it is complete;
whatever ends the work before, Ctrl-C included, leaves the place as it was and no draft behind.
Nothing is forced to the disk: a draft is renamed within its file system, which orders the two.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

__all__ = ["DraftFolder", "Drafts", "drafted", "drafted_folder", "refusal", "write_text"]

_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
}
_OPEN_FILE = re.compile(r"/dev/(fd/.*|stdin|stdout|stderr)|/proc/[^/]+/(task/[^/]+/)?fd/.*")
_NAME_KEPT = 40
"""Characters of a name that a draft keeps: names end at 255 bytes."""

_AnyPath = str | os.PathLike[str]


def refusal(path: _AnyPath) -> str | None:
    """Why no file can take the place of ``path``, ``None`` when one can.

    A rename would put a file where a device was, and what reads a pipe would wait for ever.

    Args:
        path: where a file is to go.
    """
    if _OPEN_FILE.fullmatch(str(Path(path).absolute())):
        return "it is a file that is open already"
    try:
        mode = Path(path).stat().st_mode
    except OSError:
        return None
    kind = _KINDS.get(stat.S_IFMT(mode))
    return None if kind is None else f"it is {kind}"


class Drafts:
    """Files that are made beside their places and put there together; a context.

    What is not published is gone when the block is left.
    """

    def __init__(self) -> None:
        self._begun: dict[str, tuple[Path, Path]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for draft, _ in self._begun.values():
            draft.unlink(missing_ok=True)

    def begin(self, path: _AnyPath) -> Path:
        """An empty file to be filled for ``path``, with the mode of what is there.

        Raises:
            OSError: there cannot be a file.
        """
        reason = refusal(path)
        if reason is not None:
            raise OSError(errno.EINVAL, reason, os.fspath(path))
        real = Path(os.path.realpath(path))
        draft = _beside(real)
        self._begun[os.fspath(path)] = draft, real
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666))
        _take_mode(draft, real, stat.S_IRUSR | stat.S_IWUSR)
        return draft

    def publish(self, *paths: _AnyPath) -> None:
        """Put the drafts of ``paths`` in their places; when one cannot, all is as it was.

        Raises:
            OSError: a draft cannot be moved.
        """
        moves = [self._begun[os.fspath(path)] for path in paths]
        kept: list[tuple[Path, Path | None]] = []
        try:
            for draft, real in moves:
                _take_mode(draft, real)
                kept.append((real, _kept(real) if len(moves) > 1 else None))
                draft.replace(real)
        except BaseException:
            for real, old in kept if len(moves) > 1 else ():
                if old is None:
                    real.unlink(missing_ok=True)
                elif old.exists():
                    old.replace(real)
            raise
        finally:
            for _, old in kept:
                if old is not None:
                    old.unlink(missing_ok=True)


def _take_mode(draft: Path, real: Path, also: int = 0) -> None:
    """Let whoever could read or write what is at ``real`` do so with what comes there."""
    with suppress(FileNotFoundError):
        draft.chmod(stat.S_IMODE(real.stat().st_mode) | also)


def _kept(real: Path) -> Path | None:
    """A second name of what is at ``real``, ``None`` when there is nothing."""
    if not real.exists():
        return None
    name = _beside(real)
    try:
        os.link(real, name)
    except OSError:
        real.rename(name)  # a file system without second names
    return name


@contextmanager
def drafted(path: _AnyPath) -> Iterator[Path]:
    """A file to be filled, which takes the place of ``path`` when the block ends well.

    Raises:
        OSError: there cannot be a file.
    """
    with Drafts() as drafts:
        yield drafts.begin(path)
        drafts.publish(path)


def write_text(path: _AnyPath, text: str) -> None:
    """Write a text file in UTF-8.

    Raises:
        OSError: it cannot be written.
    """
    with drafted(path) as draft:
        draft.write_text(text, encoding="utf-8")


class DraftFolder:
    """A folder that is being filled for another place.

    Attributes:
        path: where it is filled.
    """

    def __init__(self, path: Path, place: Path) -> None:
        self.path = path
        self._place = place

    def publish(self, names: tuple[str, ...]) -> None:
        """Move what was made to its place; what is there of ``names`` from before goes.

        Other files of the folder stay. When a file cannot be moved, all is as it was.

        Raises:
            OSError: a file cannot be moved.
        """
        if not self._place.exists():
            self.path.rename(self._place)
            return
        aside = self.path / "aside"
        aside.mkdir()
        done: list[str] = []
        try:
            for name in names:
                done.append(name)
                if (self._place / name).exists():
                    (self._place / name).rename(aside / name)
                if (self.path / name).exists():
                    (self.path / name).rename(self._place / name)
        except BaseException:
            for name in done:
                if (aside / name).exists():
                    (aside / name).replace(self._place / name)
                elif not (self.path / name).exists():
                    (self._place / name).unlink(missing_ok=True)
            raise

    def replace(self) -> None:
        """Take the place of the whole folder that is there, if one is.

        Raises:
            OSError: a folder cannot be moved.
        """
        aside = _beside(self._place)
        try:
            with suppress(FileNotFoundError):
                self._place.rename(aside)
            self.path.rename(self._place)
        finally:
            if aside.exists() and not self._place.exists():
                aside.rename(self._place)
            shutil.rmtree(aside, ignore_errors=True)


@contextmanager
def drafted_folder(folder: _AnyPath) -> Iterator[DraftFolder]:
    """A folder to be filled for ``folder``, which need not be there; published when it is said so.

    Raises:
        OSError: it cannot be made.
    """
    place = Path(os.path.realpath(folder))
    path = _beside(place)
    try:
        path.mkdir()
        yield DraftFolder(path, place)
    finally:
        shutil.rmtree(path, ignore_errors=True)


def _beside(real: Path) -> Path:
    """A name that nothing has, in the same folder and with the same ending."""
    name = f".{real.name[:_NAME_KEPT]}.{os.urandom(4).hex()}.draft"
    return real.with_name(name + real.suffix[:_NAME_KEPT])
