"""From the key/value entries of ops-info files (JSON or ini, the same keys) to stored records."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from opdb.importers.tensors import kernel
from opdb.write import Records

__all__ = ["MalformedEntryError", "aicore_record", "cleaned", "cpu_record"]

Entry = Mapping[str, Mapping[str, str]]

_STORES = {"AICPUKernel": "aicpu", "HOSTCPUKernel": "host_cpu", "TFKernel": "tf_kernel"}
_BY_FILE = {
    "aicpu_kernel": "AICPUKernel",
    "aicpu_cust_kernel": "CUSTAICPUKernel",
    "host_cpu_kernel": "HOSTCPUKernel",
    "tf_kernel": "TFKernel",
}
_PARAMS = frozenset({"required", "optional", "dynamic"})
# Slips of the shipped files, by what they must mean.
_DTYPES = {
    "bf16": "bfloat16",
    "float32": "float",
    "float64": "double",
    "fp16": "float16",
    "fp32": "float",
    "half": "float16",
    "di_uint16": "uint16",
    "t_float16": "float16",
    "unit8": "uint8",
    "unit16": "uint16",
    "unit32": "uint32",
    "unit64": "uint64",
}


class MalformedEntryError(ValueError):
    """An entry that is not what an ops-info file holds; names what is wrong."""


def aicore_record(entry: Entry, records: Records, *, dsa: bool = False) -> dict[str, Any]:
    """An entry of an AI Core or DSA list."""
    record = kernel(
        {
            "inputs": _tensors(entry, "input", "dtype"),
            "outputs": _tensors(entry, "output", "dtype"),
            "attrs": _attributes(entry),
        },
        records,
    )
    if dsa:
        record["engine"] = "dsa"
    for key, name in (
        ("dynamic_shape", "dynamicShapeSupport"),
        ("precision_reduce", "precision_reduce"),
    ):
        flag = _flag(entry, name)
        if flag is not None:
            record[key] = flag
    pattern = _field(entry, "op", "pattern")
    if pattern:
        record["op_pattern"] = pattern
    for key, name in (
        ("dynamic_format", "dynamicFormat"),
        ("need_check_support", "needCheckSupport"),
    ):
        if _flag(entry, name):
            record[key] = 1
    return record


def cpu_record(entry: Entry, records: Records, file: str) -> dict[str, Any] | None:
    """An entry of a CPU list; ``None`` for a store that no node is placed on."""
    library = _field(entry, "opInfo", "opKernelLib") or _BY_FILE.get(file, "")
    store = _STORES.get(library)
    if store is None:
        return None
    record = kernel(
        {
            "inputs": _tensors(entry, "input", "type"),
            "outputs": _tensors(entry, "output", "type"),
        },
        records,
    )
    record["engine"] = store
    record["file"] = file
    flag = _field(entry, "opInfo", "opsFlag")
    if flag:
        record["flag"] = flag
    return record


def _tensors(entry: Entry, side: str, key: str) -> list[dict[str, Any]]:
    result = []
    for place in _places(entry, side):
        fields = entry[place]
        usual = "dynamic" if place.startswith("dynamic") else "required"
        param = fields.get("paramType", usual).lower()
        result.append(
            {
                "name": fields.get("name"),  # some TF-kernel entries leave it out
                "dtypes": _dtypes(fields.get(key)),
                "param": param if param in _PARAMS else "optional",
                "formats": _names(fields.get("format")),
                "value_depend": _value_depend(fields.get("valueDepend")),
            }
        )
    return result


def cleaned(entry: object) -> Entry:
    """An entry with blanks taken off its keys and values, as the compiler reads it.

    Raises:
        MalformedEntryError: it is no group of groups of fields.
    """
    if not isinstance(entry, Mapping):
        raise MalformedEntryError("the entry is no group of fields")
    result: dict[str, dict[str, str]] = {}
    for place, fields in entry.items():
        if not isinstance(fields, Mapping):
            raise MalformedEntryError(f"{place} is no group of fields")
        for key, value in fields.items():
            if not isinstance(value, str | int | float):
                raise MalformedEntryError(f"{place}.{key} is no text")
            result.setdefault(place.strip(), {})[key.strip()] = str(value).strip()
    return result


def _places(entry: Entry, side: str) -> list[str]:
    """``input0``, ``dynamic_input1`` … by number."""
    pattern = re.compile(rf"(?:dynamic_)?{side}(\d+)")
    numbered = [(int(match[1]), key) for key in entry if (match := pattern.fullmatch(key))]
    return [key for _, key in sorted(numbered)]


def _attributes(entry: Entry) -> list[dict[str, Any]]:
    listed = _field(entry, "attr", "list")
    result = []
    for name in _names(listed) or ():
        fields = entry.get(f"attr_{name}", {})
        result.append(
            {
                "name": name,
                "type": fields.get("type", ""),
                "required": fields.get("paramType", "").strip().lower() == "required",
                "default": fields.get("defaultValue"),
                "values": fields.get("value", "all"),
            }
        )
    return result


def _dtypes(text: str | None) -> list[str] | None:
    names = _names(text)
    if names is None:
        return None
    plain = (name.lower().removeprefix("dt_") for name in names)
    return [_DTYPES.get(name, name) for name in plain]


def _names(text: str | None) -> list[str] | None:
    if text is None:
        return None
    return [name.strip() for name in text.split(",") if name.strip()]


def _value_depend(text: str | None) -> str | None:
    return text if text in ("required", "optional") else None


def _flag(entry: Entry, name: str) -> bool | None:
    text = _field(entry, name, "flag")
    return None if text is None else text.strip().lower() == "true"


def _field(entry: Entry, place: str, key: str) -> str | None:
    fields = entry.get(place)
    return None if fields is None else fields.get(key)
