"""``omlint config``."""

from __future__ import annotations

from typing import Any

import click

from linter import api
from linter.cli import options
from linter.cli.command import Command
from linter.cli.config_option import config_in_use, config_option
from linter.cli.streams import stdout_style, write_stdout
from linter.config.definitions import SETTINGS, Kind, Setting
from linter.results.errors import UsageError

__all__ = ["command"]


def _run(*, schema: bool, format_name: str, quiet: bool, verbose: bool, **flags: Any) -> int:
    """Show every setting with its value, and the flag, variable or line that says so.

    The flags are those of the other commands: given here, they show what they would change.
    """
    options.set_up_logging(quiet=quiet, verbose=verbose)
    if schema:
        write_stdout(api.config_schema())
        return 0
    from linter.report import config as report

    given = {key: flags[f"set_{key}"] for key in SETTINGS if flags[f"set_{key}"] not in (None, ())}
    for key, value in given.items():
        setting = SETTINGS[key]
        if setting.kind in (Kind.NUMBER, Kind.COUNT) and not setting.holds(value):
            raise UsageError(f"--{key.replace('_', '-')} {value:g} is not {setting.bounds}")
    listing = api.list_settings(config_in_use(), given)
    style = stdout_style(quiet=quiet, verbose=verbose)
    write_stdout(
        report.as_json_text(listing) if format_name == "json" else report.render(listing, style)
    )
    return 0


_CHOICES = 40
"""Letters of choices that stand beside a flag; more stand in its help."""


def _option(key: str, setting: Setting) -> click.Option:
    """The flag of a setting; nothing when it is not given."""
    flag, types = f"--{key.replace('_', '-')}", {Kind.COUNT: int, Kind.NUMBER: float}
    if setting.kind is Kind.FLAG:
        names = [f"{flag}/--no-{key.replace('_', '-')}", f"set_{key}"]
        return click.Option(names, default=None, help=setting.help)
    long = len("|".join(setting.choices)) > _CHOICES
    return click.Option(
        [flag, f"set_{key}"],
        metavar="NAME" if long else None,
        type=click.Choice(setting.choices) if setting.choices else types.get(setting.kind, str),
        multiple=setting.kind in (Kind.TEXTS, Kind.PATHS),
        help=f"{setting.help}: {', '.join(setting.choices)}" if long else setting.help,
    )


command = Command(
    "config",
    callback=_run,
    help=_run.__doc__,
    examples=("omlint config --fail-on warning",),
    params=[_option(key, setting) for key, setting in SETTINGS.items()],
)
for _decorate in (
    click.option("--schema", is_flag=True, help="Print the JSON schema of omlint.toml."),
    options.format_option("text", "json"),
    options.verbosity_options,
    config_option,
):
    _decorate(command)
