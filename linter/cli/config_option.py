"""``--config`` and ``--no-config``: settings for flags that are not given."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from linter.config.definitions import SETTINGS
from linter.config.settings import Config, find_config, load_config
from linter.results.errors import UsageError

__all__ = ["config_in_use", "config_option", "is_configured", "origin"]

_Command = TypeVar("_Command", bound=Callable[..., Any])

_PARAMETERS = {
    "target": "targets",
    "rules": "rule_paths",
    "precision_mode": "precision",
    "enable_scope_fusion": "scope_passes",
    "lang": "language",
}
"""Parameters whose name is not that of the key."""
_META, _OFF, _NAMED = "omlint.config", "omlint.config.off", "omlint.config.named"
_BOTH = "--config and --no-config exclude each other"
_CONFIGURED = click.core.ParameterSource.DEFAULT_MAP


def config_option(command: _Command) -> _Command:
    """``--config FILE`` and ``--no-config``; without either, the nearest file counts."""
    command = click.option(
        "--no-config",
        is_flag=True,
        expose_value=False,
        is_eager=True,
        callback=_switch_off,
        help="Read no configuration file.",
    )(command)
    return click.option(
        "--config",
        type=click.Path(),
        metavar="FILE",
        expose_value=False,
        is_eager=True,
        callback=_configure,
        help="Configuration file in place of the nearest omlint.toml or pyproject.toml.",
    )(command)


def config_in_use() -> Config:
    """What the running command was configured with."""
    context = click.get_current_context(silent=True)
    config = None if context is None else context.meta.get(_META)
    return config if isinstance(config, Config) else Config()


def is_configured(parameter: str) -> bool:
    """Whether the value of a parameter of the running command comes from the configuration."""
    context = click.get_current_context(silent=True)
    return context is not None and context.get_parameter_source(parameter) is _CONFIGURED


def origin(parameter: str, flag: str) -> str:
    """What to call the value of a parameter in an error: the flag, or the key that it is from."""
    if not is_configured(parameter):
        return flag
    source = config_in_use().sources.get(parameter, "")
    return source if source.startswith("OMLINT_") else f"{source}: {parameter}"


def _switch_off(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    if value and ctx.meta.get(_NAMED):
        raise UsageError(_BOTH)
    ctx.meta[_OFF] = value


def _configure(ctx: click.Context, param: click.Parameter, value: str | None) -> None:
    """Make the settings the defaults of the command's flags; given flags are processed first."""
    off = ctx.meta.get(_OFF, False)
    if off and value is not None:
        raise UsageError(_BOTH)
    ctx.meta[_NAMED] = value is not None
    file = value if value is not None else os.environ.get("OMLINT_CONFIG")
    if file is not None and not off and not Path(file).is_file():
        flag = "--config" if value is not None else "OMLINT_CONFIG:"
        raise UsageError(f"{flag} {file}: there is no such file")
    if file is None:
        file = find_config(Path.cwd())
    config = load_config(SETTINGS, file=None if off else file, environ=os.environ)
    ctx.meta[_META] = config
    ctx.default_map = {_PARAMETERS.get(key, key): entry for key, entry in config.values.items()}
