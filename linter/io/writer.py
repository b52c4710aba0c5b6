"""Writing a model: a temporary file beside the target, renamed when it is complete."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import logging
import os
import threading
from pathlib import Path

from linter.graph import Model
from linter.io.atomic import drafted
from linter.io.encode.model import encode_model
from linter.io.encode.pieces import Piece, Range, to_bytes, total
from linter.io.file_records import FileRecords
from linter.io.reader import MAX_BYTES
from linter.io.view import FileView, View
from linter.results.errors import GraphError, UsageError

__all__ = ["serialize", "write"]

_log = logging.getLogger(__name__)

_PARALLEL = 32 << 20
_NO_KERNEL_COPY = frozenset(
    (errno.EXDEV, errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP, errno.EBADF, errno.EPERM)
)


def serialize(model: Model) -> bytes:
    """The bytes that ``write`` writes.

    Raises:
        GraphError: the input has changed or cannot be read.
    """
    return b"".join(to_bytes(_pieces(model)))


def write(
    model: Model, path: str | os.PathLike[str], *, in_place: bool = False, digest: bool = True
) -> str:
    """Write a model as a binary graph; all of it or nothing.

    Args:
        model: the model; what was not edited is copied from its input.
        path: the target.
        in_place: whether the target may be the model's own input.
        digest: whether to compute the digest of what is written.

    Returns:
        sha256 of what was written, lower-case hex; empty without ``digest``.

    Raises:
        UsageError: the target cannot be written, or is the input.
        GraphError: the input has changed or cannot be read, or the result is 2 GiB or more.
    """
    target = Path(path)
    if not in_place and _is_input(model, target):
        raise UsageError(f"cannot write {target}: it is the input (--in-place allows that)")
    _log.info("writing %s", target.name)
    pieces = _pieces(model)
    with drafted(target) as draft:
        fd = os.open(draft, os.O_WRONLY | os.O_CLOEXEC)
        try:
            sha256 = _copy(pieces, fd, digest=digest)
        finally:
            os.close(fd)
        for view in _views(pieces):
            view.check_unchanged()
    return sha256


def _pieces(model: Model) -> list[Piece]:
    pieces = encode_model(model)
    size = total(pieces)
    if size > MAX_BYTES:
        raise GraphError(
            f"the result would have {size} bytes; protobuf ends at {MAX_BYTES}", cause="too-large"
        )
    for view in _views(pieces):
        view.check_unchanged()
    return pieces


def _views(pieces: list[Piece]) -> list[View]:
    return list(dict.fromkeys(p.view for p in pieces if isinstance(p, Range)))


def _is_input(model: Model, target: Path) -> bool:
    """Whether the target is the file that the model was read from."""
    try:
        status = target.stat()
    except OSError:
        return False
    records = model.source.records
    if isinstance(records, FileRecords):
        if isinstance(records.outer, FileView) and os.path.samestat(
            status, os.fstat(records.outer.fd)
        ):
            return True
        with contextlib.suppress(OSError):
            return os.path.samestat(status, Path(model.source.path).stat())
    return False


def _copy(pieces: list[Piece], fd: int, *, digest: bool) -> str:
    """Write all pieces; large outputs are hashed by a second thread meanwhile."""
    if not digest:
        _write_all(pieces, fd)
        return ""
    if total(pieces) < _PARALLEL:
        sha = hashlib.sha256()
        for piece in pieces:
            for data in to_bytes([piece]):
                sha.update(data)
        _write_all(pieces, fd)
        return sha.hexdigest()
    hasher = _Hasher(pieces)
    hasher.start()
    try:
        _write_all(pieces, fd)
    except BaseException:
        hasher.stop()
        raise
    return hasher.result()


class _Hasher(threading.Thread):
    """Computes the digest of pieces."""

    def __init__(self, pieces: list[Piece]) -> None:
        super().__init__(daemon=True)
        self._pieces = pieces
        self._stopped = False
        self._digest = ""
        self._error: GraphError | None = None

    def run(self) -> None:
        """Hash until the end or until stopped."""
        sha = hashlib.sha256()
        try:
            for data in to_bytes(self._pieces):
                if self._stopped:
                    return
                sha.update(data)
        except GraphError as error:
            self._error = error
        self._digest = sha.hexdigest()

    def stop(self) -> None:
        """Give up."""
        self._stopped = True
        self.join()

    def result(self) -> str:
        """The digest.

        Raises:
            GraphError: an input could not be read.
        """
        self.join()
        if self._error is not None:
            raise self._error
        return self._digest


def _write_all(pieces: list[Piece], fd: int) -> None:
    for piece in pieces:
        if not isinstance(piece, Range):
            _write_bytes(fd, piece)
            continue
        start = piece.start
        if isinstance(piece.view, FileView):
            start = _kernel_copy(piece.view.fd, fd, start, piece.end)
        for data in to_bytes([Range(piece.view, start, piece.end)]):
            _write_bytes(fd, data)


def _write_bytes(fd: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(fd, rest) :]


def _kernel_copy(source: int, target: int, start: int, end: int) -> int:
    """Copy within the kernel as far as that works; the offset that was reached."""
    if not hasattr(os, "copy_file_range"):
        return start
    while start < end:
        try:
            count = os.copy_file_range(source, target, min(end - start, 1 << 26), start)
        except OSError as error:
            if error.errno in _NO_KERNEL_COPY:
                return start
            raise
        if count == 0:
            return start
        start += count
    return start
