"""The merge gate on the command line: what counts, what fails, and how that is said."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

import click

from linter import api
from linter.cli.command import PATH
from linter.cli.config_option import config_in_use, origin
from linter.cli.configured_codes import configured_codes
from linter.cli.streams import complain
from linter.config.definitions import SETTINGS, THRESHOLDS
from linter.config.entries import LEVELS
from linter.results.errors import UsageError
from linter.results.finding import Severity
from linter.results.gate import Threshold
from linter.results.report import Report
from linter.results.wording import plural

__all__ = ["REPORT_ONLY", "gate_options", "policy_of", "say_outcome", "weights_of"]

_Command = TypeVar("_Command", bound=Callable[..., Any])
_LOG = logging.getLogger(__name__)

_OPTIONS = (
    click.option(
        "--fail-on",
        type=click.Choice(THRESHOLDS),
        default=Threshold.ERROR.value,
        show_default=True,
        help="Lowest severity that makes the exit code 1; with uncertain, errors do and any "
        "verdict but convertible.",
    ),
    click.option(
        "--exit-zero", is_flag=True, help="Findings do not fail the run; faults still do."
    ),
    click.option(
        "--max-warnings", type=int, metavar="N", help="More than N warnings fail; -1: no limit."
    ),
    click.option(
        "--min-coverage",
        type=float,
        metavar="PERCENT",
        help="Fail where less of the reachable nodes is supported.",
    ),
    click.option(
        "--require-verified/--no-require-verified",
        help="Fail on a model without a record of rewrites that says it was verified equal.",
    ),
    click.option(
        "--strict/--no-strict",
        help="Warnings of the gate fail: entries of ignore or a baseline that have ended or are "
        "of no use.",
    ),
    click.option(
        "--baseline",
        metavar="FILE",
        type=PATH,
        help="Known findings, which do not count; see omlint baseline.",
    ),
    click.option(
        "--diff-base",
        metavar="REF",
        help="Findings that the models of this git commit have as well do not count.",
    ),
    click.option("--no-baseline", is_flag=True, help="No baseline, whatever is configured."),
    click.option(
        "--select", multiple=True, metavar="CODES", help="Only these findings: OPS,DTY001."
    ),
    click.option("--ignore", multiple=True, metavar="CODES", help="Not these findings."),
    click.option(
        "--severity",
        "severities",
        multiple=True,
        metavar="CODE=LEVEL",
        help=f"What findings weigh: {', '.join(LEVELS)}. May repeat.",
    ),
)


REPORT_ONLY = frozenset(
    (
        *("formats", "fail_on", "exit_zero", "max_warnings", "min_coverage"),
        *("require_verified", "strict", "no_baseline", "diff_base"),
    )
)
"""Parameters of ``check`` that say how a report is shown or what fails, not what is in it."""


def gate_options(command: _Command) -> _Command:
    """The flags of the gate."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def policy_of(flags: Mapping[str, Any], rules: api.RuleSet) -> api.Policy:
    """What the project lets pass: the flags, and what the configuration says for them.

    Raises:
        UsageError: a number out of bounds, a code that no lint rule has, a level that is none.
    """
    warnings = _number("max_warnings", flags)
    return replace(
        weights_of(flags, rules),
        fail_on=Threshold(flags["fail_on"]),
        max_warnings=None if warnings is None or warnings < 0 else int(warnings),
        min_coverage=_number("min_coverage", flags) or 0.0,
        require_verified=flags["require_verified"],
        strict=flags["strict"],
    )


def weights_of(flags: Mapping[str, Any], rules: api.RuleSet) -> api.Policy:
    """Which findings count and what they weigh.

    Raises:
        UsageError: a code that no lint rule has, a level that is none.
    """
    return api.Policy(
        select=configured_codes("select", flags, rules, lint=True),
        ignore=configured_codes("ignore", flags, rules, lint=True),
        severities=_severities(flags["severities"], rules),
    )


def say_outcome(report: Report, rules: api.RuleSet) -> None:
    """Say on stderr what the gate has to say; failures are errors there, and -v says the rest."""
    for entry in rules.ignores:
        if entry.hits:
            _LOG.info("%s: %s not counted", entry.place, plural(len(entry.hits), "finding"))
    for line in report.gate.lines if report.gate is not None else ():
        if line.fails:
            complain(f"GATE {line.id}: {line.message}")
        else:
            _LOG.warning("GATE %s: %s", line.id, line.message)


def _number(key: str, flags: Mapping[str, Any]) -> float | None:
    number: float | None = flags[key]
    if number is not None and not SETTINGS[key].holds(number):
        flag = origin(key, f"--{key.replace('_', '-')}")
        raise UsageError(f"{flag} {number:g} is not {SETTINGS[key].bounds}")
    return number


def _severities(texts: Iterable[str], rules: api.RuleSet) -> dict[str, Severity | None]:
    """Those of the configuration, and those of the flags over them."""
    result: dict[str, Severity | None] = {}
    for entry in config_in_use().severities:
        _refuse_unknown(entry.rule, entry.place, rules)
        result[entry.rule] = entry.severity
    for text in texts:
        code, equals, level = text.partition("=")
        code, level = code.strip().upper(), level.strip().lower()
        if not equals or not code or level not in LEVELS:
            levels = ", ".join(LEVELS)
            raise UsageError(f"--severity {text!r} is not CODE=LEVEL, with one of {levels}")
        _refuse_unknown(code, f"--severity {text}", rules)
        result[code] = LEVELS[level]
    return result


def _refuse_unknown(code: str, place: str, rules: api.RuleSet) -> None:
    if not code or not any(rule.id.startswith(code) for rule in rules.lint):
        raise UsageError(f"{place}: no lint rule has a code like {code!r}")
