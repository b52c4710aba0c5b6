"""Standard streams: colour, a reader that went away, files that appear whole or not at all."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TextIO

from linter.errors import LinterError, UsageError

__all__ = [
    "close_quietly",
    "complain",
    "open_missing",
    "write_file",
    "write_stdout",
]


def open_missing() -> None:
    """Give descriptors 0 to 2 a file when the caller closed them, so that no model lands there."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def complain(message: str) -> None:
    """One line on stderr, whatever the message holds."""
    line = f"omlint: error: {' '.join(message.split())}\n"
    _write(sys.stderr, line)


def write_stdout(text: str) -> None:
    """Print a report. A reader that went away is no fault; a full disk is.

    Raises:
        LinterError: the text could not be written.
    """
    stream = sys.stdout
    if stream is None:
        return
    try:
        stream.write(text if text.endswith("\n") else text + "\n")
        stream.flush()
    except BrokenPipeError:
        _to_devnull(stream)
    except OSError as err:
        _to_devnull(stream)
        raise LinterError(f"the report could not be written to stdout: {err.strerror}") from err


def write_file(path: str, text: str) -> None:
    """Write a text file through a temporary one beside it.

    Raises:
        UsageError: the path cannot be written.
    """
    target = Path(path)
    try:
        if target.exists() and not target.is_file():
            target.write_text(text, encoding="utf-8")  # a device or a pipe: no rename over it
            return
        temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
        try:
            temporary.write_text(text, encoding="utf-8")
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as err:
        raise UsageError(f"cannot write {path}: {err.strerror}") from err


def close_quietly(code: int) -> int:
    """Flush both streams and return ``code``; a reader that went away changes nothing."""
    for stream in (sys.stdout, sys.stderr):
        _write(stream, "")
    return code


def _write(stream: TextIO | None, text: str) -> None:
    if stream is None:
        return
    try:
        stream.write(text)
        stream.flush()
    except OSError:
        _to_devnull(stream)


def _to_devnull(stream: TextIO) -> None:
    """Point the descriptor at nothing, so that the interpreter's last flush is silent."""
    try:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, stream.fileno())
        os.close(null)
    except OSError:
        return
