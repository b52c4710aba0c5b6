"""From the arguments of an op definition to the ports of a node.

An argument stands for one tensor, for ``number_attr`` tensors of one dtype, or for as many tensors
as the ``type_list_attr`` names. The attributes may be absent; what the inputs tell is then used.
"""

from __future__ import annotations

from typing import Protocol, TypeAlias

from linter.graph.model import Node
from opdb.record import ArgDef, OpDef

__all__ = ["MAX_PORTS", "OpLookup", "Port", "input_ports", "output_count", "output_ports"]

MAX_PORTS = 1 << 16
"""A node with more inputs or outputs than this is malformed; nothing is said about it."""

Port: TypeAlias = tuple[ArgDef, int, int]
"""An argument, its first input slot or output port, and how many tensors it stands for."""


class OpLookup(Protocol):
    """Whatever knows op definitions by name: the op table, or a dict in a test."""

    def get(self, op: str, /) -> OpDef | None:
        """The definition, ``None`` when the op is not known."""


def input_ports(node: Node, opdef: OpDef) -> tuple[Port, ...] | None:
    """The input slots of each argument, ``None`` when they do not add up."""
    ports = _ports(opdef.inputs, _group_sizes(node, opdef))
    if ports is None or _total(ports) != len(node.inputs):
        return None
    return ports


def output_ports(node: Node, opdef: OpDef) -> tuple[Port, ...] | None:
    """The output ports of each argument, ``None`` when an attribute that is needed is missing."""
    return _ports(opdef.outputs, _group_sizes(node, opdef))


def output_count(node: Node, opdef: OpDef) -> int | None:
    """Number of outputs, ``None`` when an attribute that is needed is missing."""
    ports = output_ports(node, opdef)
    return None if ports is None else _total(ports)


def _total(ports: tuple[Port, ...]) -> int:
    return ports[-1][1] + ports[-1][2] if ports else 0


def _ports(args: tuple[ArgDef, ...], sizes: dict[str, int | None]) -> tuple[Port, ...] | None:
    ports: list[Port] = []
    first = 0
    for arg in args:
        group = arg.number_attr or arg.type_list_attr
        count = sizes.get(group) if group else 1
        if count is None:
            return None
        ports.append((arg, first, count))
        first += count
    return tuple(ports) if first <= MAX_PORTS else None


def _group_sizes(node: Node, opdef: OpDef) -> dict[str, int | None]:
    """How many tensors each attribute that counts tensors asks for."""
    sizes: dict[str, int | None] = {}
    for arg in (*opdef.inputs, *opdef.outputs):
        if arg.number_attr:
            sizes[arg.number_attr] = _number(node, opdef, arg.number_attr)
        elif arg.type_list_attr:
            sizes[arg.type_list_attr] = _length(node, opdef, arg.type_list_attr)
    if sizes:
        _fill_from_inputs(node, opdef, sizes)
    return sizes


def _number(node: Node, opdef: OpDef, attr: str) -> int | None:
    value = node.attrs.get(attr)
    if value is None:
        spec = opdef.attrs.get(attr)
        value = spec.default if spec is not None and spec.has_default else None
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        return None
    return value


def _length(node: Node, opdef: OpDef, attr: str) -> int | None:
    value = node.attrs.get(attr)
    if value is None:
        spec = opdef.attrs.get(attr)
        value = spec.default if spec is not None and spec.has_default else None
    return len(value) if isinstance(value, (tuple, list)) else None


def _fill_from_inputs(node: Node, opdef: OpDef, sizes: dict[str, int | None]) -> None:
    """Solve for the one attribute that is missing when the number of inputs determines it."""
    single, given = 0, 0
    unknown: list[str] = []
    for arg in opdef.inputs:
        group = arg.number_attr or arg.type_list_attr
        if not group:
            single += 1
        elif (size := sizes[group]) is None:
            unknown.append(group)
        else:
            given += size
    rest = len(node.inputs) - single - given
    if unknown and len(set(unknown)) == 1 and rest >= 0 and rest % len(unknown) == 0:
        sizes[unknown[0]] = rest // len(unknown)
