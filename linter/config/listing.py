"""Every setting with its value and its origin, and the entries of the file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from linter.config.definitions import ENTRIES, SETTINGS, Setting
from linter.config.entries import IgnoreEntry, ModelEntry, SeverityEntry
from linter.config.settings import Config
from linter.config.toml_lines import key_lines, line_of
from linter.results.config import ConfigListing, EntryInfo, Origin, SettingInfo, SettingValue
from linter.results.tolerance import Tolerance
from linter.results.varying import KINDS

__all__ = ["list_settings"]

_PROJECT = "pyproject.toml"
_SECTION = "tool.omlint."


def list_settings(config: Config, flags: Mapping[str, SettingValue] | None = None) -> ConfigListing:
    """Every setting: its value, and the flag, variable, line or default that says so.

    Args:
        config: what was configured.
        flags: values that flags give, by key.
    """
    lines = _Lines(config.file)
    given = flags or {}
    settings = tuple(
        _setting(key, setting, config, given, lines) for key, setting in SETTINGS.items()
    )
    return ConfigListing(config.file, settings, tuple(_entries(config, lines)))


class _Lines:
    """The lines of a configuration file."""

    def __init__(self, file: str | None) -> None:
        self._file = file or ""
        self._section = _SECTION if Path(self._file).name == _PROJECT else ""
        self._lines: dict[str, int] = {}
        if file is not None:
            found = key_lines(Path(file).read_bytes().decode("utf-8"))
            self._lines = {path.replace("-", "_"): line for path, line in found.items()}

    def where(self, path: str) -> str:
        """File and line of a key."""
        line = line_of(self._lines, f"{self._section}{path}".replace("-", "_"))
        return self._file if line is None else f"{self._file}:{line}"

    def first(self, *paths: str) -> str:
        """File and line of the key, whichever of its places it stands in."""
        for path in paths:
            if f"{self._section}{path}" in self._lines:
                return self.where(path)
        return self.where(paths[-1])


def _setting(
    key: str,
    setting: Setting,
    config: Config,
    flags: Mapping[str, SettingValue],
    lines: _Lines,
) -> SettingInfo:
    paths = [f"{table}.{key}" if table else key for table in setting.tables]
    source = config.sources.get(key, "")
    if key in flags:
        value, origin, where = flags[key], Origin.FLAG, f"--{key.replace('_', '-')}"
    elif key not in config.values:
        value, origin, where = setting.default, Origin.DEFAULT, ""
    elif source != config.file:
        value, origin, where = config.values[key], Origin.ENVIRONMENT, source
    else:
        value, origin, where = config.values[key], Origin.FILE, lines.first(*paths)
    return SettingInfo(paths[0], value, origin, where, setting.help)


def _entries(config: Config, lines: _Lines) -> Iterator[EntryInfo]:
    for number, model in enumerate(config.models, 1):
        yield EntryInfo("models", lines.where(f"models[{number}]"), _fields("models", model))
    for ignore in config.ignores:
        path = ignore.place.rpartition(": ")[2].removeprefix(_SECTION)
        yield EntryInfo("ignore", lines.where(path), _fields("ignore", ignore))
    for severity in config.severities:
        yield EntryInfo("severity", lines.where(f"severity.{severity.key}"), _weight(severity))


def _fields(table: str, entry: ModelEntry | IgnoreEntry) -> dict[str, str]:
    """What an entry says, key by key; what it leaves out is left out."""
    profiles = entry.profiles if isinstance(entry, ModelEntry) else {}
    texts = {
        name: profiles.get(name, "") if name in KINDS else _text(getattr(entry, name))
        for name in ENTRIES[table]
    }
    return {name: text for name, text in texts.items() if text not in ("", "*")}


def _text(value: object) -> str:
    if isinstance(value, Mapping):
        return "; ".join(f"{name}:{_text(entry)}" for name, entry in value.items())
    if isinstance(value, Tolerance):
        return f"rtol={value.rtol:g},atol={value.atol:g}"
    if isinstance(value, tuple):
        return (", " if value and isinstance(value[0], str) else ",").join(map(str, value))
    return "" if value is None else str(value)


def _weight(entry: SeverityEntry) -> dict[str, str]:
    return {entry.rule: "off" if entry.severity is None else entry.severity.value}
