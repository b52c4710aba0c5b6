"""``match``: the pattern of a declared rule."""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import EllipsisType
from typing import Any

from linter.config.toml_table import Table
from linter.config.userrules.values import attributes, comparable
from linter.rules.match import ROOT, Pattern

__all__ = ["read_match"]

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_OP = re.compile(r"[A-Za-z0-9.][A-Za-z0-9_.>]*")
_ANY, _REST = "_", "..."
_DEPTH = 16


def read_match(table: Table) -> Pattern:
    """The pattern of a ``match`` table.

    Raises:
        UsageError: it is malformed.
    """
    pattern = _node(table, None, 0)
    table.close()
    return pattern


def _node(table: Table, name: str | None, depth: int) -> Pattern:
    if depth > _DEPTH:
        raise table.fault(f"more than {_DEPTH} nodes deep")
    table.any("op")
    ops = table.texts("op")
    for op in ops:
        if not _OP.fullmatch(op):
            raise table.fault(f"{op!r} is not an op type", "op")
    if not ops:
        raise table.fault("no op type is named", "op")
    given = attributes(table.table("attrs"), ops)
    attrs = {attr: comparable(value) for attr, value in given.items()}
    inputs = None
    if "inputs" in table:
        inputs = tuple(_inputs(table, depth))
    swap = table.flag("any_order")
    if swap and (inputs is None or len(inputs) != 2 or ... in inputs):
        raise table.fault("only two inputs can match in any order", "any_order")
    return Pattern("op", name, ops, inputs or None, attrs, 0, swap)


def _inputs(table: Table, depth: int) -> Iterator[Pattern | EllipsisType]:
    entries = table.any("inputs")
    if not isinstance(entries, list):
        raise table.fault(f"{entries!r} is not a list", "inputs")
    for number, entry in enumerate(entries, 1):
        inner = Table(table.file, f"{table.where('inputs')}[{number}]", {"": None})
        if entry == _REST:
            if number != len(entries):
                raise inner.fault('"..." takes the rest of the inputs and comes last')
            yield ...
        elif isinstance(entry, str):
            yield Pattern("var", None if entry == _ANY else _name(inner, entry))
        elif isinstance(entry, dict):
            yield _nested(Table(table.file, inner.path, entry), depth)
        else:
            raise inner.fault(f"{entry!r} is neither a name nor a table")


def _nested(table: Table, depth: int) -> Pattern:
    """``{const = "k"}`` or ``{op = "Exp", inputs = […], as = "e", output = 0}``."""
    if "const" in table:
        pattern = Pattern("const", _name(table, table.text("const")))
        table.close("op", "as", "inputs", "attrs", "output", "any_order")
        return pattern
    name = _name(table, table.text("as")) if "as" in table else None
    port: Any = table.any("output", 0)
    if type(port) is not int or port < 0:
        raise table.fault(f"{port!r} is not the number of an output", "output")
    node = _node(table, name, depth + 1)
    table.close("const", "as")
    return Pattern("op", name, node.ops, node.inputs, node.attrs, port, node.swap)


def _name(table: Table, name: str) -> str:
    if not _NAME.fullmatch(name) or name == ROOT:
        raise table.fault(
            f"{name!r} cannot be the name of a value: small letters, digits and _, not {ROOT!r}"
        )
    return name
