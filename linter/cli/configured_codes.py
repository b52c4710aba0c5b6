"""``--select`` and ``--ignore``: codes of the command line, or of the configuration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from linter import api
from linter.cli.config_option import is_configured, origin
from linter.cli.parsing import parse_codes

__all__ = ["configured_codes"]


def configured_codes(
    name: str, flags: Mapping[str, Any], rules: api.RuleSet, *, lint: bool = False
) -> tuple[str, ...]:
    """The codes of rewrites, or of lint rules, that ``select`` or ``ignore`` names.

    A configuration serves all commands, so codes of the other kind may stand in it.

    Raises:
        UsageError: a code that no rule has.
    """
    flag = origin(name, f"--{name}")
    return parse_codes(flags[name], flag, rules, lint=lint, mixed=is_configured(name))
