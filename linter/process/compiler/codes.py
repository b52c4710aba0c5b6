"""What the compiler's error codes mean; the table is generated from the reference facts."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = ["CodeInfo", "OmgMessage", "canonical", "is_inner", "lookup", "omg_messages"]

_INNER = ("9999", "8888")


@dataclass(frozen=True, slots=True)
class CodeInfo:
    """One code of atc.

    Attributes:
        args: names of the values that its message carries, in order.
        stage: where in the conversion it belongs, such as ``parser`` or ``engine_selection``.
        canonical: the code that stands for all codes with this meaning over the releases.
    """

    code: str
    title: str
    args: tuple[str, ...]
    stage: str
    explanation: str
    advice: str
    canonical: str


@dataclass(frozen=True, slots=True)
class OmgMessage:
    """A piece of text by which a line of omg is known; ``kind`` is success or failure."""

    kind: str
    contains: str
    meaning: str


def lookup(code: str) -> CodeInfo | None:
    """What is known about a code, through the renumberings of the releases."""
    table = _table()
    return table.get(code) or table.get(_legacy().get(code, ""))


def canonical(code: str) -> str:
    """The code that stands for the meaning of ``code``; itself when it is not known."""
    info = lookup(code)
    return code if info is None else info.canonical


def is_inner(code: str) -> bool:
    """Whether the code marks an internal fault, whose text is for the compiler's developers."""
    return code[2:6] in _INNER


@cache
def omg_messages() -> tuple[OmgMessage, ...]:
    """The lines of omg that say how it went."""
    return tuple(OmgMessage(**item) for item in _data()["omg"])


@cache
def _table() -> dict[str, CodeInfo]:
    return {
        code: CodeInfo(code=code, **{**fields, "args": tuple(fields["args"])})
        for code, fields in _data()["codes"].items()
    }


def _legacy() -> dict[str, str]:
    legacy: dict[str, str] = _data()["legacy"]
    return legacy


@cache
def _data() -> dict[str, Any]:
    text = files("linter.process.compiler").joinpath("data/error_codes.json").read_text("utf-8")
    data: dict[str, Any] = json.loads(text)
    return data
