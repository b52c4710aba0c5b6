"""The configuration: the nearest file, then the environment; flags come after both.

A file is ``omlint.toml``, or ``pyproject.toml`` with a table ``[tool.omlint]``. Which keys there
are, the caller says; a key that is not among them is an error that names the nearest one. A key
may be spelled with hyphens too.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from linter.config.definitions import GATE, Kind, Setting
from linter.config.entries import (
    IgnoreEntry,
    ModelEntry,
    SeverityEntry,
    read_ignores,
    read_models,
    read_severities,
)
from linter.config.setting_values import read_value
from linter.config.toml_table import Table, read_toml
from linter.results.errors import UsageError

__all__ = ["Config", "find_config", "load_config"]

_FILE, _PROJECT, _SECTION = "omlint.toml", "pyproject.toml", "tool.omlint"
_PREFIX = "OMLINT_"
_OTHERS = frozenset({"OMLINT_CONFIG", "OMLINT_DATA_HOME", "OMLINT_DEBUG"})
"""Variables that are no settings and are read elsewhere."""
_TRUE, _FALSE = ("1", "true", "yes", "on"), ("0", "false", "no", "off", "")


@dataclass(frozen=True, slots=True)
class Config:
    """What was configured.

    Attributes:
        file: the file it was read from, ``None`` when there is none.
        values: settings by key, those of the environment over those of the file.
        sources: where each setting comes from: the file, or a variable.
        models: what holds for some models.
        ignores: findings that do not count.
        severities: how much findings weigh.
    """

    file: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    models: tuple[ModelEntry, ...] = ()
    ignores: tuple[IgnoreEntry, ...] = ()
    severities: tuple[SeverityEntry, ...] = ()


def find_config(start: Path) -> str | None:
    """The nearest configuration file in ``start`` or above it, seen from ``start``."""
    here = start.absolute()
    for folder in (here, *here.parents):
        for name in (_FILE, _PROJECT):
            path = folder / name
            if path.is_file() and (name == _FILE or _has_section(path)):
                return os.path.relpath(path, here)
    return None


def load_config(
    settings: Mapping[str, Setting],
    *,
    file: str | None = None,
    environ: Mapping[str, str] | None = None,
) -> Config:
    """Read a configuration file and the environment.

    Args:
        settings: the keys that there are.
        file: the file, ``None`` for none.
        environ: the environment, ``None`` for none.

    Raises:
        UsageError: the file cannot be read, a key is unknown, or a value is of the wrong type.
    """
    config = Config() if file is None else _of_file(file, settings)
    given = _of_environment(environ or {}, settings)
    return replace(
        config,
        values={**config.values, **given},
        sources={**config.sources, **{key: _variable(key) for key in given}},
    )


def _has_section(path: Path) -> bool:
    """Whether a project file speaks of omlint; one that cannot be read is somebody else's."""
    try:
        return f"[{_SECTION}" in path.read_text("utf-8")
    except (OSError, ValueError):
        return False


def _of_file(file: str, settings: Mapping[str, Setting]) -> Config:
    content = read_toml(file, "configuration file")
    section = ""
    if Path(file).name == _PROJECT:
        section = _SECTION
        for key in _SECTION.split("."):
            content = content.get(key, {}) if isinstance(content, dict) else {}
        if not isinstance(content, dict):
            raise UsageError(f"{file}: {_SECTION} is not a table")
    table = _spelled(Table(file, section, content), settings)
    gate = _spelled(table.table(GATE), settings)
    tables = {"": table, GATE: gate}
    codes, ignores = read_ignores(table)
    values = {}
    for key, setting in settings.items():
        homes = [tables[name] for name in setting.tables if key in tables[name]]
        if len(homes) > 1:
            raise table.fault(f"{key} is said here and in {GATE}; once is enough", key)
        if homes and (key != "ignore" or codes):
            values[key] = codes if key == "ignore" else read_value(homes[0], key, setting)
    models, severities = read_models(table), read_severities(table)
    table.close(*_names(settings, ""))
    gate.close(*_names(settings, GATE))
    return Config(file, values, dict.fromkeys(values, file), models, ignores, severities)


def _names(settings: Mapping[str, Setting], table: str) -> list[str]:
    """What may stand in a table, and where the other settings stand, for a suggestion."""
    names = [key for key, setting in settings.items() if table in setting.tables]
    return names + [
        f"{setting.tables[0]}.{key}" if setting.tables[0] else key
        for key, setting in settings.items()
        if table not in setting.tables
    ]


def _spelled(table: Table, settings: Mapping[str, Setting]) -> Table:
    """The table with the keys of settings spelled as they are defined.

    Raises:
        UsageError: a key is there in both spellings.
    """
    content: dict[str, Any] = {}
    for key, value in table.items():
        plain = key.replace("-", "_")
        name = plain if plain in settings else key
        if name in content:
            raise table.fault(f"{name} is said twice: with hyphens and with underscores", name)
        content[name] = value
    return Table(table.file, table.path, content)


def _variable(key: str) -> str:
    return f"{_PREFIX}{key.upper()}"


def _of_environment(environ: Mapping[str, str], settings: Mapping[str, Setting]) -> dict[str, Any]:
    known = {_variable(key): key for key in settings}
    values: dict[str, Any] = {}
    for name in sorted(environ):
        if not name.startswith(_PREFIX) or name in _OTHERS:
            continue
        key = known.get(name)
        if key is not None:
            values[key] = _parsed(name, environ[name], settings[key])
        elif near := get_close_matches(name, known, n=1, cutoff=0.85):
            raise UsageError(f"the variable {name} is not known; did you mean {near[0]}?")
    return values


def _parsed(name: str, text: str, setting: Setting) -> Any:
    """The value of a variable.

    Raises:
        UsageError: it is none of the kind.
    """
    if setting.kind is Kind.FLAG:
        if text.lower() not in (*_TRUE, *_FALSE):
            raise UsageError(f"{name}: {text!r} is neither true nor false")
        return text.lower() in _TRUE
    if setting.kind in (Kind.NUMBER, Kind.COUNT):
        whole = setting.kind is Kind.COUNT
        number = _number(text)
        if number is None or not setting.holds(number) or (whole and number != int(number)):
            raise UsageError(
                f"{name}: {text!r} is not a {'whole ' if whole else ''}number {setting.bounds}"
            )
        return int(number) if whole else number
    if setting.kind is Kind.CHOICE and text not in setting.choices:
        raise UsageError(f"{name}: {text!r} is not one of {', '.join(setting.choices)}")
    if setting.kind is Kind.PATHS:
        return tuple(part for part in text.split(os.pathsep) if part)
    if setting.kind is Kind.TEXTS:
        return tuple(part for part in text.replace(",", " ").split() if part)
    return text


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
