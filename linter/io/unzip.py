"""Gzip inputs: decompressed within limits, to memory when small, else to an unnamed file."""

from __future__ import annotations

import gzip
import os
import tempfile
import zlib
from collections.abc import Callable
from typing import IO

from linter.io.view import BytesView, FileView, View
from linter.results.errors import GraphError

__all__ = ["unzip"]

_PIECE = 1 << 20


def unzip(stream: IO[bytes], *, limit: int, keep: int, check: Callable[[bytes], None]) -> View:
    """The decompressed content of ``stream``.

    Args:
        stream: the compressed file.
        limit: most bytes that may come out.
        keep: most bytes that are kept in memory.
        check: is shown the first piece before any other is decompressed, and may raise.

    Raises:
        GraphError: the stream is damaged, ends early or holds too much.
    """
    with gzip.GzipFile(fileobj=stream, mode="rb") as source:
        piece = _next(source)
        check(piece)
        pieces, size = [piece], len(piece)
        while piece and size <= keep:
            piece = _next(source)
            pieces.append(piece)
            size += len(piece)
        if not piece:
            return BytesView(b"".join(pieces))
        return _to_file(source, pieces, limit)


def _to_file(source: gzip.GzipFile, pieces: list[bytes], limit: int) -> View:
    with tempfile.TemporaryFile(buffering=0) as target:
        size = 0
        while pieces[0]:
            for piece in pieces:
                target.write(piece)
                size += len(piece)
            if size > limit:
                raise GraphError(f"holds more than {limit} bytes", cause="too-large")
            pieces = [_next(source)]
        return FileView(os.dup(target.fileno()))


def _next(source: gzip.GzipFile) -> bytes:
    try:
        return source.read(_PIECE)
    except EOFError as error:
        raise GraphError("truncated: the gzip stream has no end", cause="truncated") from error
    except (zlib.error, gzip.BadGzipFile) as error:
        raise GraphError(f"damaged gzip stream: {error}", cause="corrupt") from error
    except OSError as error:
        raise GraphError(f"cannot be read: {error.strerror}") from error
