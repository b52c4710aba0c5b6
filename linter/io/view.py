"""The bytes of an input: in memory for small files, behind a file descriptor for large ones."""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import os
import stat
from collections.abc import Iterator
from typing import Protocol
from weakref import WeakValueDictionary

from linter.results.errors import GraphError

__all__ = ["BytesView", "FileView", "View", "read_in_pieces", "sha256_of", "view_of"]

_PIECE = 1 << 17


class View(Protocol):
    """Random access to the bytes of one input."""

    @property
    def size(self) -> int:
        """Number of bytes."""

    @property
    def number(self) -> tuple[int, int]:
        """What ``view_of`` knows it by, also in a process that was forked from this one."""

    def read(self, offset: int, length: int) -> bytes:
        """Exactly ``length`` bytes from ``offset``.

        Raises:
            GraphError: the file has become shorter, or cannot be read.
        """

    def check_unchanged(self) -> None:
        """Refuse to go on when the file has changed since it was opened.

        Raises:
            GraphError: it has, with cause ``changed``.
        """


class BytesView:
    """Bytes in memory."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.size = len(data)
        self.number = _number(self)

    def read(self, offset: int, length: int) -> bytes:
        """Exactly ``length`` bytes from ``offset``."""
        if offset + length > self.size:
            raise _shorter(offset)
        return self.data[offset : offset + length]

    def check_unchanged(self) -> None:
        """Bytes in memory do not change."""


class FileView:
    """An open file; the descriptor is closed when the view goes away.

    Attributes:
        fd: the descriptor, for copies inside the kernel.
        size: size of the file when it was opened.
        number: what ``view_of`` knows it by.
        regular: whether it is a regular file.
    """

    def __init__(self, fd: int) -> None:
        self.fd = fd
        self.number = _number(self)
        self._identity = _identity(fd)
        status = os.fstat(fd)
        self.size = status.st_size
        self.regular = stat.S_ISREG(status.st_mode)

    def __del__(self) -> None:
        with contextlib.suppress(OSError):
            os.close(self.fd)

    def __copy__(self) -> FileView:
        return self

    def __deepcopy__(self, memo: object) -> FileView:
        return self

    def read(self, offset: int, length: int) -> bytes:
        """Exactly ``length`` bytes from ``offset``."""
        try:
            data = os.pread(self.fd, length, offset)
            while len(data) < length:
                more = os.pread(self.fd, length - len(data), offset + len(data))
                if not more:
                    raise _shorter(offset + len(data))
                data += more
        except OSError as error:
            raise GraphError(f"cannot be read: {error.strerror}", offset=offset) from error
        return data

    def check_unchanged(self) -> None:
        """Compare size, times and identity with those at opening."""
        if _identity(self.fd) != self._identity:
            raise GraphError("the file changed while it was being read", cause="changed")


_VIEWS: WeakValueDictionary[tuple[int, int], View] = WeakValueDictionary()
_NUMBERS = itertools.count()


def _number(view: View) -> tuple[int, int]:
    number = os.getpid(), next(_NUMBERS)  # what is opened in two processes is not the same
    _VIEWS[number] = view
    return number


def view_of(number: tuple[int, int]) -> View:
    """The view of a number.

    Raises:
        KeyError: it is gone, or of another process.
    """
    return _VIEWS[number]


def _identity(fd: int) -> tuple[int, int, int, int]:
    status = os.fstat(fd)
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def _shorter(offset: int) -> GraphError:
    return GraphError("the file became shorter while it was read", cause="changed", offset=offset)


def read_in_pieces(view: View, start: int = 0, end: int | None = None) -> Iterator[bytes]:
    """The bytes from ``start`` to ``end`` in pieces of 128 KiB."""
    stop = view.size if end is None else end
    for offset in range(start, stop, _PIECE):
        yield view.read(offset, min(_PIECE, stop - offset))


def sha256_of(view: View) -> str:
    """The digest of all bytes, lower-case hex, without holding more than one piece."""
    digest = hashlib.sha256()
    for piece in read_in_pieces(view):
        digest.update(piece)
    return digest.hexdigest()
