r"""``replace``: graphtext with the names of a match in it.

``$x`` is a bound value, ``$x.dtype``, ``$x.shape``, ``$x.value`` what is known of it, and
``$x.attr.NAME`` an attribute of its producer. The text is filled and parsed for each match; a
trial with made-up values shows at load time whether it can be parsed at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from textwrap import dedent

from linter.config.toml_table import Table
from linter.config.userrules.matching import ROOT
from linter.graph import Graph, Node, Value
from linter.io import graphtext
from linter.io.graphtext.literals import format_dims, format_elements, format_value
from linter.results.errors import GraphError
from linter.rules.edit import GraphEditor
from linter.rules.match import BoundValue, Match

__all__ = ["Template", "read_template"]

_REFERENCE = re.compile(
    r'"(?:[^"\\]|\\.)*"|\$([a-z][a-z0-9_]*)(?:\.(attr)\.([A-Za-z0-9_]+)|\.([a-z]+))?'
)
_ASKED = ("dtype", "shape", "value")
_MARK = "$"
_LIMIT = 65_536


@dataclass(frozen=True, slots=True)
class Template:
    """A subgraph to be filled.

    Attributes:
        text: node lines, a producer before its readers.
        results: what stands for the outputs of the root, ``name`` or ``name:port``.
    """

    text: str
    results: tuple[str, ...]

    def refusal(self, match: Match) -> str | None:
        """Why the text cannot be filled here."""
        try:
            self._graph(match)
        except LookupError as err:
            return str(err.args[0])
        except GraphError as err:
            return f"the replacement cannot be made: {err}"
        return None

    def build(self, match: Match, edit: GraphEditor) -> Sequence[Value]:
        """Make the nodes; the values for the outputs of the root."""
        made: dict[str, Value] = {}

        def value(ref: Value) -> Value:
            if ref.node.startswith(_MARK):
                return _bound(match, ref.node.removeprefix(_MARK)).value
            return Value(made[ref.node].node, ref.port)

        for node in self._graph(match):
            inputs = [value(ref) for ref in node.inputs]
            if node.op == "Const":
                made[node.name] = edit.const(node.attrs["value"], name=node.name)
            else:
                made[node.name] = edit.add(node.op, inputs, node.attrs, name=node.name)
        return tuple(value(_value(result)) for result in self.results)

    def _graph(self, match: Match) -> Graph:
        return _parsed(self.text, lambda *asked: _filled(match, *asked))


def read_template(table: Table, key: str, names: Collection[str]) -> Template:
    """The template of a rule.

    Raises:
        UsageError: it cannot be parsed, or uses a name that the match does not bind.
    """
    lines = dedent(table.text(key)).strip("\n").splitlines()
    results: tuple[str, ...] = ()
    if lines and lines[-1].lstrip().startswith("->"):
        results = tuple(part.strip() for part in lines.pop().strip()[2:].split(","))
    text = "\n".join(lines)

    def trial(name: str, kind: str | None, attr: str | None) -> str:
        known = sorted({ROOT, *names})
        if name not in known:
            raise table.fault(f"the match binds no {name!r}; it binds {', '.join(known)}", key)
        if kind is not None and kind not in _ASKED:
            raise table.fault(f"${name}.{kind}: what can be asked is {', '.join(_ASKED)}", key)
        if kind is None and attr is None and name == ROOT:
            raise table.fault("$root would read the node that goes; read its inputs", key)
        return {"dtype": "float32", "shape": "[1]", "value": "0"}.get(
            kind or "", "1" if attr else ""
        )

    try:
        graph = _parsed(text, trial)
    except GraphError as err:
        raise table.fault(str(err), key) from err
    nodes = list(graph)
    if not nodes:
        raise table.fault("there is no node in it", key)
    _check(table, key, nodes, graph)
    known = {node.name for node in nodes} | {_MARK + name for name in names}
    return Template(text, _results(table, key, results or (nodes[-1].name,), known))


def _check(table: Table, key: str, nodes: list[Node], graph: Graph) -> None:
    if graph.duplicates:
        raise table.fault(f"two nodes are called {graph.duplicates[0]!r}", key)
    seen: set[str] = set()
    for node in nodes:
        if node.controls or node.device:
            raise table.fault(
                f"{node.name}: control inputs and devices are moved from the node that goes", key
            )
        for value in node.inputs:
            if value.node.startswith(_MARK) and value.port:
                raise table.fault(
                    f"{node.name} reads {value}: a name of the match is one value", key
                )
            if not value.node.startswith(_MARK) and value.node not in seen:
                raise table.fault(
                    f"{node.name} reads {value.node!r}, which is no line above; a value of the "
                    f"match is written ${value.node}",
                    key,
                )
        if node.op == "Const" and "value" not in node.attrs:
            raise table.fault(f"{node.name}: a Const has a value: `= 1.0`", key)
        seen.add(node.name)


def _results(
    table: Table, key: str, results: tuple[str, ...], known: Collection[str]
) -> tuple[str, ...]:
    for result in results:
        name, _, port = result.partition(":")
        marked = name.startswith(_MARK)
        if name not in known or (port and (marked or not (port.isascii() and port.isdigit()))):
            raise table.fault(f"-> {result!r} names no node of the replacement", key)
    return results


def _value(text: str) -> Value:
    name, _, port = text.partition(":")
    return Value(name, int(port or 0))


def _parsed(text: str, fill: Callable[[str, str | None, str | None], str]) -> Graph:
    def put(found: re.Match[str]) -> str:
        name, _, attr, kind = found.groups()
        if name is None:
            return found.group()  # a text in quotes
        if kind is None and attr is None:
            fill(name, None, None)
            return f'"{_MARK}{name}"'
        return fill(name, kind, attr)

    model = graphtext.parse("\n".join(_REFERENCE.sub(put, line) for line in text.split("\n")))
    if model.functions:
        raise GraphError("a replacement defines no function", cause="graph-text")
    return model.main


def _filled(match: Match, name: str, kind: str | None, attr: str | None) -> str:
    """What is written in place of ``$name.kind``.

    Raises:
        LookupError: it is not known.
    """
    bound = _bound(match, name)
    if attr is not None:
        attrs = bound.attrs
        if attr not in attrs:
            raise LookupError(f"{bound.node.op} has no attribute {attr!r} here")
        return format_value(attrs[attr], _LIMIT)
    found: str | None = ""
    if kind == "dtype":
        found = None if bound.dtype is None else bound.dtype.removesuffix("_ref")
    elif kind == "shape":
        shape = bound.static_shape
        found = None if shape is None else f"[{format_dims(shape)}]"
    elif kind == "value":
        tensor = bound.tensor
        known = tensor is not None and tensor.values() is not None
        found = format_elements(tensor, _LIMIT) if tensor is not None and known else None
    if found is None:
        raise LookupError(f"the {kind} of {name} is not known")
    return found


def _bound(match: Match, name: str) -> BoundValue:
    return match.root if name == ROOT else match[name]
