"""The JSON schema of ``omlint.toml``, for editors: made from the definitions of the settings."""

from __future__ import annotations

import json
from typing import Any

from linter.config.definitions import ENTRIES, GATE, SETTINGS, Field, Kind, Setting
from linter.config.entries import LEVELS

__all__ = ["schema_text", "settings_schema"]

_TEXTS = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
_TYPES: dict[str, dict[str, Any]] = {
    "text": {"type": "string"},
    "texts": _TEXTS,
    "sizes": {
        "type": "object",
        "additionalProperties": {
            "type": "array",
            "items": {"anyOf": [{"type": "integer"}, {"type": "string", "pattern": "~"}]},
        },
    },
    "tolerances": {
        "type": "object",
        "additionalProperties": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "rtol": {"type": "number", "minimum": 0},
                "atol": {"type": "number", "minimum": 0},
            },
        },
    },
    "day": {"type": "string", "format": "date"},
}


def settings_schema() -> dict[str, Any]:
    """The schema; a key may be spelled with hyphens as well."""
    properties = _properties("")
    ignore = properties["ignore"]
    properties["ignore"] = {
        "description": ignore["description"],
        "anyOf": [
            {"type": "string"},
            {"type": "array", "items": {"anyOf": [{"type": "string"}, _entry("ignore")]}},
        ],
    }
    properties[GATE] = _object(_properties(GATE), "What the merge gate lets pass.")
    properties["severity"] = {
        "description": "What findings weigh, by code or by what codes begin with.",
        "type": "object",
        "additionalProperties": {"enum": list(LEVELS)},
    }
    properties["models"] = {"type": "array", "items": _entry("models")}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "omlint.toml",
        **_object(properties, "Configuration of omlint; also [tool.omlint] of pyproject.toml."),
    }


def schema_text() -> str:
    """The schema as the package publishes it."""
    return json.dumps(settings_schema(), indent=2) + "\n"


def _properties(table: str) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, setting in SETTINGS.items():
        if table in setting.tables:
            result[key] = {"description": setting.help, **_type(setting)}
            if "_" in key:
                result[key.replace("_", "-")] = result[key]
    return result


def _type(setting: Setting) -> dict[str, Any]:
    default = {} if setting.default is None else {"default": setting.default}
    if setting.kind is Kind.CHOICE:
        return {"enum": list(setting.choices), **default}
    if setting.kind is Kind.FLAG:
        return {"type": "boolean", **default}
    if setting.kind in (Kind.NUMBER, Kind.COUNT):
        least = "exclusiveMinimum" if setting.above else "minimum"
        kind = "integer" if setting.kind is Kind.COUNT else "number"
        return {"type": kind, least: setting.least, "maximum": setting.most, **default}
    return _TYPES["text" if setting.kind in (Kind.TEXT, Kind.PATH) else "texts"]


def _entry(table: str) -> dict[str, Any]:
    fields = ENTRIES[table]
    properties = {name: _field(field) for name, field in fields.items()}
    required = [name for name, field in fields.items() if field.required]
    return {**_object(properties), "required": required}


def _field(field: Field) -> dict[str, Any]:
    return {"description": field.help, **_TYPES[field.shape]}


def _object(properties: dict[str, Any], description: str = "") -> dict[str, Any]:
    said = {"description": description} if description else {}
    return {**said, "type": "object", "additionalProperties": False, "properties": properties}
