"""The node that a message of the compiler is about."""

from __future__ import annotations

import re
from typing import NamedTuple

__all__ = ["Place", "find_place"]

_OP_AND_TYPE = re.compile(r"\[(?P<name>[^\],\[]+)\]?, ?op ?type:? ?\[(?P<type>[^\]]+)\]", re.I)
_NAME = re.compile(r"\b(?:op|node|operator)(?: ?name)?:? ?\[(?P<name>[^\]\[,()]+)\]", re.I)
_TYPE = re.compile(r"\b(?:op ?)?type:? ?\[(?P<type>[A-Za-z_]\w*)\]", re.I)
_NAME_WITH_TYPE = re.compile(
    r"(?<![\w.\-/])(?P<name>[A-Za-z0-9.][\w.\-/]*) ?\((?P<type>[A-Z][A-Za-z0-9]*)\)"
)
_BRACKETED = re.compile(r"\[([^\[\]]*)\]")
_NAME_ARGS = frozenset({"opname", "op_name"})
_TYPE_ARGS = frozenset({"optype", "op_type"})


class Place(NamedTuple):
    """Node name and op type, as far as a message tells them."""

    name: str | None
    op: str | None


def find_place(message: str, args: tuple[str, ...]) -> Place:
    """Node and op type of a message whose values stand in brackets.

    Args:
        message: one message.
        args: what the code's message carries, in order; empty when it is not known.
    """
    match = _OP_AND_TYPE.search(message)
    if match is not None:
        return Place(match["name"].strip(), match["type"].strip())
    by_order = _by_order(message, args)
    name, op = by_order
    if name is None and (match := _NAME.search(message)):
        name = match["name"].strip()
    if op is None and (match := _TYPE.search(message)):
        op = match["type"]
    if name is None and op is None and (match := _NAME_WITH_TYPE.search(message)):
        return Place(match["name"], match["type"])
    return Place(name, op)


def _by_order(message: str, args: tuple[str, ...]) -> Place:
    """The values in brackets, in the order of the code's arguments."""
    wanted = _NAME_ARGS | _TYPE_ARGS
    values = _BRACKETED.findall(message)
    if wanted.isdisjoint(args) or len(values) < len(args):
        return Place(None, None)
    name = op = None
    for arg, value in zip(args, values, strict=False):
        if arg in _NAME_ARGS:
            name = value.strip() or None
        elif arg in _TYPE_ARGS:
            op = value.strip() or None
    return Place(name, op)
