"""Standard streams: colour, a reader that went away, files that appear whole or not at all."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

from linter import api
from linter.cli.status import cleared, end_status
from linter.report.style import Style, clean
from linter.results.errors import LinterError, UsageError
from linter.results.report import InputError

__all__ = [
    "TABLE_WIDTH",
    "close_quietly",
    "complain",
    "complain_about",
    "guard_outputs",
    "open_missing",
    "pass_on",
    "say",
    "stdout_style",
    "write_stdout",
]

TABLE_WIDTH = 80
"""Columns of a table off a terminal."""


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
    line = f"omlint: error: {clean(' '.join(message.split()))}\n"
    _write(sys.stderr, line)


def complain_about(error: InputError) -> None:
    """One line about a model that was not read; it names the model once."""
    named = error.message.startswith(error.path)
    complain(error.message if named else f"{error.path}: {error.message}")


def say(message: str) -> None:
    """One line on stderr that is no error."""
    _write(sys.stderr, f"{' '.join(message.split())}\n")


def pass_on(line: str) -> None:
    """One line of another program, to stderr as it is."""
    _write(sys.stderr, f"{line}\n")


def stdout_style(
    *, quiet: bool = False, verbose: bool = False, width: int = Style().width
) -> Style:
    """Colour and width on a terminal; plain text of a fixed ``width`` elsewhere."""
    stream = sys.stdout
    terminal = stream is not None and stream.isatty()
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    encoding = (getattr(stream, "encoding", None) or "ascii").lower().replace("-", "")
    return Style(
        color=terminal and not plain,
        unicode=encoding.startswith("utf"),
        width=min(shutil.get_terminal_size().columns, 100) if terminal else width,
        quiet=quiet,
        verbose=verbose,
    )


def guard_outputs(outputs: Iterable[str | None], inputs: Iterable[str]) -> None:
    """Refuse to write where it cannot work or would destroy an input, before any work is done.

    Raises:
        UsageError: an output is one of the inputs, the same as another one, a folder, a device or
            the like, or in a folder that is not there.
    """
    read = {_identity(path) for path in inputs}
    written: set[tuple[int, int] | str] = set()
    for output in outputs:
        if output is None:
            continue
        if not output:
            raise UsageError("the name of a file to write is empty")
        path, identity = Path(output), _identity(output)
        if identity in read:
            raise UsageError(f"{output} is the input; it would be overwritten")
        if identity in written and (path.is_file() or not path.exists()):
            raise UsageError(f"{output} is named for two outputs; each needs a file of its own")
        written.add(identity)
        if reason := api.path_refusal(output):
            raise UsageError(f"cannot write {output}: {reason}")
        if not path.parent.is_dir():
            raise UsageError(f"cannot write {output}: there is no folder {path.parent}")
        if not os.access(path if path.exists() else path.parent, os.W_OK):
            raise UsageError(f"cannot write {output}: permission denied")


def _identity(path: str) -> tuple[int, int] | str:
    """What two names of one file have in common."""
    try:
        status = Path(path).stat()
    except OSError:
        return str(Path(path).absolute())
    return status.st_dev, status.st_ino


def write_stdout(text: str) -> None:
    """Print a report, or nothing when it is empty.

    A reader that went away is no fault; a full disk is.

    Raises:
        LinterError: the text could not be written.
    """
    stream = sys.stdout
    if stream is None or not text.strip("\n"):
        return
    try:
        with cleared():
            stream.write(text if text.endswith("\n") else text + "\n")
            stream.flush()
    except BrokenPipeError:
        _to_devnull(stream)
    except OSError as err:
        _to_devnull(stream)
        raise LinterError(f"the report could not be written to stdout: {err.strerror}") from err


def close_quietly(code: int) -> int:
    """Flush both streams and return ``code``; a reader that went away changes nothing."""
    end_status()
    for stream in (sys.stdout, sys.stderr):
        _write(stream, "")
    return code


def _write(stream: TextIO | None, text: str) -> None:
    if stream is None:
        return
    try:
        with cleared():
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
