"""Netron, where it is installed: a viewer of its own for single graphs."""

from __future__ import annotations

import shutil
from collections.abc import Callable

from linter.process.group import start
from linter.process.lines import Lines
from linter.results.errors import UsageError

__all__ = ["open_netron"]


def open_netron(path: str, say: Callable[[str], None]) -> None:
    """Run ``netron`` on a model until the user ends it; it opens the browser itself.

    Args:
        path: the model.
        say: takes what it prints, line by line.

    Raises:
        UsageError: there is no ``netron`` on the PATH.
    """
    program = shutil.which("netron")
    if program is None:
        raise UsageError("netron is not installed, or not on the PATH; pip install netron")
    lines = Lines(say)
    with start([program, "--browse", path]) as group:
        for chunk in group.chunks(None):
            lines.feed(chunk)
        lines.flush()
        group.wait(None)
