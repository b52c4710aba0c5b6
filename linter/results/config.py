"""What is configured, and where each of it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

__all__ = ["ConfigListing", "EntryInfo", "Origin", "SettingInfo", "SettingValue"]

SettingValue: TypeAlias = str | int | float | bool | tuple[str, ...] | None
"""A value as a flag has it; ``None`` for nothing."""


class Origin(StrEnum):
    """What says the value of a setting; the first of these counts."""

    FLAG = "flag"
    ENVIRONMENT = "environment"
    FILE = "file"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class SettingInfo:
    """One setting.

    Attributes:
        key: its path in a file, ``gate.strict``.
        value: what holds.
        origin: what says so.
        where: the flag, the variable, or file and line; empty for the default.
        help: what the setting is.
    """

    key: str
    value: SettingValue
    origin: Origin
    where: str
    help: str


@dataclass(frozen=True, slots=True)
class EntryInfo:
    """One entry of a table of the file.

    Attributes:
        table: ``models``, ``ignore`` or ``severity``.
        where: file and line.
        fields: what it says, in order.
    """

    table: str
    where: str
    fields: dict[str, str]


@dataclass(frozen=True, slots=True)
class ConfigListing:
    """All that is configured.

    Attributes:
        file: the file that is read, ``None`` when there is none.
        settings: every setting.
        entries: what holds for some models or findings.
    """

    file: str | None
    settings: tuple[SettingInfo, ...]
    entries: tuple[EntryInfo, ...] = ()
