"""Attributes that follow from the inputs of a node: types and numbers of tensors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from linter.graph import DType, Graph, Node, Placeholder
from linter.graph.ports import OpLookup, input_ports
from linter.graph.stated_attrs import stated_defaults
from linter.io.outputs import output_dtype
from opdb.record import OpDef

__all__ = ["complete", "implied_attrs"]

_REF = "_ref"


def complete(graph: Graph, ops: OpLookup, absent: Mapping[str, set[str]]) -> None:
    """Add to every node of a new graph the attributes that its inputs imply.

    Args:
        graph: the graph; its nodes must have plain dicts as attributes.
        ops: op definitions, those of functions included.
        absent: by node key, the attributes that a node is said not to have.
    """
    pending = [node for node in graph if not node.virtual and ops.get(node.op) is not None]
    while pending:
        left = [node for node in pending if not _fill(graph, node, ops, absent.get(node.key))]
        if len(left) == len(pending):
            return
        pending = left


def _fill(graph: Graph, node: Node, ops: OpLookup, absent: Iterable[str] | None) -> bool:
    """Add what is known so far; whether that is all."""
    implied = implied_attrs(graph, node, ops)
    skipped = set(absent or ())
    attrs: Any = node.attrs
    for name, value in stated_defaults(node.op, ops).items():
        if name not in skipped:
            attrs.setdefault(name, value)
    for name, value in implied.items():
        if value is not None and name not in skipped:
            attrs.setdefault(name, value)
    return all(value is not None for value in implied.values())


def implied_attrs(
    graph: Graph, node: Node, ops: OpLookup, given: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The type and number attributes that the inputs of a node imply.

    Args:
        graph: the graph of the node.
        node: the node.
        ops: op definitions.
        given: the attributes to start from; those of the node by default.

    Returns:
        For each attribute that is not in ``given`` its value, ``None`` while it is not known.
    """
    opdef = ops.get(node.op)
    if opdef is None:
        return {}
    attrs = dict(node.attrs if given is None else given)
    probe = node.replace(attrs=attrs)
    ports = input_ports(probe, opdef)
    if ports is None:
        return dict.fromkeys(_wanted(opdef, attrs))
    found: dict[str, Any] = {}
    for arg, first, count in ports:
        dtypes = [
            _plain(output_dtype(graph, value, ops)) for value in node.inputs[first : first + count]
        ]
        if arg.number_attr:
            found.setdefault(arg.number_attr, count)
        if arg.type_list_attr and (None not in dtypes or arg.type_list_attr not in found):
            found[arg.type_list_attr] = None if None in dtypes else tuple(dtypes)
        if arg.type_attr and found.get(arg.type_attr) is None:
            known = [dtype for dtype in dtypes if dtype is not None]
            found[arg.type_attr] = known[0] if known else None
    return {name: value for name, value in found.items() if name not in attrs}


def _wanted(opdef: OpDef, attrs: Mapping[str, Any]) -> Iterable[str]:
    for arg in opdef.inputs:
        for name in (arg.type_attr, arg.number_attr, arg.type_list_attr):
            if name and name not in attrs:
                yield name


def _plain(dtype: DType | Placeholder | None) -> DType | Placeholder | None:
    if isinstance(dtype, DType) and dtype.endswith(_REF):
        return DType(dtype.removesuffix(_REF))
    return dtype
