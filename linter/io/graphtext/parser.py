"""From graph text to a model."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from textwrap import dedent
from typing import Any

from linter.graph import Dangling, DType, Graph, Model, Node, Placeholder, Shape, Source, Value
from linter.graph.op_families import PLACEHOLDERS
from linter.graph.ports import OpLookup
from linter.io.dtypes import dtype_number
from linter.io.graphtext.fill import complete
from linter.io.graphtext.lexer import Lexer
from linter.io.graphtext.literals import parse_attrs, parse_dims, parse_tensor
from linter.io.keys import unique_keys
from linter.io.outputs import LibraryOps
from linter.results.errors import GraphError
from opdb.record import AttrDef
from opdb.tf_ops import load_op_table

__all__ = ["PRODUCER", "parse"]

PRODUCER = 440
"""``versions.producer`` of a model from text: the first release with all that functions need."""
_FALLBACK = {"dtype": "type", "shape": "shape"}


@dataclass(slots=True)
class _Line:
    """One parsed node line."""

    name: str
    op: str
    inputs: list[Value]
    controls: list[str]
    attrs: dict[str, Any]
    absent: set[str]
    device: str


@dataclass(slots=True)
class _Body:
    """The lines of one graph."""

    function: str | None = None
    args: list[Node] = field(default_factory=list)
    returns: dict[str, Value] = field(default_factory=dict)
    return_controls: list[str] = field(default_factory=list)
    signature_attrs: dict[str, Any] = field(default_factory=dict)
    lines: list[_Line] = field(default_factory=list)
    absent: dict[str, set[str]] = field(default_factory=dict)

    def graph(self) -> Graph:
        """The graph, without the attributes that inputs imply."""
        names = [node.name for node in self.args] + [line.name for line in self.lines]
        keys, duplicates = unique_keys(names)
        nodes = list(self.args)
        for position, (line, key) in enumerate(
            zip(self.lines, keys[len(self.args) :], strict=True)
        ):
            self.absent[key] = line.absent
            nodes.append(
                Node(
                    line.name,
                    line.op,
                    tuple(line.inputs),
                    tuple(line.controls),
                    line.attrs,
                    key=key,
                    device=line.device,
                    position=position,
                )
            )
        graph = Graph(
            nodes,
            function=self.function,
            duplicates=duplicates,
            returns=self.returns,
            return_controls=self.return_controls,
            signature_attrs=self.signature_attrs,
        )
        for node in graph:
            for slot, value in enumerate(node.inputs):
                if value.node not in graph:
                    text = value.node if value.port == 0 else str(value)
                    graph.dangling.append(Dangling(node.key, slot, text))
            for key in node.controls:
                if key not in graph:
                    graph.dangling.append(Dangling(node.key, -1, f"^{key}"))
        return graph


def parse(text: str) -> Model:
    """The model that a text describes.

    Args:
        text: the text; see the package for the grammar.

    Raises:
        GraphError: the text is malformed; the message names line and column.
    """
    ops = load_op_table()
    main = _Body()
    functions: dict[str, _Body] = {}
    body = main
    for number, line in enumerate(dedent(text).split("\n"), 1):
        lexer = Lexer(line, number)
        first = lexer.peek()
        if first.kind == "end":
            continue
        if first.column == 1 and lexer.starts_function():
            body = _parse_def(lexer)
            if body.function in functions:
                raise GraphError(
                    f"line {number}: function {body.function!r} is defined twice",
                    cause="graph-text",
                )
            functions[str(body.function)] = body
            continue
        if first.column == 1:
            body = main
        body.lines.append(_parse_node(lexer, ops))
    return _model(main, functions, ops)


def _model(main: _Body, functions: dict[str, _Body], ops: OpLookup) -> Model:
    graph = main.graph()
    graphs = {name: body.graph() for name, body in functions.items()}
    for _ in range(2):
        for name, body in functions.items():
            complete(graphs[name], LibraryOps(graphs, ops), body.absent)
    complete(graph, LibraryOps(graphs, ops), main.absent)
    return Model(Source("<text>", "graph-text", producer=PRODUCER), graph, graphs)


def _parse_def(lexer: Lexer) -> _Body:
    lexer.take()
    body = _Body(lexer.name("a function name"))
    lexer.expect("(")
    while not lexer.accept(")"):
        body.args.append(_parse_arg(lexer))
        if not lexer.accept(","):
            lexer.expect(")")
            break
    for index, node in enumerate(body.args):
        node.position = index - len(body.args)
        node.attrs = {**node.attrs, "index": index}
    lexer.expect("->")
    lexer.expect("(")
    while not lexer.accept(")"):
        if lexer.accept("^"):
            body.return_controls.append(lexer.name("a node"))
        else:
            name = lexer.name("a name of an output")
            lexer.expect(":")
            body.returns[name] = _parse_value_name(lexer)
        if not lexer.accept(","):
            lexer.expect(")")
            break
    if lexer.peek().text == "{":
        body.signature_attrs = parse_attrs(lexer)[0]
    lexer.expect(":")
    _expect_end(lexer)
    return body


def _parse_arg(lexer: Lexer) -> Node:
    name = lexer.name("a name of an argument")
    lexer.expect(":")
    attrs: dict[str, Any] = {}
    bound = lexer.accept("$")
    kind = Placeholder(lexer.name("an attribute")) if bound else _parse_dtype(lexer)
    if lexer.accept("["):
        attrs["_output_shapes"] = (Shape(parse_dims(lexer, "]")),)
    if lexer.peek().text == "{":
        attrs.update(parse_attrs(lexer)[0])
    attrs["T"] = kind
    return Node(name, "_Arg", attrs=attrs, virtual=True)


def _parse_node(lexer: Lexer, ops: OpLookup) -> _Line:
    name = lexer.name("a node name")
    lexer.expect("=")
    line = _Line(name, lexer.name("an op"), [], [], {}, set(), "")
    if lexer.accept("("):
        while not lexer.accept(")"):
            if lexer.accept("^"):
                line.controls.append(lexer.name("a node"))
            else:
                line.inputs.append(_parse_value_name(lexer))
            if not lexer.accept(","):
                lexer.expect(")")
                break
    if lexer.peek().text == "{":
        line.attrs, line.absent = parse_attrs(lexer)
    if lexer.accept("on"):
        line.device = lexer.name("a device in quotes")
    if lexer.accept(":"):
        _parse_type(lexer, line, ops)
    _coerce(line, ops)
    _expect_end(lexer)
    return line


def _parse_value_name(lexer: Lexer) -> Value:
    name = lexer.name("a node")
    if not lexer.accept(":"):
        return Value(name)
    token = lexer.peek()
    if not (token.text.isascii() and token.text.isdigit()):
        raise lexer.unexpected("a port")
    return Value(name, int(lexer.take().text))


def _parse_dtype(lexer: Lexer) -> DType:
    if dtype_number(lexer.peek().text) is None:
        raise lexer.unexpected("a dtype")
    return DType(lexer.take().text)


def _parse_type(lexer: Lexer, line: _Line, ops: OpLookup) -> None:
    """``: dtype[shape] = literal`` after the op."""
    dtype = _parse_dtype(lexer)
    has_shape = lexer.accept("[")
    dims = parse_dims(lexer, "]") if has_shape else None
    if line.op == "Const":
        line.attrs.setdefault("dtype", dtype)
        if lexer.accept("="):
            line.attrs.setdefault("value", parse_tensor(lexer, dtype, dims))
        return
    opdef = ops.get(line.op)
    known = _FALLBACK if opdef is None else {a.name: a.type for a in opdef.attrs.values()}
    names = ("dtype",) if line.op in PLACEHOLDERS else ("T", "dtype")
    name = next((name for name in names if known.get(name) == "type"), None)
    if name is not None:
        line.attrs.setdefault(name, dtype)
    if has_shape and name != "T" and known.get("shape") == "shape":
        line.attrs.setdefault("shape", Shape(dims))


def _coerce(line: _Line, ops: OpLookup) -> None:
    """Read integers as floats where the op definition wants floats."""
    opdef = ops.get(line.op)
    if opdef is None:
        return
    for name, value in line.attrs.items():
        spec = opdef.attrs.get(name)
        if spec is not None:
            line.attrs[name] = _coerced(value, spec)


def _coerced(value: Any, spec: AttrDef) -> Any:
    if spec.type == "float" and type(value) is int:
        return struct.unpack("<f", struct.pack("<f", value))[0]
    if spec.type == "list(float)" and isinstance(value, tuple):
        return tuple([float(item) if type(item) is int else item for item in value])
    return value


def _expect_end(lexer: Lexer) -> None:
    if lexer.peek().kind != "end":
        raise lexer.unexpected("the end of the line")
