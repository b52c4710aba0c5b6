"""Output as a list of pieces: new bytes, and ranges that are copied from an input."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple, TypeAlias

from linter.io.view import View, read_in_pieces
from linter.io.wire import LEN, encode_varint

__all__ = ["Piece", "Range", "coalesce", "field", "serialized", "to_bytes", "total"]


class Range(NamedTuple):
    """Bytes of an input."""

    view: View
    start: int
    end: int


Piece: TypeAlias = bytes | Range


def total(pieces: Iterable[Piece]) -> int:
    """Number of bytes."""
    return sum(
        piece.end - piece.start if isinstance(piece, Range) else len(piece) for piece in pieces
    )


def field(number: int, pieces: list[Piece]) -> list[Piece]:
    """The pieces as the content of one length-delimited field."""
    return [encode_varint(number << 3 | LEN) + encode_varint(total(pieces)), *pieces]


def coalesce(pieces: Iterable[Piece]) -> list[Piece]:
    """The same output in as few pieces as possible."""
    merged: list[Piece] = []
    fresh: list[bytes] = []
    for piece in pieces:
        if isinstance(piece, bytes):
            fresh.append(piece)
            continue
        if fresh:
            merged.append(b"".join(fresh))
            fresh.clear()
        last = merged[-1] if merged else None
        if isinstance(last, Range) and last.view is piece.view and last.end == piece.start:
            merged[-1] = Range(last.view, last.start, piece.end)
        else:
            merged.append(piece)
    if fresh:
        merged.append(b"".join(fresh))
    return [piece for piece in merged if total([piece])]


def serialized(message: Any) -> bytes:
    """The bytes of a message, the same for the same content."""
    return bytes(message.SerializeToString(deterministic=True))


def to_bytes(pieces: Iterable[Piece]) -> Iterator[bytes]:
    """The output, at most 128 KiB of a range at a time.

    Raises:
        GraphError: an input became shorter.
    """
    for piece in pieces:
        if isinstance(piece, Range):
            yield from read_in_pieces(piece.view, piece.start, piece.end)
        else:
            yield piece
