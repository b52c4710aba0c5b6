"""``--db PATH``: answer from a database outside the data folder."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from linter import api
from linter.cli.command import PATH

__all__ = ["database_option"]

_Command = TypeVar("_Command", bound=Callable[..., Any])


def database_option(command: _Command) -> _Command:
    """``--db``: the command gets where databases are, as ``db``, before targets are read."""
    return click.option(
        "--db",
        metavar="PATH",
        type=PATH,
        is_eager=True,
        callback=_opened,
        help="Folder of a database that `omlint db import --out` wrote: it answers where no "
        "--target names a release.",
    )(command)


def _opened(ctx: click.Context, param: click.Parameter, value: str | None) -> api.Store:
    return api.open_store(value)
