"""Just enough of a GraphDef for the stand-in compiler, read off the wire."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

_FUNC, _LIST, _SHAPE = 10, 1, 7


class Graph:
    """Op types, inputs, called functions and placeholder shapes by node name."""

    def __init__(self) -> None:
        self.ops: dict[str, str] = {}
        self.inputs: dict[str, list[str]] = {}
        self.calls: dict[str, list[str]] = {}
        self.shapes: dict[str, list[int]] = {}
        self.functions: set[str] = set()

    def ancestors(self, roots: Iterable[str], stops: Iterable[str] = ()) -> set[str]:
        """What ``roots`` need, themselves included; nothing behind ``stops``."""
        seen: set[str] = set()
        pending, ends = list(roots), set(stops)
        while pending:
            name = pending.pop()
            if name in seen or name not in self.ops:
                continue
            seen.add(name)
            if name not in ends:
                pending += [producer(text) for text in self.inputs[name]]
        return seen

    def unknown_size(self, name: str) -> bool:
        """Whether a placeholder has an unknown size."""
        return self.ops[name].startswith("Placeholder") and -1 in self.shapes.get(name, [])

    def cycle(self, names: set[str]) -> str | None:
        """A node on a cycle that no NextIteration closes."""
        left = {
            name: {producer(t) for t in self.inputs[name]} & names
            for name in names
            if self.ops[name] != "NextIteration"
        }
        while left:
            free = [name for name, needs in left.items() if not needs & left.keys()]
            if not free:
                return sorted(left)[0]
            for name in free:
                del left[name]
        return None


def producer(text: str) -> str:
    """The node that an input names."""
    return text.lstrip("^").partition(":")[0]


def read_graph(data: bytes) -> Graph:
    """Decode; ``ValueError`` for bytes that are no GraphDef with nodes."""
    graph = Graph()
    try:
        for number, value in fields(data):
            if number == 1 and isinstance(value, bytes):
                read_node(graph, value)
            elif number == 2 and isinstance(value, bytes):
                read_library(graph, value)
    except (IndexError, UnicodeDecodeError) as err:
        raise ValueError("not a GraphDef") from err
    if not graph.ops:
        raise ValueError("no nodes")
    return graph


def read_node(graph: Graph, data: bytes) -> None:
    name = op = ""
    inputs, calls, shape = [], [], None
    for number, value in fields(data):
        if not isinstance(value, bytes):
            continue
        if number == 1:
            name = value.decode()
        elif number == 2:
            op = value.decode()
        elif number == 3:
            inputs.append(value.decode())
        elif number == 5:
            entry = dict(fields(value))
            attr = list(fields(entry.get(2, b"")))
            calls += list(functions_of(attr))
            if entry.get(1) == b"shape":
                shape = [size for n, v in attr if n == _SHAPE for size in sizes_of(v)]
    if not name or not op:
        raise ValueError("a node without a name")
    graph.ops[name], graph.inputs[name], graph.calls[name] = op, inputs, calls
    if shape is not None:
        graph.shapes[name] = shape


def functions_of(attr: list[tuple[int, int | bytes]]) -> Iterator[str]:
    for number, value in attr:
        if number == _FUNC:
            yield dict(fields(value))[1].decode()
        elif number == _LIST:
            yield from (dict(fields(v))[1].decode() for n, v in fields(value) if n == 9)


def sizes_of(data: bytes) -> Iterator[int]:
    for number, value in fields(data):
        if number == 2:
            size = dict(fields(value)).get(1, 0)
            yield size - (1 << 64) if size >> 63 else size


def read_library(graph: Graph, data: bytes) -> None:
    for number, value in fields(data):
        if number == 1:
            signature = dict(fields(value)).get(1, b"")
            graph.functions.add(dict(fields(signature)).get(1, b"").decode())


def fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Field numbers and values of one message."""
    position = 0
    while position < len(data):
        key, position = varint(data, position)
        kind = key & 7
        if kind == 0:
            value, position = varint(data, position)
            yield key >> 3, value
            continue
        if kind == 2:
            size, position = varint(data, position)
        elif kind in (1, 5):
            size = 8 if kind == 1 else 4
        else:
            raise ValueError("wire type")
        if position + size > len(data):
            raise ValueError("truncated")
        yield key >> 3, data[position : position + size]
        position += size


def varint(data: bytes, position: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if not byte & 0x80:
            return value, position
        shift += 7
        if shift > 63:
            raise ValueError("varint")
