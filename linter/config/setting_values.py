"""Values of settings as a file writes them, checked and in the form that flags have."""

from __future__ import annotations

import os
from typing import Any

from linter.config.definitions import Kind, Setting
from linter.config.toml_table import Table

__all__ = ["read_value"]

_SHOWN = 20


def read_value(table: Table, key: str, setting: Setting) -> Any:
    """The value of a key that is in a table.

    Raises:
        UsageError: it is none of the kind, or out of bounds.
    """
    if setting.kind is Kind.FLAG:
        return table.flag(key)
    if setting.kind in (Kind.NUMBER, Kind.COUNT):
        return _number(table, key, setting)
    if setting.kind is Kind.CHOICE:
        return table.choice(key, {word: word for word in setting.choices})
    if setting.kind is Kind.TEXT:
        return table.text(key)
    folder = os.path.dirname(table.file)  # noqa: PTH120 - a path of the user's stays as typed
    if setting.kind is Kind.PATH:
        return os.path.join(folder, table.text(key))  # noqa: PTH118
    texts = table.texts(key)
    if setting.kind is Kind.PATHS:
        return tuple(os.path.join(folder, text) for text in texts)  # noqa: PTH118
    return texts


def _number(table: Table, key: str, setting: Setting) -> int | float:
    whole = setting.kind is Kind.COUNT
    number = table.whole(key) if whole else table.number(key, 0.0)
    if not setting.holds(number):
        shown = f"{number:g}" if isinstance(number, float) else str(number)[:_SHOWN]
        raise table.fault(f"{shown} is not {setting.bounds}", key)
    return number
