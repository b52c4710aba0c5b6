"""``omlint rules``."""

from __future__ import annotations

import click

from linter.cli.streams import stdout_style, write_stdout

__all__ = ["command"]


@click.command("rules")
def command() -> int:
    """List every rule: what it finds or replaces, and how much it weighs.

    Lint rules come first, then rewrites with what they promise about the numbers.
    """
    from linter.report.rules import listing
    from rules.registry import lint_rules, rewrite_rules

    write_stdout(listing(lint_rules(), rewrite_rules(), stdout_style()))
    return 0
