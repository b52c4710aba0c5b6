"""How text looks: colour, width, symbols, and names that cannot harm a terminal."""

from __future__ import annotations

from dataclasses import dataclass

from linter.report.messages import localized, phrase
from linter.results.finding import Finding
from linter.results.wording import plural

__all__ = ["PLAIN", "Style", "clean", "percent", "size_text"]

_CODES = {"red": "31", "yellow": "33", "green": "32", "cyan": "36", "dim": "2", "bold": "1"}


@dataclass(frozen=True, slots=True)
class Style:
    """What the stream that the text goes to can show.

    Attributes:
        color: ANSI colours may be used.
        unicode: characters outside ASCII may be used.
        width: columns.
        verbose: name every node instead of the first ones.
        quiet: verdicts only.
        language: of everything but names, op types and codes.
    """

    color: bool = False
    unicode: bool = True
    width: int = 88
    verbose: bool = False
    quiet: bool = False
    language: str = "en"

    def say(self, text: str, **fields: object) -> str:
        """A fixed text in the reader's language, its fields filled."""
        return phrase(text, self.language).format(**fields)

    def counted(self, count: int, noun: str) -> str:
        """``2,345 nodes`` in the reader's language."""
        if self.language == "en":
            return plural(count, noun)
        return f"{count:,} {phrase(f'# {noun}', self.language)}"

    def finding(self, finding: Finding) -> tuple[str, str]:
        """Message and remedy of a finding in the reader's language."""
        return localized(finding, self.language)

    def paint(self, text: str, *names: str) -> str:
        """``text`` in colours, when there are colours."""
        if not self.color or not names:
            return text
        return f"\x1b[{';'.join(_CODES[name] for name in names)}m{text}\x1b[0m"

    @property
    def dot(self) -> str:
        """What separates the parts of a line."""
        return " · " if self.unicode else ", "

    @property
    def times(self) -> str:
        """The sign before a count."""
        return "×" if self.unicode else "x"


PLAIN = Style()
"""A pipe: no colour, the default width."""


def clean(text: str) -> str:
    """``text`` with control characters and undecodable bytes escaped: names come from files."""
    if text.isprintable():
        return text
    return "".join(
        character
        if character.isprintable()
        else character.encode("unicode_escape", "surrogatepass").decode("ascii")
        for character in text
    )


def percent(part: int, whole: int) -> str:
    """A share in whole per cent; 0 and 100 only where it is none and all.

    >>> percent(1, 3), percent(1, 1000), percent(999, 1000), percent(0, 0)
    ('33%', '<1%', '>99%', '')
    """
    if not whole:
        return ""
    share = 100 * part / whole
    if 0 < share < 1:
        return "<1%"
    return ">99%" if 99 < share < 100 else f"{round(share)}%"


def size_text(nbytes: int) -> str:
    """Bytes as a person reads them, in powers of 1000."""
    if nbytes < 1000:
        return f"{nbytes} B"
    for unit, scale in (("kB", 1e3), ("MB", 1e6)):
        if nbytes < 999.95 * scale:
            return f"{nbytes / scale:.1f} {unit}"
    return f"{nbytes / 1e9:.1f} GB"
