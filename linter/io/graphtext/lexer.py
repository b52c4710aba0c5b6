"""Words of one line of graph text."""

from __future__ import annotations

import re
from typing import NamedTuple

from linter.results.errors import GraphError

__all__ = ["Lexer", "Token", "quote_bytes", "quote_name"]

_NUMBER = r"(?:(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|nan|inf)"
_WORD = r"[A-Za-z0-9_.>\\/](?:[A-Za-z0-9_.>\\/]|-(?!>))*"
_PATTERN = re.compile(
    rf"""
    (?P<space>\s+)
  | (?P<text>"(?:[^"\\]|\\.)*")
  | (?P<dtype>dtype\#-?\d+)
  | (?P<comment>\#.*)
  | (?P<ellipsis>\.\.\.(?![\w.>\\/-]))
  | (?P<arrow>->)
  | (?P<complex>-?{_NUMBER}[+-]{_NUMBER}j(?![\w.>\\/-]))
  | (?P<number>-?{_NUMBER}(?![\w.>\\/-]))
  | (?P<name>{_WORD})
  | (?P<mark>[=(){{}}\[\],:^?@$-])
    """,
    re.VERBOSE,
)
_PLAIN = re.compile(_WORD)
_ESCAPES = {"n": b"\n", "t": b"\t", "r": b"\r", '"': b'"', "\\": b"\\"}
_ESCAPE = re.compile(r"\\(x[0-9A-Fa-f]{2}|.)", re.DOTALL)
_NAMES = frozenset(("name", "number", "dtype"))


class Token(NamedTuple):
    """One word: its kind, its text, its column from 1."""

    kind: str
    text: str
    column: int


class Lexer:
    """The words of one line, read from left to right.

    Attributes:
        line: number of the line, from 1.
    """

    def __init__(self, text: str, line: int) -> None:
        self.line = line
        self._tokens: list[Token] = []
        self._at = 0
        offset = 0
        while offset < len(text):
            match = _PATTERN.match(text, offset)
            if match is None:
                raise self._fault(f"unexpected {text[offset]!r}", offset + 1)
            kind = str(match.lastgroup)
            if kind not in ("space", "comment"):
                self._tokens.append(Token(kind, match.group(), offset + 1))
            offset = match.end()
        self._end = Token("end", "end of line", len(text) + 1)

    def peek(self) -> Token:
        """The next word, without taking it."""
        return self._tokens[self._at] if self._at < len(self._tokens) else self._end

    def starts_function(self) -> bool:
        """Whether the line is ``def name`` and not a node of the name ``def``."""
        words = [token.text for token in self._tokens[:2]]
        return words[0] == "def" and words[1:] != ["="]

    def take(self) -> Token:
        """Take the next word."""
        token = self.peek()
        self._at += 1
        return token

    def accept(self, text: str) -> bool:
        """Take the next word if it is this mark."""
        token = self.peek()
        if token.text != text or token.kind in ("text", "end"):
            return False
        self._at += 1
        return True

    def expect(self, text: str) -> None:
        """Take this mark.

        Raises:
            GraphError: something else comes next.
        """
        if not self.accept(text):
            raise self.unexpected(repr(text))

    def name(self, what: str) -> str:
        """Take a name, plain or in quotes.

        Raises:
            GraphError: something else comes next.
        """
        token = self.peek()
        if token.kind in _NAMES and not token.text.startswith("-"):
            return self.take().text
        if token.kind == "text":
            return self.text(self.take())
        raise self.unexpected(what)

    def text(self, token: Token) -> str:
        """The content of a quoted name.

        Raises:
            GraphError: it is not UTF-8.
        """
        value = unquote(token.text)
        if isinstance(value, bytes):
            raise self._fault("a name that is not UTF-8", token.column)
        return value

    def unexpected(self, wanted: str) -> GraphError:
        """The error for the next word."""
        token = self.peek()
        return self._fault(f"expected {wanted}, found {token.text!r}", token.column)

    def _fault(self, message: str, column: int) -> GraphError:
        return GraphError(f"line {self.line}, column {column}: {message}", cause="graph-text")


def unquote(text: str) -> str | bytes:
    """The content of a text in quotes; ``bytes`` when it is not UTF-8."""
    pieces: list[bytes] = []
    offset, end = 1, len(text) - 1
    for match in _ESCAPE.finditer(text, 1, end):
        pieces.append(text[offset : match.start()].encode("utf-8", "surrogatepass"))
        mark = match.group(1)
        escaped = _ESCAPES.get(mark)
        if escaped is None:
            escaped = bytes([int(mark[1:], 16)]) if len(mark) == 3 else mark.encode("utf-8")
        pieces.append(escaped)
        offset = match.end()
    pieces.append(text[offset:end].encode("utf-8", "surrogatepass"))
    data = b"".join(pieces)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data


def quote_bytes(value: str | bytes) -> str:
    """The text in quotes that stands for a string."""
    data = value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")
    try:
        words = map(_char, data.decode("utf-8"))
    except UnicodeDecodeError:
        words = map(_byte, data)
    return f'"{"".join(words)}"'


def quote_name(name: str) -> str:
    """A name, in quotes only when it needs them."""
    return name if _PLAIN.fullmatch(name) and name != "..." else quote_bytes(name)


def _byte(value: int) -> str:
    return _char(chr(value)) if 32 <= value < 127 else f"\\x{value:02x}"


def _char(char: str) -> str:
    if char in '"\\':
        return "\\" + char
    if char.isprintable():
        return char
    return "".join(f"\\x{byte:02x}" for byte in char.encode("utf-8"))
