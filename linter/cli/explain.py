"""``omlint explain``."""

from __future__ import annotations

from typing import Any

import click

from linter import api
from linter.cli import options
from linter.cli.command import Command
from linter.cli.config_option import config_option
from linter.cli.database_option import database_option
from linter.cli.rule_files import chosen_rules, rules_option
from linter.cli.streams import TABLE_WIDTH, stdout_style, write_stdout

__all__ = ["command"]


@click.command(
    "explain",
    cls=Command,
    examples=(
        "omlint explain OPS001",
        "omlint explain Conv2D --target Ascend310P3",
    ),
)
@click.argument("subject", metavar="CODE|OP")
@config_option
@options.targets_option
@database_option
@rules_option
def command(subject: str, **flags: Any) -> int:
    """Explain a rule (OPS001, unknown-op) or what becomes of an OP, with sources and rewrites."""
    from linter.report.explain import explanation
    from linter.report.rules import document
    from linter.results.rules import RuleInfo

    explained = api.explain(
        subject, targets=flags["targets"], rules=chosen_rules(flags), store=flags["db"]
    )
    style = stdout_style(width=TABLE_WIDTH)
    if isinstance(explained, RuleInfo):
        write_stdout(document(explained, style))
    else:
        write_stdout(explanation(explained, style))
    return 0
