"""From a model or graph to graph text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from linter.graph import DType, Graph, Model, Node, Placeholder, Shape, Value
from linter.graph.op_families import PLACEHOLDERS
from linter.graph.queries import unorderable_keys
from linter.graph.stated_attrs import stated_defaults
from linter.io.attrs import same_value
from linter.io.graphtext.fill import implied_attrs
from linter.io.graphtext.lexer import quote_bytes, quote_name
from linter.io.graphtext.literals import format_dims, format_elements, format_value
from linter.io.outputs import LibraryOps
from linter.io.tensor.values import MAX_VALUES, StoredTensor
from opdb.tf_ops import load_op_table

__all__ = ["dump", "dump_node"]


def dump(subject: Model | Graph, *, limit: int = MAX_VALUES) -> str:
    """The text of a model or of one graph.

    Args:
        subject: what to write; a graph of a function is written as ``def``.
        limit: constants of more elements lose them, unless all are the same.
    """
    if isinstance(subject, Graph):
        return "".join(f"{line}\n" for line in _Dumper({}, limit).graph(subject))
    dumper = _Dumper(subject.functions, limit)
    return "".join(f"{line}\n" for graph in subject.graphs for line in dumper.graph(graph))


def dump_node(model: Model, graph: Graph, node: Node, *, limit: int = MAX_VALUES) -> str:
    """The line of one node of one graph of ``model``."""
    return _Dumper(model.functions, limit).node(graph, node)


class _Dumper:
    def __init__(self, functions: dict[str, Graph], limit: int) -> None:
        self._ops = LibraryOps(functions, load_op_table())
        self._limit = limit

    def graph(self, graph: Graph) -> Iterator[str]:
        """The lines of one graph."""
        indent = ""
        if graph.function is not None:
            indent = "    "
            yield self._def(graph)
        cyclic = frozenset(unorderable_keys(graph))
        for node in graph:
            if not node.virtual:
                yield indent + self.node(graph, node, whole=node.key in cyclic)

    def _def(self, graph: Graph) -> str:
        args = [self._arg(node) for node in graph if node.virtual]
        outs = [
            f"{quote_name(name)}: {_value(graph, value)}" for name, value in graph.returns.items()
        ]
        outs += [f"^{quote_name(_name(graph, key))}" for key in graph.return_controls]
        attrs = self._braces(graph.signature_attrs, ())
        name = quote_name(graph.function or "")
        return f"def {name}({', '.join(args)}) -> ({', '.join(outs)}){attrs}:"

    def _arg(self, node: Node) -> str:
        attrs = {key: item for key, item in node.attrs.items() if key not in ("T", "index")}
        kind = node.attrs.get("T")
        text = f"{quote_name(node.name)}: "
        text += f"${quote_name(kind.name)}" if isinstance(kind, Placeholder) else str(kind)
        shapes = attrs.get("_output_shapes")
        if isinstance(shapes, tuple) and len(shapes) == 1 and isinstance(shapes[0], Shape):
            text += f"[{format_dims(shapes[0].dims)}]"
            del attrs["_output_shapes"]
        return text + self._braces(attrs, ())

    def node(self, graph: Graph, node: Node, *, whole: bool = False) -> str:
        """The line of one node; ``whole`` for one whose inputs may say nothing but by itself."""
        attrs, absent = self._shown(graph, node, whole=whole)
        suffix = self._suffix(node, attrs)
        inputs = [_value(graph, value) for value in node.inputs]
        inputs += [f"^{quote_name(_name(graph, key))}" for key in node.controls]
        call = f"({', '.join(inputs)})" if inputs else ""
        device = f" on {quote_bytes(node.device)}" if node.device else ""
        head = f"{quote_name(node.name)} = {quote_name(node.op)}{call}"
        return head + self._braces(attrs, absent) + device + suffix

    def _shown(self, graph: Graph, node: Node, *, whole: bool) -> tuple[dict[str, Any], list[str]]:
        """The attributes to write, and those to write as absent."""
        attrs = dict(node.attrs)
        opdef = self._ops.get(node.op)
        if opdef is None or node.op == "Const":
            return attrs, []
        derived = {
            name
            for arg in opdef.inputs
            for name in (arg.type_attr, arg.number_attr, arg.type_list_attr)
            if name
        }
        explicit = {key: item for key, item in attrs.items() if key not in derived}
        implied = implied_attrs(graph, node, self._ops, explicit)
        for name, value in implied.items():
            same = name in attrs and value is not None and same_value(value, attrs[name])
            if same and not whole:
                del attrs[name]
        missing = {n for n in implied if n not in node.attrs and implied[n] is not None}
        for name, value in stated_defaults(node.op, self._ops).items():
            if name not in node.attrs:
                missing.add(name)
            elif same_value(value, node.attrs[name]):
                attrs.pop(name, None)
        return attrs, sorted(missing)

    def _suffix(self, node: Node, attrs: dict[str, Any]) -> str:
        """``: dtype[shape] = literal``; takes what it says out of ``attrs``."""
        dtype = attrs.get("dtype")
        if not isinstance(dtype, DType):
            return ""
        if node.op == "Const":
            value = attrs.get("value")
            if not isinstance(value, StoredTensor) or value.dtype != dtype:
                return ""
            if -1 in value.shape:
                return ""
            del attrs["dtype"], attrs["value"]
            elements = format_elements(value, self._limit)
            return f" : {dtype}[{format_dims(value.shape)}] = {elements}"
        if node.op not in PLACEHOLDERS:
            return ""
        del attrs["dtype"]
        shape = attrs.get("shape")
        if isinstance(shape, Shape):
            del attrs["shape"]
            return f" : {dtype}[{format_dims(shape.dims)}]"
        return f" : {dtype}"

    def _braces(self, attrs: Any, absent: Any) -> str:
        words = [
            f"{quote_name(key)}={format_value(attrs[key], self._limit)}" for key in sorted(attrs)
        ]
        words += [f"-{quote_name(key)}" for key in absent]
        return f" {{{', '.join(words)}}}" if words else ""


def _value(graph: Graph, value: Value) -> str:
    name = quote_name(_name(graph, value.node))
    return f"{name}:{value.port}" if value.port else name


def _name(graph: Graph, key: str) -> str:
    node = graph.get(key)
    return key if node is None else node.name
