"""``--rules PATH``: rules of the user's own, on every command that runs or lists rules."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

import click

from linter import api
from linter.cli.config_option import is_configured
from linter.cli.model_settings import with_ignores

__all__ = ["chosen_rules", "rules_option"]

_Command = TypeVar("_Command", bound=Callable[..., Any])
_LOG = logging.getLogger(__name__)


def rules_option(command: _Command) -> _Command:
    """``--rules``, which may repeat, and ``--rule-timeout``."""
    command = click.option(
        "--rule-timeout",
        type=click.FloatRange(min=0, min_open=True, max=86_400),
        default=60.0,
        show_default=True,
        metavar="SECONDS",
        help="Longest that one call of a Python rule may take.",
    )(command)
    return click.option(
        "--rules",
        "rule_paths",
        multiple=True,
        type=click.Path(),
        metavar="PATH",
        help="Rules of your own: a .py or .toml file, or a folder of such. May repeat.",
    )(command)


def chosen_rules(flags: Mapping[str, Any], *, gated: bool = False) -> api.RuleSet:
    """The rules of the files that ``--rules`` names, and the built-in ones.

    What the configuration names is not repeated in commands that a report suggests.

    Args:
        flags: of the command.
        gated: the command has a gate, which names the entries that have ended.

    Raises:
        UsageError: a file is faulty.
    """
    rules = api.BUILT_IN
    if flags["rule_paths"]:
        rules = api.load_rules(flags["rule_paths"], seconds=flags["rule_timeout"])
        rules = replace(rules, files=()) if is_configured("rule_paths") else rules
    rules = with_ignores(rules)
    for entry in () if gated else rules.expired:
        _LOG.warning("%s ended on %s: %s", entry.place, entry.until, entry.reason)
    return rules
