"""From node records to ``Node`` objects: the main graph."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from linter.errors import GraphError
from linter.graph import Dangling, Graph, Node, Value
from linter.io.attrs import NodeAttrs
from linter.io.keys import unique_keys
from linter.io.messages import DecodeError, NodeDef
from linter.io.payload import LARGE, Payload, split_node
from linter.io.wire import BodyScan, Budget, Cursor

__all__ = ["Container", "RawNode", "build_main", "parse_input", "read_messages"]

_MAX_CHUNK = 1 << 20


class RawNode(NamedTuple):
    """A parsed node record."""

    message: Any
    payloads: dict[str, Payload] | None


@dataclass(frozen=True, slots=True)
class Container:
    """The message that holds nodes: a ``GraphDef`` or a ``FunctionDef``."""

    message: Any
    field: str
    number: int


def read_messages(cursor: Cursor, scan: BodyScan, container: Container) -> Iterator[RawNode]:
    """Parse the node records of a body; runs of small ones in one call.

    Raises:
        GraphError: a record is no node.
    """
    starts, ends = scan.starts, scan.ends
    count = len(starts)
    first = 0
    while first < count:
        start = starts[first]
        if ends[first] - start > LARGE:
            yield _read_large(cursor, start + scan.heads[first], ends[first])
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
        for message in _read_run(cursor, scan, (first, last), container):
            yield RawNode(message, None)
        first = last


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
    found: Iterable[Any] = nodes
    return found


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


def _read_large(cursor: Cursor, start: int, end: int) -> RawNode:
    header, payloads = split_node(cursor, start, end)
    try:
        return RawNode(NodeDef.FromString(header), payloads or None)
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


def build_main(raw: Iterable[RawNode], budget: Budget, scan: BodyScan | None = None) -> Graph:
    """The main graph from its node records.

    Args:
        raw: the records, in file order.
        budget: what may still be read.
        scan: where they lie in the input, ``None`` when they came from text.

    Raises:
        GraphError: a record is no node, or there are too many inputs.
    """
    records = list(raw)
    keys, duplicates = unique_keys([message.name for message, _ in records])
    values: dict[str, Value] = {}
    bad: set[str] = set()
    nodes: list[Node] = []
    for position, (message, payloads) in enumerate(records):
        inputs, controls = [], []
        texts = message.input
        if len(texts) > 1000:
            budget.spend("inputs", len(texts), 0)
        for text in texts:
            if text[:1] == "^":
                controls.append(text[1:])
                continue
            value = values.get(text)
            if value is None:
                value = parse_input(text)
                if value is None:
                    bad.add(text)
                    value = Value(text)
                values[text] = value
            inputs.append(value)
        attrs = NodeAttrs(message, payloads, scan, position)
        nodes.append(
            Node(
                message.name,
                message.op,
                tuple(inputs),
                tuple(controls),
                attrs,
                key=keys[position],
                device=message.device,
                position=position,
                origin=attrs,
            )
        )
    graph = Graph(nodes, duplicates=duplicates)
    graph.dangling = list(_dangling(graph, bad))
    return graph


def _dangling(graph: Graph, bad: set[str]) -> Iterator[Dangling]:
    known = graph.nodes
    for node in graph:
        for slot, (source, _) in enumerate(node.inputs):
            if source not in known or source in bad:
                yield Dangling(node.key, slot, _written(node, slot))
        for source in node.controls:
            if source not in known:
                yield Dangling(node.key, -1, f"^{source}")


def _written(node: Node, slot: int) -> str:
    """A data input as the file spells it."""
    origin = node.origin
    if isinstance(origin, NodeAttrs):
        texts = [text for text in origin.message.input if text[:1] != "^"]
        if slot < len(texts):
            return str(texts[slot])
    return str(node.inputs[slot])
