"""The line at the bottom of a terminal that says what is being done, and log lines beside it.

Whatever takes long says so as a log record of level INFO. With ``-v`` these are lines on stderr; on
a terminal without it, the last one stands at the bottom while it lasts, and is gone afterwards. A
pipe never gets any of it.
"""

from __future__ import annotations

import logging
import os
import shutil
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

from linter.report.style import clean

__all__ = ["begin_status", "cleared", "end_status", "line_handler"]

_PATIENCE = 0.5
"""Seconds after which what is being done is worth a line."""

_THREAD = "omlint-status"
_ERASE = "\r\x1b[2K"


class _Status:
    """One line that is drawn again every half second, by a thread of its own."""

    def __init__(self, stream: TextIO) -> None:
        self.lock = threading.RLock()
        self._stream = stream
        self._text, self._since, self._is_drawn = "", 0.0, False
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._draw_again, name=_THREAD, daemon=True)
        self._thread.start()

    def tell(self, text: str) -> None:
        """What is being done from now on."""
        with self.lock:
            if text != self._text:
                self._text, self._since = text, time.monotonic()

    def erase(self) -> None:
        """Take the line away; it comes back if what is being done goes on."""
        with self.lock:
            if self._is_drawn:
                self._is_drawn = False
                self._write(_ERASE)

    def end(self) -> None:
        """Take the line away for good."""
        self._over.set()
        self._thread.join()
        self.erase()

    def _draw_again(self) -> None:
        while not self._over.wait(_PATIENCE):
            with self.lock:
                seconds = time.monotonic() - self._since
                if self._text and seconds >= _PATIENCE:
                    self._is_drawn = True
                    self._write(f"{_ERASE}{_clipped(self._text, f' ({seconds:.0f} s)')}")

    def _write(self, text: str) -> None:
        with suppress(OSError, ValueError):  # the terminal went away: the run goes on
            self._stream.write(text)
            self._stream.flush()


class _Current:
    """The line of this process, if there is one."""

    status: _Status | None = None


def _forget() -> None:
    _Current.status = None


os.register_at_fork(after_in_child=_forget)


class _StatusHandler(logging.Handler):
    """Shows the last record of level INFO in the line."""

    def emit(self, record: logging.LogRecord) -> None:
        status = _Current.status
        if status is not None and record.levelno == logging.INFO:
            status.tell(_one_line(record.getMessage()))


class _LineHandler(logging.StreamHandler[TextIO]):
    """One line for each record; the status line makes room."""

    def format(self, record: logging.LogRecord) -> str:
        return f"omlint: {_one_line(record.getMessage())}"

    def emit(self, record: logging.LogRecord) -> None:
        with cleared():
            super().emit(record)


def line_handler(level: int) -> logging.Handler:
    """What writes records from ``level`` on to stderr, one line each."""
    handler = _LineHandler(sys.stderr)
    handler.setLevel(level)
    return handler


def begin_status() -> logging.Handler | None:
    """Start the line where stderr is a terminal that can show it; what feeds it, else ``None``."""
    stream = sys.stderr
    if stream is None or not stream.isatty() or os.environ.get("TERM", "dumb") == "dumb":
        return None
    if _Current.status is None:
        _Current.status = _Status(stream)
    handler = _StatusHandler()
    handler.setLevel(logging.INFO)
    return handler


def end_status() -> None:
    """Take the line away for good; harmless when there is none."""
    status, _Current.status = _Current.status, None
    if status is not None:
        status.end()


@contextmanager
def cleared() -> Iterator[None]:
    """Room for output: the line is not drawn meanwhile."""
    status = _Current.status
    if status is None:
        yield
        return
    with status.lock:
        status.erase()
        yield


def _one_line(text: str) -> str:
    return clean(" ".join(text.split()))


def _clipped(text: str, rest: str) -> str:
    """As much of ``text`` as one line of the terminal holds together with ``rest``."""
    room = shutil.get_terminal_size().columns - len(rest) - 1
    if not text.isascii():
        room //= 2  # ideographs take two columns
    return f"{text if len(text) <= room else text[: max(room - 3, 0)] + '...'}{rest}"
