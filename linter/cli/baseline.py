"""``omlint baseline``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from linter import api
from linter.cli import check, options
from linter.cli.command import PATH, Command, Group
from linter.cli.config_option import config_option
from linter.cli.gate_options import REPORT_ONLY, weights_of
from linter.cli.rule_files import chosen_rules
from linter.cli.streams import complain_about, guard_outputs, stdout_style, write_stdout
from linter.results.baseline import BaselineChange
from linter.results.errors import LinterError, UsageError
from linter.results.report import Report

__all__ = ["command"]

_FILE = "omlint-baseline.json"


@click.group("baseline", cls=Group)
def command() -> None:
    """Keep the findings that are known, so that only new ones fail."""


def _write(models: tuple[str, ...], **flags: Any) -> int:
    """Write what is found in each MODEL as known.

    What the file says of other models and targets stays. The file is that of --baseline, of the
    configuration, or omlint-baseline.json.
    """
    path = flags["baseline"] or _FILE
    guard_outputs([path], models)
    return _changed(path, models, flags, api.write_baseline)


def _prune(models: tuple[str, ...], **flags: Any) -> int:
    """Take out what is found no longer; nothing comes in.

    Without a MODEL, those that the file is about are looked at; entries about files that are gone
    are taken out as well.
    """
    path = flags["baseline"] or _FILE
    _refuse_missing(path)
    guard_outputs([path], models)
    baseline = api.read_baseline(path)
    named = dict.fromkeys(str(Path(baseline.folder, entry.model)) for entry in baseline.entries)
    there = tuple(name for name in named if Path(name).exists())
    return _changed(path, models or there, flags, api.prune_baseline)


def _changed(
    path: str,
    models: tuple[str, ...],
    flags: Mapping[str, Any],
    change: Callable[[Report, str], BaselineChange],
) -> int:
    """Judge the models, change the file, and say what became of it."""
    from linter.report import baseline as report

    quiet, verbose = flags["quiet"], flags["verbose"]
    options.set_up_logging(quiet=quiet, verbose=verbose)
    rules = chosen_rules(flags)
    policy = weights_of(flags, rules)
    known = [api.read_baseline(path)] if Path(path).exists() else []
    judged = Report((), {})
    if models:
        judged = check.judge(models, flags, rules, watched=api.watched_nodes(known))
    for error in judged.errors:
        complain_about(error)
    outcome = change(api.weigh(judged, policy), path)
    style = stdout_style(quiet=quiet, verbose=verbose)
    write_stdout(report.changed(outcome, style))
    return LinterError.exit_code if judged.errors else 0


def _refuse_missing(path: str) -> None:
    if not Path(path).is_file():
        raise UsageError(f"{path}: there is no such file; omlint baseline write makes one")


@command.command("show")
@click.argument("file", required=False, metavar="[FILE]", type=PATH)
@config_option
@click.option("--baseline", hidden=True)
@options.format_option("text", "json")
@options.verbosity_options
def _show(
    file: str | None, *, baseline: str | None, quiet: bool, verbose: bool, **flags: Any
) -> int:
    """List what FILE holds; without FILE, that of the configuration or omlint-baseline.json."""
    from linter.report import baseline as report

    options.set_up_logging(quiet=quiet, verbose=verbose)
    path = file or baseline or _FILE
    _refuse_missing(path)
    shown = api.read_baseline(path)
    style = stdout_style(quiet=quiet, verbose=verbose)
    as_json = flags["format_name"] == "json"
    write_stdout(report.as_json_text(shown) if as_json else report.listing(shown, style))
    return 0


def _like_check(name: str, callback: Callable[..., int], *, every: bool) -> None:
    """A command that judges as ``check`` does, under the same flags.

    Args:
        name: of the command.
        callback: does it.
        every: it may do without a MODEL.
    """
    params: list[click.Parameter] = []
    for param in check.command.params:
        if every and param.name == "models":
            params.append(click.Argument(["models"], nargs=-1, metavar="[MODEL...]", type=PATH))
        elif param.name not in REPORT_ONLY:
            params.append(param)
    example = f"omlint baseline {name} models/*.pb --target atc@8.1.RC1/Ascend310P3"
    command.add_command(
        Command(name, params=params, callback=callback, help=callback.__doc__, examples=(example,))
    )


_like_check("write", _write, every=False)
_like_check("prune", _prune, every=True)
