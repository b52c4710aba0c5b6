"""Compact forms of tensors, attributes and kernels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from opdb.write import Records, dtype_name

__all__ = ["attributes", "kernel", "tensors"]

_PARAM = {"required": "r", "optional": "o", "dynamic": "d", "virtual": "o"}
_TYPES = {
    "str": "string",
    "string": "string",
    "listint": "list(int)",
    "listfloat": "list(float)",
    "listbool": "list(bool)",
    "liststr": "list(string)",
    "liststring": "list(string)",
    "listtype": "list(type)",
    "listlistint": "list(list(int))",
}


def tensors(specs: Iterable[Mapping[str, Any]], records: Records) -> list[list[Any]]:
    """``[name, dtypes, param, formats, value_depend]``, trailing defaults left out.

    Dtypes and formats are numbers of columns in the header of ``records``.
    """
    return [_tensor(spec, records) for spec in specs]


def attributes(specs: Iterable[Mapping[str, Any]]) -> list[list[Any]]:
    """``[name, type, required, default, values]``, trailing defaults left out."""
    return [_attribute(spec) for spec in specs]


def kernel(facts: Mapping[str, Any], records: Records) -> dict[str, Any]:
    """The parts of a kernel that AI Core and CPU lists share."""
    result: dict[str, Any] = {}
    for key, name in (("in", "inputs"), ("out", "outputs")):
        if facts[name]:
            result[key] = tensors(facts[name], records)
    if facts.get("attrs"):
        result["attrs"] = attributes(facts["attrs"])
    return result


def _tensor(spec: Mapping[str, Any], records: Records) -> list[Any]:
    dtypes = spec["dtypes"]
    row = [
        spec["name"],
        None if dtypes is None else records.column(dtype_name(name) for name in dtypes),
        _PARAM[spec["param"]],
        records.column(spec.get("formats")),
        spec.get("value_depend"),
    ]
    return _trim(row, [None, None, "r", None, None])


def _attribute(spec: Mapping[str, Any]) -> list[Any]:
    type_ = str(spec["type"]).lower()
    values = spec.get("values", "all")
    row = [
        spec["name"],
        _TYPES.get(type_, type_),
        int(bool(spec["required"])),
        _default(spec["default"]),
        None if values in ("all", None) else values,
    ]
    return _trim(row, [None, None, 0, None, None])


def _default(text: str | None) -> str | None:
    """Prototypes print strings with quotes, kernel lists without."""
    if text is not None and len(text) > 1 and text[0] == text[-1] == '"':
        return text[1:-1]
    return text


def _trim(row: list[Any], defaults: list[Any]) -> list[Any]:
    while len(row) > 1 and row[-1] == defaults[len(row) - 1]:
        row.pop()
    return row
