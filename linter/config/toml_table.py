"""Reads TOML strictly: every key is asked for by name and type, and what is left over is an error.

An error names the file, the path of the key and what was expected, so that nobody has to guess
which of forty entries is meant.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from math import inf
from pathlib import Path
from typing import Any, NoReturn

from linter.results.errors import UsageError

__all__ = ["Table", "read_toml"]

_WORDS: dict[type, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a text",
    list: "a list",
    dict: "a table",
}
_SHOWN = 60


def read_toml(path: str, what: str) -> dict[str, Any]:
    """The content of a TOML file.

    Args:
        path: the file.
        what: what it is called in an error, such as ``rule file``.

    Raises:
        UsageError: the file cannot be read, or is no TOML; line and column are named.
    """
    try:
        text = Path(path).read_bytes().decode("utf-8")
    except OSError as err:
        raise UsageError(f"cannot read the {what} {path}: {err.strerror}") from err
    except ValueError as err:
        raise UsageError(f"{path}: the {what} is not UTF-8 text") from err
    try:
        return tomllib.loads(text)
    except (ValueError, OverflowError) as err:
        raise UsageError(f"{path}: not TOML: {err}") from err
    except RecursionError as err:
        raise UsageError(f"{path}: not TOML that can be read: nested too deeply") from err


class Table:
    """One table of a file, with the keys that were asked for so far.

    Attributes:
        file: the file, for messages.
        path: where the table is in it.
    """

    def __init__(self, file: str, path: str, content: Mapping[str, Any]) -> None:
        self.file, self.path, self._content = file, path, content
        self._known: dict[str, None] = {}

    def __contains__(self, key: str) -> bool:
        return key in self._content

    def fault(self, message: str, key: str | None = None) -> UsageError:
        """The error about the table or one key of it."""
        place = self.path if key is None else self.where(key)
        return UsageError(
            f"{self.file}: {place}: {message}" if place else f"{self.file}: {message}"
        )

    def where(self, key: str) -> str:
        """The path of a key."""
        return f"{self.path}.{key}" if self.path else key

    def text(self, key: str, default: str | None = None) -> str:
        """A text; required without a default."""
        value = self._take(key, str, default)
        return str(value)

    def flag(self, key: str) -> bool:
        """``true`` or ``false``; false when it is not there."""
        return bool(self._take(key, bool, False))

    def number(self, key: str, default: float) -> float:
        """A number; one that is too large is infinite."""
        value = self._take(key, float, default)
        try:
            return float(value)
        except OverflowError:
            return inf

    def whole(self, key: str) -> int:
        """A whole number; required."""
        return int(self._take(key, int, None))

    def choice(self, key: str, choices: Mapping[str, Any]) -> Any:
        """One of some words; what it stands for."""
        word = self.text(key)
        if word not in choices:
            raise self.fault(f"{word!r} is not one of {', '.join(choices)}", key)
        return choices[word]

    def texts(self, key: str) -> tuple[str, ...]:
        """A text or a list of texts; empty when it is not there."""
        value = self.any(key, ())
        entries = (value,) if isinstance(value, str) else value
        if not isinstance(entries, (list, tuple)) or not all(isinstance(e, str) for e in entries):
            self._wrong(key, value, "a text or a list of texts")
        return tuple(entries)

    def sizes(self, key: str) -> tuple[int, ...]:
        """A list of whole numbers."""
        value = self.any(key)
        if not isinstance(value, list) or not all(type(size) is int for size in value):
            self._wrong(key, value, "a list of whole numbers")
        return tuple(value)

    def varying_sizes(self, key: str) -> tuple[int | str, ...]:
        """A list of whole numbers, and ranges such as ``"1~8"``."""
        value = self.any(key)
        known = isinstance(value, list) and all(
            type(size) is int or (isinstance(size, str) and "~" in size) for size in value
        )
        if not known:
            self._wrong(key, value, "a list of whole numbers and ranges such as '1~8'")
        return tuple(value)

    def table(self, key: str) -> Table:
        """A table; empty when it is not there."""
        return Table(self.file, self.where(key), self._take(key, dict, {}))

    def tables(self, key: str) -> tuple[Table, ...]:
        """A list of tables; empty when it is not there."""
        value = self.any(key, [])
        if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
            self._wrong(key, value, f"a list of tables ([[{self.where(key)}]])")
        return tuple(
            Table(self.file, f"{self.where(key)}[{number}]", entry)
            for number, entry in enumerate(value, 1)
        )

    def any(self, key: str, *default: Any) -> Any:
        """The value as it is; required without a default."""
        self._known[key] = None
        if key in self._content:
            return self._content[key]
        if not default:
            near = get_close_matches(key, self._content, n=1)
            hint = f"; is it meant by {near[0]!r}?" if near else ""
            raise self.fault(f"{key} is missing{hint}")
        return default[0]

    def items(self) -> Iterator[tuple[str, Any]]:
        """All entries, for a table whose keys are the user's."""
        self._known.update(dict.fromkeys(self._content))
        return iter(self._content.items())

    def close(self, *allowed: str) -> None:
        """Refuse keys that were not asked for.

        Args:
            allowed: keys that would have been asked for in another case, for the suggestion.

        Raises:
            UsageError: names the key and the one that is probably meant.
        """
        for key in self._content:
            if key not in self._known:
                known = list(dict.fromkeys((*self._known, *allowed)))
                near = get_close_matches(key, known, n=1)
                hint = (
                    f"did you mean {near[0]!r}?" if near else f"known: {', '.join(sorted(known))}"
                )
                raise self.fault(f"unknown key {key!r}; {hint}")

    def _take(self, key: str, kind: type, default: Any) -> Any:
        value = self.any(key, *(() if default is None else (default,)))
        fits = type(value) is kind or (kind is float and type(value) is int)
        if not fits:
            self._wrong(key, value, _WORDS[kind])
        return value

    def _wrong(self, key: str, value: Any, wanted: str) -> NoReturn:
        shown = repr(value)
        shown = shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}..."
        raise self.fault(f"{shown} is not {wanted}", key)
