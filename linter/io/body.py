"""From node records to ``Node`` objects: the main graph."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from linter.graph import Dangling, Graph, Node, Value
from linter.io.attrs import NodeAttrs
from linter.io.keys import unique_keys
from linter.io.messages import DecodeError, NodeDef
from linter.io.payload import LARGE, Payload, split_node
from linter.io.wire import BodyScan, Budget, Cursor
from linter.results.errors import GraphError

__all__ = ["Container", "RawNodes", "build_main", "parse_input", "read_messages"]

_MAX_CHUNK = 1 << 20


class RawNodes(NamedTuple):
    """The parsed node records of one body.

    Attributes:
        messages: one ``NodeDef`` each, without what was left in the file.
        payloads: what was left there, by rank of the node and attribute.
    """

    messages: Sequence[Any]
    payloads: Mapping[int, Mapping[str, Payload]]


class Container(NamedTuple):
    """The message that holds nodes: a ``GraphDef`` or a ``FunctionDef``."""

    message: Any
    field: str
    number: int


def read_messages(cursor: Cursor, scan: BodyScan, container: Container) -> RawNodes:
    """Parse the node records of a body; runs of small ones in one call.

    Raises:
        GraphError: a record is no node.
    """
    messages: list[Any] = []
    payloads: dict[int, Mapping[str, Payload]] = {}
    starts, ends = scan.starts, scan.ends
    count = len(starts)
    first = 0
    while first < count:
        start = starts[first]
        if ends[first] - start > LARGE:
            header, found = _read_large(cursor, start + scan.heads[first], ends[first])
            messages.append(header)
            if found:
                payloads[first] = found
            first += 1
            continue
        last = first + 1
        stop = ends[first]
        while last < count and starts[last] == stop:
            end = ends[last]
            if end - stop > LARGE or end - start > _MAX_CHUNK:
                break
            stop = end
            last += 1
        messages.extend(_read_run(cursor, scan, (first, last), container))
        first = last
    return RawNodes(messages, payloads)


def _read_run(
    cursor: Cursor, scan: BodyScan, run: tuple[int, int], container: Container
) -> Iterable[Any]:
    first, last = run
    data = cursor.view.read(scan.starts[first], scan.ends[last - 1] - scan.starts[first])
    try:
        nodes = getattr(container.message.FromString(data), container.field)
    except DecodeError as error:
        raise _first_bad(cursor, scan, run) from error
    if len(nodes) != last - first:
        raise GraphError("not valid protobuf", cause="corrupt", offset=scan.starts[first])
    result: Iterable[Any] = nodes
    return result


def _first_bad(cursor: Cursor, scan: BodyScan, run: tuple[int, int]) -> GraphError:
    offset = scan.starts[run[0]]
    for index in range(*run):
        offset = scan.starts[index]
        body = offset + scan.heads[index]
        try:
            NodeDef.FromString(cursor.view.read(body, scan.ends[index] - body))
        except DecodeError:
            break
    return _no_node(offset)


def _no_node(offset: int) -> GraphError:
    return GraphError(
        f"corrupt: the record at byte {offset} is no valid node", cause="corrupt", offset=offset
    )


def _read_large(cursor: Cursor, start: int, end: int) -> tuple[Any, Mapping[str, Payload]]:
    header, payloads, entries = split_node(cursor, start, end)
    try:
        message = NodeDef.FromString(header)
        if len(message.attr) == entries:
            return message, payloads
        return NodeDef.FromString(cursor.view.read(start, end - start)), {}
    except DecodeError as error:
        raise _no_node(start) from error


def parse_input(text: str) -> Value | None:
    """The value that a data input of the main graph names, ``None`` when it is malformed.

    The first colon splits name and port; a port is a decimal number below 2**31.
    """
    name, colon, port = text.partition(":")
    if not colon:
        return Value(text)
    if not (port.isascii() and port.isdigit()) or len(port) > 10 or int(port) > 0x7FFFFFFF:
        return None
    return Value(name, int(port))


class _Inputs(dict[str, Value]):
    """Values by the text of a data input; parses a text when it is first asked for.

    Attributes:
        malformed: texts that name no value.
    """

    def __init__(self) -> None:
        self.malformed: set[str] = set()

    def __missing__(self, text: str) -> Value:
        value = parse_input(text)
        if value is None:
            self.malformed.add(text)
            value = Value(text)
        self[text] = value
        return value


def build_main(raw: RawNodes, budget: Budget, scan: BodyScan | None = None) -> Graph:
    """The main graph from its node records.

    Args:
        raw: the records, in file order.
        budget: what may still be read.
        scan: where they lie in the input, ``None`` when they came from text.

    Raises:
        GraphError: there are too many inputs.
    """
    names = [message.name for message in raw.messages]
    keys, duplicates = unique_keys(names)
    payloads = raw.payloads
    values = _Inputs()
    nodes: list[Node] = []
    for position, message in enumerate(raw.messages):
        texts = message.input
        controls: tuple[str, ...] = ()
        if not texts:
            inputs: tuple[Value, ...] = ()
        else:
            found = list(texts)
            budget.inputs -= len(found)
            if budget.inputs < 0:
                budget.spend("inputs", 0, 0)
            if "^" in "".join(found):
                controls = tuple([text[1:] for text in found if text[:1] == "^"])
                found = [text for text in found if text[:1] != "^"]
            inputs = tuple([values[text] for text in found])
        attrs = NodeAttrs(message, payloads.get(position), scan, position)
        node = Node(names[position], message.op, inputs, controls, attrs, key=keys[position])
        node.device = message.device
        node.position = position
        node.origin = attrs
        nodes.append(node)
    graph = Graph(nodes, duplicates=duplicates)
    known = graph.nodes.keys()
    if values.malformed or any(value.node not in known for value in values.values()):
        graph.dangling.extend(_dangling_data(graph, values.malformed))
    graph.dangling.extend(_dangling_controls(graph))
    return graph


def _dangling_data(graph: Graph, malformed: set[str]) -> Iterator[Dangling]:
    for node in graph:
        for slot, (source, _) in enumerate(node.inputs):
            if source not in graph.nodes or source in malformed:
                yield Dangling(node.key, slot, _written(node, slot))


def _dangling_controls(graph: Graph) -> Iterator[Dangling]:
    for node in graph.nodes.values():
        if node.controls:
            for source in node.controls:
                if source not in graph.nodes:
                    yield Dangling(node.key, -1, f"^{source}")


def _written(node: Node, slot: int) -> str:
    """A data input as the file spells it."""
    origin = node.origin
    if isinstance(origin, NodeAttrs):
        texts = [text for text in origin.message.input if text[:1] != "^"]
        if slot < len(texts):
            return str(texts[slot])
    return str(node.inputs[slot])
