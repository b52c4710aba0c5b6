"""Values of attributes and constants, as text and from text."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator, Sequence
from typing import Any

from linter.graph import DType, FuncRef, Placeholder, Shape, TensorValue
from linter.io.dtypes import dtype_number
from linter.io.graphtext.lexer import Lexer, Token, quote_bytes, quote_name, unquote
from linter.io.tensor.values import StoredTensor, make_tensor
from linter.results.errors import GraphError

__all__ = [
    "ELIDED",
    "format_dims",
    "format_elements",
    "format_value",
    "parse_attrs",
    "parse_dims",
    "parse_elements",
    "parse_tensor",
    "parse_value",
    "read_tensor",
]

ELIDED = "..."
_MAX_DEPTH = 64


def parse_attrs(lexer: Lexer) -> tuple[dict[str, Any], set[str]]:
    """The attributes in braces, and the names that are said to be absent."""
    attrs: dict[str, Any] = {}
    absent: set[str] = set()
    lexer.expect("{")
    while not lexer.accept("}"):
        if lexer.accept("-"):
            absent.add(lexer.name("an attribute"))
        else:
            name = lexer.name("an attribute")
            lexer.expect("=")
            attrs[name] = parse_value(lexer)
        if not lexer.accept(","):
            lexer.expect("}")
            break
    return attrs, absent


def parse_value(lexer: Lexer, depth: int = 0) -> Any:
    """One attribute value.

    Raises:
        GraphError: it is none.
    """
    token = lexer.peek()
    if depth > _MAX_DEPTH:
        raise lexer.unexpected("a value that is nested less deeply")
    if lexer.accept("["):
        return tuple(_items(lexer, depth))
    if lexer.accept("@"):
        name = lexer.name("a function")
        bound = parse_attrs(lexer)[0] if lexer.peek().text == "{" else {}
        return FuncRef(name, bound)
    if lexer.accept("$"):
        return Placeholder(lexer.name("an attribute"))
    if token.kind == "text":
        return unquote(lexer.take().text)
    if token.kind == "number":
        number = _number(lexer.take())
        return _float32(number) if isinstance(number, float) else number
    if token.kind in ("name", "dtype"):
        return _word(lexer)
    raise lexer.unexpected("a value")


def _items(lexer: Lexer, depth: int) -> Iterator[Any]:
    while not lexer.accept("]"):
        yield parse_value(lexer, depth + 1)
        if not lexer.accept(","):
            lexer.expect("]")
            return


def _word(lexer: Lexer) -> Any:
    token = lexer.peek()
    if token.text in ("true", "false"):
        return lexer.take().text == "true"
    if token.text == "none":
        lexer.take()
        return None
    if token.text == "shape":
        lexer.take()
        lexer.expect("(")
        return Shape(parse_dims(lexer, ")"))
    if token.text == "tensor":
        return _tensor_call(lexer)
    if dtype_number(token.text) is None:
        raise lexer.unexpected("a value (text needs quotes)")
    return DType(lexer.take().text)


def _tensor_call(lexer: Lexer) -> StoredTensor:
    lexer.take()
    lexer.expect("(")
    dtype = lexer.name("a dtype")
    lexer.expect("[")
    dims = parse_dims(lexer, "]")
    lexer.expect(",")
    value = parse_tensor(lexer, dtype, dims)
    lexer.expect(")")
    return value


def parse_dims(lexer: Lexer, close: str) -> tuple[int | None, ...] | None:
    """The axes up to ``close``; ``None`` for ``...``.

    Raises:
        GraphError: an axis is neither a number nor ``?``.
    """
    if lexer.accept(ELIDED):
        lexer.expect(close)
        return None
    dims: list[int | None] = []
    while not lexer.accept(close):
        if lexer.accept("?"):
            dims.append(None)
        elif lexer.peek().text.isascii() and lexer.peek().text.isdigit():
            dims.append(int(lexer.take().text))
        else:
            raise lexer.unexpected("an axis")
        if not lexer.accept(","):
            lexer.expect(close)
            break
    return tuple(dims)


def parse_tensor(lexer: Lexer, dtype: str, dims: tuple[int | None, ...] | None) -> StoredTensor:
    """The constant of a literal; its shape comes from the nesting when ``dims`` is ``None``.

    Raises:
        GraphError: the elements do not fit the dtype or the shape.
    """
    elements, found = parse_elements(lexer)
    shape = found if dims is None else dims
    known = [size for size in shape if size is not None]
    empty = not elements and 0 in known
    if len(known) != len(shape) or (found not in ((), shape) and not empty):
        raise lexer.unexpected(f"elements of the shape {list(shape)} before this")
    try:
        return make_tensor(dtype, known, elements if found else elements[0])
    except (ValueError, TypeError, OverflowError, struct.error) as error:
        raise GraphError(f"line {lexer.line}: {error}", cause="graph-text") from error


def read_tensor(text: str, dtype: str, dims: tuple[int, ...] | None) -> StoredTensor:
    """The constant of a text that is nothing but a literal, such as ``[1, 2]``.

    Raises:
        GraphError: it is none, or its elements do not fit the dtype or the shape.
    """
    lexer = Lexer(text, 1)
    tensor = parse_tensor(lexer, dtype, dims)
    if lexer.peek().kind != "end":
        raise lexer.unexpected("nothing after the value")
    return tensor


def parse_elements(lexer: Lexer, depth: int = 0) -> tuple[list[Any], tuple[int, ...]]:
    """The elements of a nested list, row-major, and its shape; a scalar has the shape ``()``.

    Raises:
        GraphError: it is no literal, or rows differ in shape.
    """
    if depth > _MAX_DEPTH:
        raise lexer.unexpected("a list that is nested less deeply")
    if not lexer.accept("["):
        return [_element(lexer)], ()
    elements: list[Any] = []
    inner: tuple[int, ...] | None = None
    count = 0
    while not lexer.accept("]"):
        row, shape = parse_elements(lexer, depth + 1)
        if inner is not None and shape != inner:
            raise lexer.unexpected("rows of one shape before this")
        inner = shape
        count += 1
        elements.extend(row)
        if not lexer.accept(","):
            lexer.expect("]")
            break
    return elements, (count, *(inner or ()))


def _element(lexer: Lexer) -> Any:
    token = lexer.peek()
    if token.kind == "number":
        return _number(lexer.take())
    if token.kind == "complex":
        return complex(lexer.take().text)
    if token.kind == "text":
        value = unquote(lexer.take().text)
        return value.encode("utf-8") if isinstance(value, str) else value
    if token.text in ("true", "false"):
        return lexer.take().text == "true"
    if token.text == ELIDED:
        raise lexer.unexpected("elements (these were left out when the text was written)")
    raise lexer.unexpected("an element")


def _number(token: Token) -> int | float:
    digits = token.text.removeprefix("-")
    return int(token.text) if digits.isascii() and digits.isdigit() else float(token.text)


def _float32(value: float) -> float:
    """What an attribute keeps of a float."""
    try:
        return float(struct.unpack("<f", struct.pack("<f", value))[0])
    except OverflowError:
        return math.copysign(math.inf, value)


def format_value(value: Any, limit: int) -> str:
    """The text of an attribute value; tensors of more than ``limit`` elements lose them."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, DType):
        return str(value)
    if isinstance(value, (str, bytes)):
        return quote_bytes(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _format_float(value, single=True)
    if isinstance(value, Shape):
        return f"shape({format_dims(value.dims)})"
    if isinstance(value, Placeholder):
        return f"${quote_name(value.name)}"
    if isinstance(value, FuncRef):
        bound = [
            f"{quote_name(key)}={format_value(item, limit)}" for key, item in value.attrs.items()
        ]
        braces = f"{{{', '.join(bound)}}}" if bound else ""
        return f"@{quote_name(value.name)}{braces}"
    if isinstance(value, (tuple, list)):
        return f"[{', '.join(format_value(item, limit) for item in value)}]"
    return _format_tensor(value, limit)


def _format_tensor(value: TensorValue, limit: int) -> str:
    dims = format_dims(value.shape)
    return f"tensor({value.dtype}[{dims}], {format_elements(value, limit)})"


def format_dims(dims: Sequence[int | None] | None) -> str:
    """Axes as text, ``...`` for an unknown rank."""
    if dims is None:
        return ELIDED
    return ",".join("?" if size is None or size < 0 else str(size) for size in dims)


def format_elements(value: TensorValue, limit: int) -> str:
    """The elements as nested lists, or one scalar when they are all the same."""
    values = value.values()
    shape = value.shape
    if values is None:
        return ELIDED
    if not values:
        return "[]"
    single = value.dtype != "float64"
    first = _format_element(values[0], single)
    if all(_same(item, values[0]) for item in values[1:]):
        return first
    if len(values) > limit:
        return ELIDED
    return _nested([_format_element(item, single) for item in values], shape)


def _nested(words: list[str], shape: Sequence[int]) -> str:
    for size in reversed(shape):
        words = [
            f"[{', '.join(words[start : start + size])}]" for start in range(0, len(words), size)
        ]
    return words[0]


def _same(one: Any, other: Any) -> bool:
    return bool(one == other) and repr(one) == repr(other)


def _format_element(value: Any, single: bool) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, bytes):
        return quote_bytes(value)
    if isinstance(value, complex):
        return f"{value.real!r}{value.imag:+}j"
    if isinstance(value, float):
        return _format_float(value, single=single)
    return str(value)


def _format_float(value: float, *, single: bool) -> str:
    """The shortest text that reads back as the same number, always with a mark of a float."""
    text = repr(value)
    if single and math.isfinite(value) and _float32(value) == value:
        text = next(
            short
            for digits in range(1, 18)
            if _float32(float(short := f"{value:.{digits}g}")) == value
        )
    return text if any(mark in text for mark in ".en") else f"{text}.0"
