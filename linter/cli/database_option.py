"""``--db PATH``: answer from a database outside the data folder."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from linter import api

__all__ = ["database_option"]

_Command = TypeVar("_Command", bound=Callable[..., Any])


def database_option(command: _Command) -> _Command:
    """``--db``: makes the database known before targets are read."""
    return click.option(
        "--db",
        metavar="PATH",
        expose_value=False,
        is_eager=True,
        callback=_use,
        help="Folder of a database that `omlint db import --out` wrote: it answers where no "
        "--target names a release.",
    )(command)


def _use(ctx: click.Context, param: click.Parameter, value: str | None) -> None:
    if value is not None:
        ctx.with_resource(api.use_database(value))
