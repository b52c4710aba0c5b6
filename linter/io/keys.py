"""Keys for nodes whose names need not be unique."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["unique_keys"]


def unique_keys(names: Sequence[str]) -> tuple[list[str], tuple[str, ...]]:
    """Keys for node names, and the names that occur more than once.

    The first node of a name has the name as its key, the others ``name#2``, ``name#3`` …; a number
    that another node uses as its name is passed over.
    """
    taken = set(names)
    if len(taken) == len(names):
        return list(names), ()
    seen: dict[str, int] = {}
    keys: list[str] = []
    for name in names:
        count = seen.get(name, 0) + 1
        key = name
        if count > 1:
            while (key := f"{name}#{count}") in taken:
                count += 1
            taken.add(key)
        seen[name] = count
        keys.append(key)
    return keys, tuple(name for name, count in seen.items() if count > 1)
