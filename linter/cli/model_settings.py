"""``[[models]]`` and ``[[ignore]]``: what the configuration says of one model, and of findings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

from linter import api
from linter.cli.config_option import config_in_use, is_configured
from linter.results.errors import UsageError
from linter.results.varying import KINDS

if TYPE_CHECKING:
    from linter.config.entries import ModelEntry

__all__ = ["flags_for", "groups", "with_ignores"]


def flags_for(model: str, flags: Mapping[str, Any]) -> dict[str, Any]:
    """The flags of a command for one model: what nobody gave comes from the configuration.

    Raises:
        UsageError: the command works for one target, and the configuration names several.
    """
    config = config_in_use()
    entry = next((entry for entry in config.models if entry.covers(model)), None)
    result = dict(flags)
    if entry is not None:
        _add(entry, result)
    if "target" in result and result["target"] is None:
        _only_target(entry, result)
    return result


def groups(models: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Models that can be judged under the same flags, in their order."""
    entries = config_in_use().models
    if not entries:
        yield tuple(models)
        return
    for _, members in groupby(models, lambda model: [entry.covers(model) for entry in entries]):
        yield tuple(members)


def _add(entry: ModelEntry, flags: dict[str, Any]) -> None:
    shapes = tuple(f"{name}:{','.join(map(str, sizes))}" for name, sizes in entry.shapes.items())
    values = (
        ("input_shapes", shapes),
        ("outputs", entry.outputs),
        ("cut_inputs", entry.cut_inputs),
        ("set_inputs", entry.set_inputs),
    )
    if not any(flags.get(kind) for kind in KINDS):
        flags |= {kind: text for kind, text in entry.profiles.items() if kind in flags}
    for parameter, value in values:
        if value and not flags.get(parameter):
            flags[parameter] = value
    if "seeds" in flags:  # the command compares numbers
        flags["tolerances"] = entry.tolerances
    variable = config_in_use().sources.get("target", "").startswith("OMLINT_")
    given = flags.get("targets") and not is_configured("targets")
    if entry.target and "targets" in flags and not given and not variable:
        flags["targets"] = entry.target


def _only_target(entry: ModelEntry | None, flags: dict[str, Any]) -> None:
    config = config_in_use()
    source = config.sources.get("target", "")
    named = tuple(config.values.get("target", ()))
    if entry is not None and entry.target and not source.startswith("OMLINT_"):
        named, source = entry.target, f"{config.file}: the entry {entry.glob!r} of models"
    if len(named) > 1:
        raise UsageError(
            f"one target is needed, and {source} names {len(named)}; --target picks one"
        )
    if named:
        flags["target"] = named[0]


def with_ignores(rules: api.RuleSet) -> api.RuleSet:
    """The rules, with the findings that the configuration ignores.

    Raises:
        UsageError: an entry is about a code that no rule has.
    """
    today = datetime.now(UTC).date()
    entries = []
    for entry in config_in_use().ignores:
        if not any(rule.id.startswith(entry.rule) for rule in rules.lint):
            raise UsageError(f"{entry.place}.rule: no lint rule has a code like {entry.rule!r}")
        said = (entry.model, entry.folder, entry.reason, entry.until)
        entries.append(api.Ignore(entry.rule, entry.node, entry.place, *said))
    ended = [entry for entry in entries if entry.until is not None and entry.until < today]
    running = [entry for entry in entries if entry not in ended]
    return replace(rules, ignores=tuple(running), expired=tuple(ended)) if entries else rules
