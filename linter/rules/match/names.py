"""The names that a match binds, as far as the pattern tells."""

from __future__ import annotations

from collections.abc import Iterator

from linter.rules.match.pattern import Pattern

__all__ = ["ROOT", "names_of", "ops_of"]

ROOT = "root"
"""What texts and conditions call the node that is matched."""


def names_of(pattern: Pattern) -> Iterator[str]:
    """The names that every match binds; of several choices, those that all of them have."""
    if pattern.name is not None:
        yield pattern.name
    for entry in pattern.inputs or ():
        if isinstance(entry, Pattern):
            yield from names_of(entry)
    if pattern.choices:
        first, *others = (tuple(names_of(choice)) for choice in pattern.choices)
        yield from (name for name in first if all(name in other for other in others))


def ops_of(pattern: Pattern, name: str) -> tuple[str, ...]:
    """Op types that the producer of a bound value may have; empty when any."""
    if name in (ROOT, pattern.name):
        return pattern.ops
    for entry in pattern.inputs or ():
        if isinstance(entry, Pattern) and name in names_of(entry):
            return ops_of(entry, name)
    return ()
