"""Netron, where it is installed: a viewer of its own for single graphs."""

from __future__ import annotations

import shutil
import subprocess

from linter.results.errors import UsageError

__all__ = ["open_netron"]


def open_netron(path: str) -> None:
    """Run ``netron`` on a model until the user ends it; it opens the browser itself.

    Raises:
        UsageError: there is no ``netron`` on the PATH.
    """
    program = shutil.which("netron")
    if program is None:
        raise UsageError("netron is not installed, or not on the PATH; pip install netron")
    subprocess.run([program, "--browse", path], check=False)
