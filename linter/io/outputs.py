"""Dtypes of outputs from attributes and op definitions alone; used to write function bodies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from linter.graph import DType, Graph, Node, Placeholder, Value
from linter.graph.op_families import PLACEHOLDERS
from linter.graph.ports import OpLookup, output_ports
from opdb.record import ArgDef, OpDef

__all__ = ["LibraryOps", "graph_opdef", "output_dtype"]

_TENSORS = PLACEHOLDERS | {"Const"}


def output_dtype(graph: Graph, value: Value, ops: OpLookup) -> DType | Placeholder | None:
    """The dtype of a value, ``None`` when its producer's attributes do not tell.

    In a function it may be a ``Placeholder``: the attribute of the caller that holds it.
    """
    node = graph.get(value.node)
    if node is None:
        return None
    if node.virtual:
        kind = node.attrs.get("T")
        return kind if isinstance(kind, (DType, Placeholder)) else None
    opdef = ops.get(node.op)
    ports = None if opdef is None else output_ports(node, opdef)
    if opdef is None or ports is None:
        kind = node.attrs.get("dtype") if node.op in _TENSORS else None
        return kind if isinstance(kind, DType) else None
    for arg, first, count in ports:
        if first <= value.port < first + count:
            return _argument_dtype(node, opdef, arg, value.port - first)
    return None


def _argument_dtype(
    node: Node, opdef: OpDef, arg: ArgDef, index: int
) -> DType | Placeholder | None:
    kind: Any = arg.type
    if arg.type_list_attr:
        listed = _attr(node, opdef, arg.type_list_attr)
        kind = listed[index] if isinstance(listed, (tuple, list)) else listed
    elif arg.type_attr:
        kind = _attr(node, opdef, arg.type_attr)
    if isinstance(kind, Placeholder):
        return kind
    return DType(kind) if isinstance(kind, str) else None


def _attr(node: Node, opdef: OpDef, name: str) -> Any:
    value = node.attrs.get(name)
    spec = opdef.attrs.get(name)
    if value is None and spec is not None and spec.has_default:
        return spec.default
    return value


def graph_opdef(graph: Graph, ops: OpLookup) -> OpDef:
    """The op definition that calls of a function see, from its graph."""
    inputs = []
    for node in graph:
        if node.virtual:
            inputs.append(_arg_def(node.name, node.attrs.get("T")))
    outputs = [
        _arg_def(name, output_dtype(graph, value, ops)) for name, value in graph.returns.items()
    ]
    return OpDef(graph.function or "", tuple(inputs), tuple(outputs))


def _arg_def(name: str, kind: object) -> ArgDef:
    if isinstance(kind, Placeholder):
        return ArgDef(name, type_attr=kind.name)
    return ArgDef(name, type=str(kind) if isinstance(kind, str) else None)


class LibraryOps:
    """Op definitions with those of a library's functions in front."""

    def __init__(self, functions: Mapping[str, Graph], ops: OpLookup) -> None:
        self._functions = functions
        self._ops = ops
        self._found: dict[str, OpDef] = {}

    def get(self, op: str, /) -> OpDef | None:
        """The definition, ``None`` when the op is not known."""
        graph = self._functions.get(op)
        if graph is None:
            return self._ops.get(op)
        if op not in self._found:
            self._found[op] = OpDef(op, (), ())
            self._found[op] = graph_opdef(graph, self)
        return self._found[op]
