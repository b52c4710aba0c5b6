"""``omlint rules``."""

from __future__ import annotations

from typing import Any

import click

from linter import api
from linter.cli import options
from linter.cli.command import PATH, Command
from linter.cli.config_option import config_option
from linter.cli.rule_files import chosen_rules, rules_option
from linter.cli.streams import TABLE_WIDTH, stdout_style, write_stdout
from linter.results.errors import UsageError

__all__ = ["command"]


@click.command(
    "rules",
    cls=Command,
    examples=(
        "omlint rules --format json",
        "omlint rules --test our_rules.toml",
    ),
)
@click.argument("files", nargs=-1, metavar="[FILE...]", type=PATH)
@config_option
@click.option("--test", is_flag=True, help="Run the examples of the rules in FILE.")
@rules_option
@options.format_option("text", "json")
def command(files: tuple[str, ...], *, test: bool, **flags: Any) -> int:
    """List every rule: what it finds or replaces, and how much it weighs.

    Lint rules come first, then rewrites with what they promise about the numbers; those of the
    files that --rules names are among them. With --test, the examples of the rules in each FILE
    (.py, .toml or a folder) are run, and with TensorFlow the numbers before and after each
    rewrite are compared: 0 all hold, 1 one failed, 2 a file is faulty.
    """
    if test:
        options.set_up_logging(quiet=False, verbose=False)
        return _try(files or flags["rule_paths"], flags)
    if files:
        raise UsageError("FILE goes with --test; --rules FILE lists its rules among the others")
    from linter.report import rules as report

    listing = api.list_rules(chosen_rules(flags))
    if flags["format_name"] == "json":
        write_stdout(report.as_json_text(listing))
    else:
        write_stdout(report.listing(listing, stdout_style(width=TABLE_WIDTH)))
    return 0


def _try(files: tuple[str, ...], flags: dict[str, Any]) -> int:
    if not files:
        raise UsageError("--test needs a FILE with rules: omlint rules --test FILE")
    from linter.report import rule_trial

    results = api.try_rules(files, seconds=flags["rule_timeout"])
    if flags["format_name"] == "json":
        write_stdout(rule_trial.as_json_text(results))
    else:
        write_stdout(rule_trial.as_text(results, stdout_style()))
    return int(any(result.fault is not None for result in results))
