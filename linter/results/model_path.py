"""Models by their paths: how a place in a project names them, wherever the command runs."""

from __future__ import annotations

import os
from fnmatch import fnmatchcase
from pathlib import PurePath

__all__ = ["matches", "seen_from"]


def seen_from(folder: str, model: str) -> str:
    """The path of a model from a folder, with slashes; ``""`` is the working directory."""
    return PurePath(os.path.relpath(model, folder or os.curdir)).as_posix()


def matches(glob: str, folder: str, model: str) -> bool:
    """Whether a model, as the user typed it, is meant.

    Args:
        glob: seen from ``folder``, or the name alone when it has no slash.
        folder: where the glob is said.
        model: the model.
    """
    if "/" not in glob:
        return fnmatchcase(PurePath(model.rstrip("/")).name, glob)
    return fnmatchcase(seen_from(folder, model), glob)
