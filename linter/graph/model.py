"""The graph that every part of omlint works on.

A ``Model`` is one file: a main ``Graph`` and one ``Graph`` per function of its library. Nodes are
immutable; a change replaces the node in its graph (``linter.rules.edit`` is the only caller). Each
graph gives a ``networkx.MultiDiGraph`` of itself, so that networkx algorithms are used as they
are; the index kept here answers what networkx does not: ports, uses, scopes, duplicates, missing
producers.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from linter.graph.attr_values import Attrs, DType, FuncRef, Placeholder, Shape, TensorValue

if TYPE_CHECKING:
    import networkx as nx

__all__ = [
    "Attrs",
    "DType",
    "Dangling",
    "FuncRef",
    "Graph",
    "Model",
    "Node",
    "Placeholder",
    "Shape",
    "Source",
    "TensorValue",
    "Use",
    "Value",
]


class Value(NamedTuple):
    """One output of one node: ``node:port``."""

    node: str
    port: int = 0

    def __str__(self) -> str:
        return f"{self.node}:{self.port}"


class Use(NamedTuple):
    """A reader of a value: input ``slot`` of ``node``; slot -1 is a control input."""

    node: str
    slot: int
    port: int


class Dangling(NamedTuple):
    """An input whose producer is not in the graph, as written in the file."""

    node: str
    slot: int
    text: str


class Node:
    """One operation of a graph. Immutable: edits make a new node.

    Attributes:
        key: key in the graph; the name, or ``name#2`` for the second node of that name.
        name: name in the file.
        op: op type as TensorFlow spells it.
        device: device string of the file.
        inputs: data inputs in slot order; a producer that is missing is still named here.
        controls: keys of the control inputs, in file order.
        attrs: decoded attributes.
        position: rank in its body's file order; negative for virtual nodes.
        virtual: true for the arguments of a function, which are no NodeDef in the file.
        origin: what the reader and the writer keep about the node; opaque to all others.
        rule: id of the rewrite that made the node, ``None`` for a node of the file.
    """

    __slots__ = (
        "attrs",
        "controls",
        "device",
        "inputs",
        "key",
        "name",
        "op",
        "origin",
        "position",
        "rule",
        "virtual",
    )

    def __init__(
        self,
        name: str,
        op: str,
        inputs: tuple[Value, ...] = (),
        controls: tuple[str, ...] = (),
        attrs: Attrs | None = None,
        *,
        key: str | None = None,
        device: str = "",
        position: int = -1,
        virtual: bool = False,
        origin: object = None,
        rule: str | None = None,
    ) -> None:
        self.name = name
        self.op = op
        self.inputs = inputs
        self.controls = controls
        self.attrs: Attrs = {} if attrs is None else attrs
        self.key = name if key is None else key
        self.device = device
        self.position = position
        self.virtual = virtual
        self.origin = origin
        self.rule = rule

    def replace(self, **changes: Any) -> Node:
        """A copy with the given fields changed; ``origin`` stays, so the writer keeps the rest."""
        made = Node(self.name, self.op, self.inputs, self.controls, self.attrs, key=self.key)
        made.device = self.device
        made.position = self.position
        made.virtual = self.virtual
        made.origin = self.origin
        made.rule = self.rule
        for name, value in changes.items():
            setattr(made, name, value)
        return made

    def __repr__(self) -> str:
        return f"<Node {self.key} {self.op}>"


class Graph:
    """One body: the main graph or one function.

    Attributes:
        function: name of the function, ``None`` for the main graph.
        nodes: nodes by key, in file order (virtual argument nodes first).
        dangling: inputs whose producer is missing.
        duplicates: names that occur more than once.
        returns: of a function, what each output argument reads, in signature order.
        return_controls: of a function, nodes kept alive by its control outputs.
        signature_attrs: of a function, its own attributes.
        constants: what ``linter.queries`` has found values to come down to; empty after an edit.
        edits: how often the nodes were changed, to tell whether they were.
    """

    def __init__(
        self,
        nodes: Iterable[Node],
        *,
        function: str | None = None,
        dangling: Iterable[Dangling] = (),
        duplicates: Iterable[str] = (),
        returns: Mapping[str, Value] | None = None,
        return_controls: Iterable[str] = (),
        signature_attrs: Attrs | None = None,
    ) -> None:
        self.function = function
        self.nodes: dict[str, Node] = {node.key: node for node in nodes}
        self.dangling = list(dangling)
        self.duplicates = tuple(duplicates)
        self.returns = dict(returns or {})
        self.return_controls = tuple(return_controls)
        self.signature_attrs: Attrs = dict(signature_attrs or {})
        self.constants: dict[Value, Node | None] = {}
        self.edits = 0
        self._uses: dict[str, tuple[Use, ...] | _Readers] | None = None

    def __iter__(self) -> Iterator[Node]:
        return iter(self.nodes.values())

    def __len__(self) -> int:
        return len(self.nodes)

    def __getitem__(self, key: str) -> Node:
        return self.nodes[key]

    def __contains__(self, key: object) -> bool:
        return key in self.nodes

    def get(self, key: str) -> Node | None:
        """The node, or ``None``."""
        return self.nodes.get(key)

    def uses(self, key: str) -> Collection[Use]:
        """Every reader of any output of ``key``, data and control, in file order of the readers.

        After a ``patch`` it is a view: an edit while it is walked is an error.
        """
        if self._uses is None:
            self._uses = self._index_uses()
        return self._uses.get(key, ())

    def readers(self, value: Value) -> tuple[Use, ...]:
        """The data readers of one value."""
        return tuple(u for u in self.uses(value.node) if u.slot >= 0 and u.port == value.port)

    def producers(self, node: Node) -> tuple[str, ...]:
        """Keys of all producers of ``node`` that exist, data first, then control; may repeat."""
        nodes = self.nodes
        data = tuple(value.node for value in node.inputs if value.node in nodes)
        return data + tuple(key for key in node.controls if key in nodes)

    def replace_nodes(self, nodes: Iterable[Node]) -> None:
        """Take ``nodes`` as the new content, in that order. For ``linter.rules.edit`` only."""
        self.nodes = {node.key: node for node in nodes}
        self.constants.clear()
        self.edits += 1
        self._uses = None

    def patch(self, put: Iterable[Node] = (), drop: Iterable[str] = ()) -> None:
        """Put nodes under their keys, new ones last, and drop others; the editor calls it.

        The index of uses is kept up to date, but readers that were put come last in it until
        ``replace_nodes`` orders the whole.
        """
        put, drop = tuple(put), tuple(drop)
        self.constants.clear()
        if put or drop:
            self.edits += 1
        if self._uses is not None:
            self._unlink(key for key in (*drop, *(node.key for node in put)) if key in self.nodes)
            self._link(put)
        for key in drop:
            del self.nodes[key]
        for node in put:
            self.nodes[node.key] = node

    def _unlink(self, keys: Iterable[str]) -> None:
        for key in keys:
            node = self.nodes[key]
            for source in {value.node for value in node.inputs} | set(node.controls):
                self._edited(source).drop(key)

    def _link(self, nodes: Iterable[Node]) -> None:
        for node in nodes:
            new: dict[str, list[Use]] = {}
            for slot, (source, port) in enumerate(node.inputs):
                new.setdefault(source, []).append(Use(node.key, slot, port))
            for source in node.controls:
                new.setdefault(source, []).append(Use(node.key, -1, -1))
            for source, uses in new.items():
                self._edited(source).put(node.key, tuple(uses))

    def _edited(self, source: str) -> _Readers:
        """The uses of a node in the form that a change does not have to copy."""
        assert self._uses is not None
        cached = self._uses.get(source, ())
        if isinstance(cached, tuple):
            cached = self._uses[source] = _Readers(cached)
        return cached

    def to_networkx(self) -> nx.MultiDiGraph[str]:
        """A new networkx graph of the body as it is now; changing it changes nothing here.

        Nodes are keys, in the order of ``nodes``, with attributes ``op``, ``name`` and ``attrs``
        (decoded when they are read). There is one edge for each input whose producer exists, with
        ``port`` (output of the producer), ``slot`` (input of the consumer) and ``control``; a
        control edge has port and slot -1. docs/graph.md has examples, and what this costs.
        """
        import networkx as nx

        digraph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
        nodes = self.nodes
        digraph.add_nodes_from(
            (key, {"op": node.op, "name": node.name, "attrs": node.attrs})
            for key, node in nodes.items()
        )
        for key, node in nodes.items():
            for slot, (source, port) in enumerate(node.inputs):
                if source in nodes:
                    digraph.add_edge(source, key, port=port, slot=slot, control=False)
            for source in node.controls:
                if source in nodes:
                    digraph.add_edge(source, key, port=-1, slot=-1, control=True)
        return digraph

    def scope(self, key: str) -> str:
        """The name scope of a node: its name up to the last slash, empty at the top."""
        return self.nodes[key].name.rpartition("/")[0]

    def _index_uses(self) -> dict[str, tuple[Use, ...] | _Readers]:
        uses: dict[str, list[Use]] = {}
        for node in self.nodes.values():
            key = node.key
            for slot, (source, port) in enumerate(node.inputs):
                uses.setdefault(source, []).append(Use(key, slot, port))
            for source in node.controls:
                uses.setdefault(source, []).append(Use(key, -1, -1))
        return {source: tuple(readers) for source, readers in uses.items()}


class _Readers(Collection[Use]):
    """The uses of one node by reader: thousands may hang on one tensor while they are edited."""

    __slots__ = ("_by_reader",)

    def __init__(self, uses: Iterable[Use]) -> None:
        self._by_reader: dict[str, tuple[Use, ...]] = {}
        for use in uses:
            self._by_reader[use.node] = (*self._by_reader.get(use.node, ()), use)

    def __iter__(self) -> Iterator[Use]:
        return itertools.chain.from_iterable(self._by_reader.values())

    def __len__(self) -> int:
        return sum(map(len, self._by_reader.values()))

    def __bool__(self) -> bool:
        return bool(self._by_reader)

    def __contains__(self, use: object) -> bool:
        return isinstance(use, Use) and use in self._by_reader.get(use.node, ())

    def drop(self, reader: str) -> None:
        """Forget what a node reads."""
        self._by_reader.pop(reader, None)

    def put(self, reader: str, uses: tuple[Use, ...]) -> None:
        """Take down what a node reads, after all others."""
        self._by_reader[reader] = uses


@dataclass(slots=True)
class Source:
    """Where a model came from.

    Attributes:
        path: as the user typed it.
        format: ``graphdef``, ``graphdef-text``, ``graphdef-gzip``, ``saved-model``.
        sha256: digest of the file's bytes, lower-case hex.
        nbytes: size of the file.
        producer: ``versions.producer`` of the graph, 0 when absent.
        min_consumer: ``versions.min_consumer``, 0 when absent.
        suffix_mismatch: a text file under a ``.pb`` name, which atc refuses.
        records: what the writer needs to copy untouched records; opaque to all others.
    """

    path: str
    format: str
    sha256: str = ""
    nbytes: int = 0
    producer: int = 0
    min_consumer: int = 0
    suffix_mismatch: bool = False
    records: object = None


@dataclass(slots=True)
class Model:
    """One loaded file."""

    source: Source
    main: Graph
    functions: dict[str, Graph] = field(default_factory=dict)

    @property
    def graphs(self) -> tuple[Graph, ...]:
        """The main graph, then the functions by file order."""
        return (self.main, *self.functions.values())
