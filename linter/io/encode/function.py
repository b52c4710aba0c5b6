"""One changed or new function as pieces."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from linter.graph import DType, Graph, Node, Placeholder, Value
from linter.graph.ports import OpLookup, output_ports
from linter.io.attrs import encode_attr, same_value
from linter.io.dtypes import dtype_number
from linter.io.encode.body import BodyEncoder
from linter.io.encode.pieces import Piece, Range, field, serialized
from linter.io.library import FunctionRecord
from linter.io.messages import FunctionDef
from linter.io.outputs import output_dtype
from linter.io.view import View
from linter.io.wire import Record

__all__ = ["FunctionEncoder"]

_FUNCTION, _NODE = 1, 3


class FunctionEncoder:
    """Writes one function of the library."""

    def __init__(
        self, graph: Graph, ops: OpLookup, record: FunctionRecord | None, view: View | None
    ) -> None:
        self._graph = graph
        self._ops = ops
        self._record = record
        self._view = view
        originals = () if record is None else record.originals
        self._body = BodyEncoder(
            graph,
            _NODE,
            self._spell,
            tuple(node for node in originals if not node.virtual),
            None if record is None else record.scan,
            view,
            self._outputs,
        )

    def changed(self) -> bool:
        """Whether the function differs from its record."""
        record, graph = self._record, self._graph
        if record is None or self._body.changed():
            return True
        arguments = [node for node in record.originals if node.virtual]
        return (
            [node for node in graph if node.virtual] != arguments
            or list(graph.returns.items()) != list(record.returns.items())
            or graph.return_controls != record.return_controls
            or not _same_attrs(graph.signature_attrs, record.attrs)
        )

    def pieces(self) -> list[Piece]:
        """The function as a record of the library."""
        place = None if self._record is None else self._record.record
        if place is not None and self._view is not None and not self.changed():
            return [Range(self._view, place.start, place.end)]
        nodes = list(self._body.pieces(_nothing))
        return field(_FUNCTION, [serialized(self._header()), *nodes])

    def _header(self) -> Any:
        """The ``FunctionDef`` without nodes."""
        header = FunctionDef()
        if self._record is not None:
            header.CopyFrom(self._record.header)
            header.ClearField("node_def")
        else:
            header.signature.name = self._graph.function or ""
            self._mark_stateful(header)
        self._set_arguments(header)
        self._set_returns(header)
        before = {} if self._record is None else self._record.attrs
        if not _same_attrs(self._graph.signature_attrs, before):
            header.ClearField("attr")
            for key, value in self._graph.signature_attrs.items():
                header.attr[key].CopyFrom(encode_attr(value))
        return header

    def _mark_stateful(self, header: Any) -> None:
        opdefs = [self._ops.get(node.op) for node in self._graph if not node.virtual]
        if any(opdef is not None and opdef.stateful for opdef in opdefs):
            header.signature.is_stateful = True

    def _set_arguments(self, header: Any) -> None:
        nodes = [node for node in self._graph if node.virtual]
        originals = () if self._record is None else self._record.originals
        if self._record is not None and nodes == [node for node in originals if node.virtual]:
            return
        header.signature.ClearField("input_arg")
        header.ClearField("arg_attr")
        for index, node in enumerate(nodes):
            arg = header.signature.input_arg.add(name=node.name)
            _set_type(arg, node.attrs.get("T"))
            for key, value in node.attrs.items():
                if key not in ("T", "index"):
                    header.arg_attr[index].attr[key].CopyFrom(encode_attr(value))

    def _set_returns(self, header: Any) -> None:
        graph, record = self._graph, self._record
        before = {} if record is None else record.returns
        if list(graph.returns) != list(before):
            known = {arg.name: arg for arg in header.signature.output_arg}
            header.signature.ClearField("output_arg")
            for name, value in graph.returns.items():
                arg = header.signature.output_arg.add(name=name)
                if name in known:
                    arg.CopyFrom(known[name])
                else:
                    _set_type(arg, output_dtype(graph, value, self._ops))
        for name in set(before) - set(graph.returns):
            del header.ret[name]
        respelled = self._body.respelled()
        for name, value in graph.returns.items():
            if before.get(name) != value or value.node in respelled:
                header.ret[name] = self._spell(graph, value)
        if record is None or graph.return_controls != record.return_controls:
            header.signature.ClearField("control_output")
            header.ClearField("control_ret")
            for key in graph.return_controls:
                name = graph[key].name if key in graph else key
                header.signature.control_output.append(name)
                header.control_ret[name] = name

    def _outputs(self, node: Node) -> object:
        """The names and places of the outputs of a node; its op when they are not known."""
        opdef = self._ops.get(node.op)
        ports = None if opdef is None else output_ports(node, opdef)
        return node.op if ports is None else [(arg.name, at, size) for arg, at, size in ports]

    def _spell(self, graph: Graph, value: Value) -> str:
        """A value as a function body writes it."""
        node = graph.get(value.node)
        if node is None:
            return value.node if value.port == 0 else str(value)
        if node.virtual:
            return f"{node.name}:{value.port}" if value.port else node.name
        opdef = self._ops.get(node.op)
        ports = None if opdef is None else output_ports(node, opdef)
        for arg, first, count in ports or ():
            if first <= value.port < first + count:
                return f"{node.name}:{arg.name}:{value.port - first}"
        if self._record is not None and value in self._record.spelling:
            return self._record.spelling[value]
        return f"{node.name}:output:{value.port}"


def _nothing(record: Record) -> list[Piece]:
    """Records that are no nodes are in the header."""
    return []


def _set_type(arg: Any, kind: object) -> None:
    if isinstance(kind, Placeholder):
        arg.type_attr = kind.name
    elif isinstance(kind, DType):
        arg.type = dtype_number(kind) or 0


def _same_attrs(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return set(one) == set(other) and all(same_value(item, other[key]) for key, item in one.items())
