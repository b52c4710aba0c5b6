"""From ``--rules PATH`` to rule instances."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from linter.results.errors import UsageError
from linter.rules import LintRule, RewriteRule
from rules.rule_set import BUILT_IN, RuleSet

__all__ = ["DEFAULT_SECONDS", "load_file", "load_rules"]

DEFAULT_SECONDS = 60.0
"""Longest that one call of a Python rule may take, if nothing else is said."""
_SUFFIXES = (".py", ".toml")
_OWN_ID = re.compile(r"(USR|RWU)\d{3}")

Rule = LintRule | RewriteRule


def load_rules(paths: Sequence[str], *, seconds: float | None = DEFAULT_SECONDS) -> RuleSet:
    """The rules of some files, before omlint's own.

    Args:
        paths: Python and TOML files, or folders of such, whose files are taken by name.
        seconds: longest that running a Python file, or one call of a rule in it, may take;
            ``None`` for no bound.

    Raises:
        UsageError: a file cannot be read or is faulty, or two rules have one id or name.
    """
    if not paths:
        return BUILT_IN
    files = tuple(dict.fromkeys(file for path in paths for file in _files(path)))
    loaded = [(file, rule) for file in files for rule in load_file(file, seconds=seconds)]
    _refuse_clashes(loaded)
    return RuleSet(
        tuple(rule for _, rule in loaded if isinstance(rule, LintRule)),
        tuple(rule for _, rule in loaded if isinstance(rule, RewriteRule)),
        tuple(paths),
    )


def load_file(path: str, *, seconds: float | None = DEFAULT_SECONDS) -> tuple[Rule, ...]:
    """The rules of one file, in the order in which it declares them.

    Raises:
        UsageError: the file cannot be read or is faulty.
    """
    if path.endswith(".py"):
        from linter.config.userrules.python import load_python

        rules = load_python(path, seconds)
    else:
        from linter.config.userrules.toml_file import load_toml

        rules = load_toml(path)
    if not rules:
        raise UsageError(f"{path}: the file declares no rule")
    return rules


def _files(path: str) -> Iterator[str]:
    place = Path(path)
    if place.is_dir():
        paths = sorted(file for file in place.iterdir() if file.suffix in _SUFFIXES)
        if not paths:
            raise UsageError(f"no rule file in the folder {path}: none ends in .py or .toml")
        yield from map(str, paths)
        return
    if not place.exists():
        raise UsageError(f"there is no rule file or folder {path}")
    if place.suffix not in _SUFFIXES:
        raise UsageError(f"{path}: a rule file ends in .py or .toml")
    yield path


def _refuse_clashes(loaded: Sequence[tuple[str, Rule]]) -> None:
    seen: dict[str, tuple[str, Rule]] = {}
    for file, rule in loaded:
        if not _OWN_ID.fullmatch(rule.id):
            raise UsageError(
                f"{file}: the id {rule.id} of {rule.name!r} is kept for built-in rules; a lint "
                "rule of yours is USR and three digits, a rewrite RWU and three digits"
            )
        if BUILT_IN.find(rule.name) is not None:
            raise UsageError(f"{file}: {rule.id} has the name {rule.name!r} of a built-in rule")
        for word, what in ((rule.id, "id"), (rule.name, "name")):
            if word in seen:
                other, first = seen[word]
                where = "as well" if other == file else f"in {other} as well"
                raise UsageError(
                    f"{file}: {rule.id} {rule.name!r} has the {what} of {first.id} "
                    f"{first.name!r} {where}"
                )
            seen[word] = (file, rule)
