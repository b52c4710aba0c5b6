"""Attribute values as a TOML file writes them, read by what the op's definition says."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from linter.config.toml_table import Table
from linter.graph import DType, Shape
from linter.io.dtypes import dtype_number
from opdb.record import AttrDef
from opdb.tf_ops import load_op_table

__all__ = ["attributes", "check_names", "comparable", "dtype_of", "shape_of"]


def attributes(table: Table, ops: Iterable[str]) -> dict[str, Any]:
    """The attributes in a table, as nodes of these ops hold them.

    Raises:
        UsageError: an attribute that an op does not have, or a value of another kind.
    """
    result: dict[str, Any] = {}
    for name, value in table.items():
        specs = _specs(table, name, ops)
        kinds = {spec.type for spec in specs}
        if len(kinds) > 1:
            raise table.fault(f"the ops have this attribute as {' and '.join(sorted(kinds))}", name)
        result[name] = _value(table, name, value, kinds.pop() if kinds else None)
        for spec in specs:
            if spec.allowed is not None and result[name] not in spec.allowed:
                allowed = ", ".join(map(str, spec.allowed))
                raise table.fault(f"{value!r} is not one of {allowed}", name)
    return result


def check_names(table: Table, key: str, names: Iterable[str], ops: Iterable[str]) -> None:
    """Refuse names of attributes that none of the ops has."""
    for name in names:
        if name[:1] != "_":
            _specs(Table(table.file, table.where(key), {}), name, ops)


def _specs(table: Table, name: str, ops: Iterable[str]) -> list[AttrDef]:
    """The definitions of an attribute; none for ops of nobody's table."""
    known = [(op, definition) for op in ops if (definition := load_op_table().get(op)) is not None]
    for op, definition in known:
        if name not in definition.attrs and name[:1] != "_":
            near = get_close_matches(name, definition.attrs, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"it has {_listed(definition.attrs)}"
            raise table.fault(f"{op} has no attribute {name!r}; {hint}")
    return [definition.attrs[name] for _, definition in known if name in definition.attrs]


def _listed(attrs: Mapping[str, AttrDef]) -> str:
    return ", ".join(attrs) if attrs else "none"


def _value(table: Table, key: str, value: Any, kind: str | None) -> Any:
    if kind is not None and kind.startswith("list("):
        if not isinstance(value, list):
            raise table.fault(f"{value!r} is not a list", key)
        return tuple(_value(table, key, entry, kind[5:-1]) for entry in value)
    if isinstance(value, list) and kind is None:
        return tuple(_value(table, key, entry, None) for entry in value)
    if kind == "type":
        return dtype_of(table, key, value)
    if kind == "shape":
        return Shape(shape_of(table, key, value))
    if kind is None and isinstance(value, dict):
        return _marked(Table(table.file, table.where(key), value))
    return _plain(table, key, value, kind)


def _plain(table: Table, key: str, value: Any, kind: str | None) -> Any:
    """A number, a text or a truth value."""
    if kind in ("float", None) and isinstance(value, float):
        return _single(value)
    if kind == "float" and type(value) is int:
        return _single(float(value))
    fits = {"int": (int,), "bool": (bool,), "string": (str,), None: (bool, int, str)}
    if type(value) in fits.get(kind, ()):
        return value
    if kind not in fits and kind != "float":
        raise table.fault(f"an attribute of the kind {kind} cannot be written here", key)
    raise table.fault(f"{value!r} is not {kind or 'a number, a text or a truth value'}", key)


def _marked(table: Table) -> Any:
    """``{dtype = "float32"}`` or ``{shape = [1, "?"]}``: the kinds that TOML lacks."""
    value: Any
    if "shape" in table:
        value = Shape(shape_of(table, "shape", table.any("shape")))
    else:
        value = dtype_of(table, "dtype", table.any("dtype"))
    table.close("shape")
    return value


def dtype_of(table: Table, key: str, value: Any) -> DType:
    """A dtype by its lower-case name.

    Raises:
        UsageError: it is none.
    """
    if not isinstance(value, str) or dtype_number(value) is None:
        raise table.fault(
            f"{value!r} is not a dtype; they are written as float32, int64, bool", key
        )
    return DType(value)


def shape_of(table: Table, key: str, value: Any) -> tuple[int | None, ...]:
    """A list of sizes, ``"?"`` for one that is not known.

    Raises:
        UsageError: it is no such list.
    """
    if not isinstance(value, list):
        raise table.fault(f'{value!r} is not a list of sizes such as [1, "?", 3]', key)
    for size in value:
        if size != "?" and (type(size) is not int or size < 0):
            raise table.fault(f'{size!r} is not a size; "?" stands for any', key)
    return tuple(None if size == "?" else size for size in value)


class _Single(float):
    """A number that equals all that are stored as the same float32, as defaults in a table are."""

    __slots__ = ()
    __hash__ = float.__hash__

    def __eq__(self, other: object) -> bool:
        if isinstance(other, (int, float)):
            return _single(float(self)) == _single(float(other))
        return NotImplemented

    def __ne__(self, other: object) -> bool:
        return not self == other


def comparable(value: Any) -> Any:
    """The value of an attribute, to be compared with what nodes and definitions hold."""
    if isinstance(value, tuple):
        return tuple(comparable(entry) for entry in value)
    return _Single(value) if type(value) is float else value


def _single(value: float) -> float:
    """What an attribute keeps of a float."""
    try:
        return float(struct.unpack("<f", struct.pack("<f", value))[0])
    except OverflowError:
        return value
