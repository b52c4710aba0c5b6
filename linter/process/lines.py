"""What a child writes, as lines."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

__all__ = ["Lines"]

_MOST_LINES = 100_000
_LONGEST_LINE = 1 << 16


class Lines:
    """Collects bytes into lines, hands each on and keeps the last ones.

    Bytes come in pieces of any size; a line is handed on when it has ended or is very long.
    """

    def __init__(self, on_line: Callable[[str], None] | None) -> None:
        self._on_line = on_line
        self._kept: deque[str] = deque(maxlen=_MOST_LINES)
        self._rest = b""

    @property
    def text(self) -> str:
        """The lines that are kept."""
        return "\n".join(self._kept)

    def feed(self, chunk: bytes) -> None:
        """Take the next piece."""
        *whole, self._rest = (self._rest + chunk).split(b"\n")
        for line in whole:
            self._emit(line)
        if len(self._rest) > _LONGEST_LINE:
            self.flush()

    def flush(self) -> None:
        """Hand on a last line without an end."""
        if self._rest:
            self._emit(self._rest)
            self._rest = b""

    def _emit(self, line: bytes) -> None:
        text = line.decode("utf-8", "replace").rstrip("\r")
        self._kept.append(text)
        if self._on_line is not None:
            self._on_line(text)
