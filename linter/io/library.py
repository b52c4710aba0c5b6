"""The function library: function bodies as graphs, with inputs resolved to flat ports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from linter.graph import Dangling, DType, Graph, Node, Placeholder, Value
from linter.graph.ports import OpLookup, output_ports
from linter.io.attrs import NodeAttrs
from linter.io.body import Container, RawNodes, read_messages
from linter.io.dtypes import dtype_name
from linter.io.keys import unique_keys
from linter.io.messages import DecodeError, FunctionDef
from linter.io.wire import LEN, BodyScan, Budget, Cursor, Record, scan_body, walk
from linter.results.errors import GraphError
from opdb.record import ArgDef, AttrDef, OpDef

__all__ = ["FUNCTION", "FunctionRecord", "build_functions", "read_library", "signature_opdef"]

FUNCTION = 1
"""Number of ``FunctionDefLibrary.function``."""
_CONTAINER = Container(FunctionDef, "node_def", 3)


@dataclass(slots=True)
class FunctionRecord:
    """One function of the library.

    Attributes:
        header: the ``FunctionDef`` without its nodes.
        nodes: its parsed nodes.
        record: where it lies in the input, ``None`` when it came from text.
        scan: where its nodes lie, ``None`` when it came from text.
        key: key in ``Model.functions``.
        originals: the nodes as they were built, arguments first.
        returns: ``Graph.returns`` as it was built.
        return_controls: ``Graph.return_controls`` as it was built.
        attrs: ``Graph.signature_attrs`` as they were built.
        spelling: how the file spells each value.
    """

    header: Any
    nodes: RawNodes
    record: Record | None = None
    scan: BodyScan | None = None
    key: str = ""
    originals: tuple[Node, ...] = ()
    returns: dict[str, Value] = field(default_factory=dict)
    return_controls: tuple[str, ...] = ()
    attrs: dict[str, Any] = field(default_factory=dict)
    spelling: dict[Value, str] = field(default_factory=dict)


def read_library(cursor: Cursor, record: Record) -> Iterator[FunctionRecord]:
    """The functions of one library record.

    Raises:
        GraphError: the wire format is broken.
    """
    for part in walk(cursor, record.body, record.end):
        if part.field != FUNCTION or part.wire != LEN:
            continue
        inner = Cursor(cursor.view, part.end, cursor.budget)
        scan = scan_body(inner, part.body, part.end, _CONTAINER.number)
        rest = b"".join([inner.bytes(other.start, other.end) for other in scan.others])
        try:
            header = FunctionDef.FromString(rest)
        except DecodeError as error:
            raise GraphError(
                f"corrupt: the record at byte {part.start} is no valid function",
                cause="corrupt",
                offset=part.start,
            ) from error
        yield FunctionRecord(header, read_messages(inner, scan, _CONTAINER), part, scan)


def build_functions(
    records: Iterable[FunctionRecord], ops: OpLookup, budget: Budget
) -> dict[str, Graph]:
    """All functions by key: the name, or ``name#2`` for the second function of that name."""
    found = list(records)
    keys, _ = unique_keys([record.header.signature.name for record in found])
    signatures: dict[str, OpDef] = {}
    for record, key in zip(found, keys, strict=True):
        record.key = key
        signatures.setdefault(key, signature_opdef(record.header.signature))
    lookup = _Lookup(signatures, ops)
    graphs: dict[str, Graph] = {}
    for record in found:
        graph = _FunctionBuilder(record, lookup, budget).build()
        record.originals = tuple(graph)
        record.returns = dict(graph.returns)
        record.return_controls = graph.return_controls
        record.attrs = dict(graph.signature_attrs)
        graphs[record.key] = graph
    return graphs


def signature_opdef(signature: Any) -> OpDef:
    """The op definition that calls of a function see."""
    return OpDef(
        signature.name,
        tuple(_arg(arg) for arg in signature.input_arg),
        tuple(_arg(arg) for arg in signature.output_arg),
        {attr.name: AttrDef(attr.name, attr.type) for attr in signature.attr},
        stateful=signature.is_stateful,
    )


def _arg(arg: Any) -> ArgDef:
    return ArgDef(
        arg.name,
        str(dtype_name(arg.type)) if arg.type else None,
        arg.type_attr or None,
        arg.number_attr or None,
        arg.type_list_attr or None,
        arg.is_ref,
    )


class _Lookup:
    """Op definitions, those of the library first."""

    def __init__(self, signatures: Mapping[str, OpDef], ops: OpLookup) -> None:
        self._signatures = signatures
        self._ops = ops

    def get(self, op: str, /) -> OpDef | None:
        return self._signatures.get(op) or self._ops.get(op)


class _FunctionBuilder:
    """Builds the graph of one function."""

    def __init__(self, record: FunctionRecord, lookup: OpLookup, budget: Budget) -> None:
        self._record = record
        self._lookup = lookup
        self._budget = budget
        self._nodes: dict[str, Node] = {}
        self._args: set[str] = set()
        self._layouts: dict[str, dict[str, tuple[int, int]] | None] = {}
        self._dangling: list[Dangling] = []

    def build(self) -> Graph:
        header = self._record.header
        args = list(self._argument_nodes())
        raw = self._record.nodes.messages
        names = [node.name for node in args] + [message.name for message in raw]
        keys, duplicates = unique_keys(names)
        for node, key in zip(args, keys, strict=False):
            node.key = key
            self._nodes[key] = node
            self._args.add(key)
        for position, (message, key) in enumerate(zip(raw, keys[len(args) :], strict=True)):
            self._nodes[key] = self._unresolved(message, key, position)
        for node in self._nodes.values():
            if not node.virtual:
                self._resolve_inputs(node)
        return Graph(
            self._nodes.values(),
            function=self._record.key,
            dangling=self._dangling,
            duplicates=duplicates,
            returns=dict(self._returns()),
            return_controls=self._return_controls(),
            signature_attrs=NodeAttrs(header),
        )

    def _argument_nodes(self) -> Iterator[Node]:
        header = self._record.header
        count = len(header.signature.input_arg)
        for index, arg in enumerate(header.signature.input_arg):
            attrs: dict[str, Any] = {}
            if index in header.arg_attr:
                attrs.update(NodeAttrs(header.arg_attr[index]))
            kind: DType | Placeholder | None = None
            if arg.type:
                kind = dtype_name(arg.type)
            elif arg.type_attr or arg.type_list_attr:
                kind = Placeholder(arg.type_attr or arg.type_list_attr)
            attrs.update({"T": kind, "index": index})
            yield Node(arg.name, "_Arg", attrs=attrs, position=index - count, virtual=True)

    def _unresolved(self, message: Any, key: str, position: int) -> Node:
        """A node whose inputs still are the texts of the file."""
        payloads = self._record.nodes.payloads.get(position)
        texts = list(message.input)
        self._budget.spend("inputs", len(texts), 0)
        attrs = NodeAttrs(message, payloads, self._record.scan, position)
        return Node(
            message.name,
            message.op,
            tuple([Value(text) for text in texts if text[:1] != "^"]),
            tuple([text[1:] for text in texts if text[:1] == "^"]),
            attrs,
            key=key,
            device=message.device,
            position=position,
            origin=attrs,
        )

    def _resolve_inputs(self, node: Node) -> None:
        inputs: list[Value] = []
        for text, _ in node.inputs:
            values = self._resolve(text)
            if len(values) == 1:
                self._record.spelling.setdefault(values[0], text)
            if not values:
                self._dangling.append(Dangling(node.key, len(inputs), text))
                values = (Value(text),)
            inputs.extend(values)
            if len(values) > 1:
                self._budget.spend("inputs", len(values), 0)
        for source in node.controls:
            if source not in self._nodes:
                self._dangling.append(Dangling(node.key, -1, f"^{source}"))
        node.inputs = tuple(inputs)

    def _resolve(self, text: str) -> tuple[Value, ...]:
        """What a reference of a function body stands for, empty when it is malformed.

        ``arg``, ``arg:i``, ``node:out`` (all tensors of that output argument), ``node:out:i``.
        """
        name, _, rest = text.partition(":")
        node = self._nodes.get(name)
        if node is None:
            return ()
        out, colon, index = rest.partition(":")
        if node.virtual or not rest:
            out, index, colon = "", out or "0", ":"
        if colon and not (index.isascii() and index.isdigit() and len(index) < 7):
            return ()
        if not out:
            return (Value(name, int(index)),)
        layout = self._layout(node)
        if layout is None:
            port = out if not colon and out.isascii() and out.isdigit() else index
            return (Value(name, int(port[:9] or 0)),)
        if out not in layout:
            return ()
        first, count = layout[out]
        if colon:
            return (Value(name, first + int(index)),)
        return tuple([Value(name, first + i) for i in range(count)])

    def _layout(self, node: Node) -> dict[str, tuple[int, int]] | None:
        """First port and number of tensors of each output argument, ``None`` for an unknown op."""
        if node.key not in self._layouts:
            opdef = self._lookup.get(node.op)
            ports = None if opdef is None else output_ports(node, opdef)
            if opdef is None:
                self._layouts[node.key] = None
            elif ports is None:
                names = [arg.name for arg in opdef.outputs]
                self._layouts[node.key] = {name: (first, 1) for first, name in enumerate(names)}
            else:
                layout = {arg.name: (first, count) for arg, first, count in ports}
                self._layouts[node.key] = layout
        return self._layouts[node.key]

    def _returns(self) -> Iterator[tuple[str, Value]]:
        ret = self._record.header.ret
        for arg in self._record.header.signature.output_arg:
            if arg.name in ret:
                text = ret[arg.name]
                yield arg.name, next(iter(self._resolve(text)), Value(text))

    def _return_controls(self) -> tuple[str, ...]:
        header = self._record.header
        ordered = [name for name in header.signature.control_output if name in header.control_ret]
        return tuple([header.control_ret[name] for name in ordered])
