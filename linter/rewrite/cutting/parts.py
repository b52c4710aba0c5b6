"""Head, body and tail as models of their own, and which tensors flow between them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from linter.graph import FuncRef, Graph, Model, Node, Value
from linter.graph.op_families import REQUIRED_PLACEHOLDERS, TABLE_INITIALIZERS
from linter.graph.queries import reachable
from linter.infer.inference import Constant, Dims, Inference
from linter.io.tensor.values import make_tensor
from linter.results.cut import MODEL, PartInput
from linter.rewrite.cutting.choose import Side
from linter.rewrite.cutting.inputs import derived_name, placeholder

__all__ = [
    "Part",
    "PartOutput",
    "Plan",
    "build_parts",
    "called_bodies",
]

_INTEGERS = frozenset({"int32", "int64", "bool"})


@dataclass(frozen=True, slots=True)
class PartOutput:
    """An output of a part."""

    value: Value
    dtype: str
    shape: Dims

    @property
    def name(self) -> str:
        """``node:index``."""
        return str(self.value)


@dataclass(frozen=True, slots=True)
class Part:
    """One part.

    Attributes:
        side: which part it is.
        model: its graph; constants and inputs are its own copies.
        own: keys of the nodes that no other part computes.
        copied: keys of the nodes that other parts may have too.
    """

    side: Side
    model: Model
    inputs: tuple[PartInput, ...]
    outputs: tuple[PartOutput, ...]
    own: frozenset[str]
    copied: frozenset[str]

    @property
    def name(self) -> str:
        """``head``, ``body`` or ``tail``."""
        return self.side.name.lower()


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be divided, and how.

    Attributes:
        model: the whole.
        inference: its dtypes and shapes.
        outputs: what it computes.
        sides: side of every node that is in one part only.
        copied: keys of the nodes that every part has its own copy of.
        tables: graph that says how tables are filled.
    """

    model: Model
    inference: Inference
    outputs: tuple[Value, ...]
    sides: Mapping[str, Side]
    copied: frozenset[str]
    tables: Graph

    def side_of_output(self, value: Value) -> Side:
        """The part that gives an output; constants come from the last part on the host."""
        if value.node in self.sides:
            return self.sides[value.node]
        used = set(self.sides.values())
        return next((side for side in (Side.TAIL, Side.HEAD) if side in used), Side.BODY)


def build_parts(plan: Plan) -> tuple[Part, ...]:
    """The parts that compute anything, in the order in which they run."""
    wanted: dict[Side, dict[Value, None]] = {side: {} for side in Side}
    for value in plan.outputs:
        wanted[plan.side_of_output(value)][value] = None
    parts = []
    for side in reversed(Side):
        if wanted[side]:
            part, read = _Builder(plan, side, tuple(wanted[side])).build()
            for value in read:
                wanted[plan.sides[value.node]][value] = None
            parts.append(part)
    return tuple(reversed(parts))


@dataclass(slots=True)
class _Builder:
    """Makes one part."""

    plan: Plan
    side: Side
    wanted: tuple[Value, ...]
    kept: dict[str, None] = field(default_factory=dict)
    read: dict[Value, None] = field(default_factory=dict)
    known: dict[Value, Constant] = field(default_factory=dict)

    def build(self) -> tuple[Part, list[Value]]:
        """The part, and the values that it reads from earlier ones."""
        graph = self.plan.model.main
        self._walk(graph)
        place = {key: number for number, key in enumerate(graph.nodes)}
        read = sorted(self.read, key=lambda value: (place[value.node], value.port))
        names = {value: self._name(value) for value in (*read, *self.known)}
        main = Graph([*self._nodes(names), *self._initializers()])
        inputs = [*self._fed(main), *(self._input(value, names[value]) for value in read)]
        part = Part(
            self.side,
            Model(self.plan.model.source, main, _called(self.plan.model, main)),
            tuple(inputs),
            tuple(self._output(value) for value in self.wanted),
            frozenset(key for key in self.kept if key in self.plan.sides),
            frozenset(key for key in self.kept if key in self.plan.copied),
        )
        return part, read

    def _walk(self, graph: Graph) -> None:
        pending = [value.node for value in self.wanted]
        while pending:
            key = pending.pop()
            if key in self.kept:
                continue
            self.kept[key] = None
            node = graph[key]
            pending += [source for source in node.controls if self._is_here(source, key)]
            for value in node.inputs:
                if self._is_here(value.node) or value.node in self.plan.copied:
                    pending.append(value.node)
                elif (constant := self._constant(value)) is not None:
                    self.known[value] = constant
                else:
                    self.read[value] = None

    def _is_here(self, key: str, reader: str | None = None) -> bool:
        """Whether a node is computed by this part; what is copied waits for nothing."""
        return self.plan.sides.get(key) is self.side and reader not in self.plan.copied

    def _constant(self, value: Value) -> Constant | None:
        """A small value that is the same on every run, such as a shape."""
        constant = self.plan.inference.constant(value)
        return constant if constant is not None and constant.dtype in _INTEGERS else None

    def _name(self, value: Value) -> str:
        if value.port == 0:
            return value.node
        name, number = derived_name(value), 0
        while name in self.plan.model.main:
            number += 1
            name = f"{derived_name(value)}_{number}"
        return name

    def _nodes(self, names: Mapping[Value, str]) -> Iterator[Node]:
        """Nodes in the order of the whole, and at their place what stands for other parts."""
        graph = self.plan.model.main
        foreign: dict[str, list[Value]] = {}
        for value in sorted(names, key=lambda value: value.port):
            foreign.setdefault(value.node, []).append(value)
        reads = {value: Value(name) for value, name in names.items() if name != value.node}
        for node in graph:
            for value in foreign.get(node.key, ()):
                yield self._stand_in(value, names[value], node.position)
            if node.key in self.kept:
                yield self._reading(node, reads)

    def _stand_in(self, value: Value, name: str, position: int) -> Node:
        constant = self.known.get(value)
        if constant is None:
            inference = self.plan.inference
            return placeholder(name, _dtype(inference, value), inference.shape(value), position)
        tensor = make_tensor(constant.dtype, constant.shape, constant.values)
        attrs = {"dtype": tensor.dtype, "value": tensor}
        return Node(name, "Const", attrs=attrs, position=position)

    def _reading(self, node: Node, reads: Mapping[Value, Value]) -> Node:
        inputs = tuple(reads.get(value, value) for value in node.inputs)
        controls = tuple(key for key in node.controls if self._is_here(key, node.key))
        if inputs == node.inputs and controls == node.controls:
            return node
        return node.replace(inputs=inputs, controls=controls)

    def _initializers(self) -> Iterator[Node]:
        """What fills the tables of this part: nothing reads it, so the walk does not meet it."""
        graph = self.plan.tables
        roots = [
            Value(node.key)
            for node in graph
            if node.op in TABLE_INITIALIZERS and node.inputs and node.inputs[0].node in self.kept
        ]
        needed = reachable(graph, roots) if roots else set()
        yield from (n.replace(controls=()) for n in graph if n.key in needed - self.kept.keys())

    def _fed(self, main: Graph) -> Iterator[PartInput]:
        """The model's own inputs."""
        for node in main:
            if (
                node.op in REQUIRED_PLACEHOLDERS
                and node.key in self.plan.model.main
                and node.key in self.kept
            ):
                value, inference = Value(node.key), self.plan.inference
                dtype, shape = _dtype(inference, value), inference.shape(value)
                yield PartInput(node.name, dtype, shape, MODEL, node.name)

    def _input(self, value: Value, name: str) -> PartInput:
        inference = self.plan.inference
        source = self.plan.sides[value.node].name.lower()
        return PartInput(name, _dtype(inference, value), inference.shape(value), source, str(value))

    def _output(self, value: Value) -> PartOutput:
        inference = self.plan.inference
        return PartOutput(value, _dtype(inference, value), inference.shape(value))


def _dtype(inference: Inference, value: Value) -> str:
    """The dtype of a value that is handed over; units keep together what has none."""
    dtype = inference.dtype(value)
    assert dtype is not None
    return dtype.removesuffix("_ref")


def called_bodies(
    node: Node, functions: Mapping[str, Graph], *, deep: bool = False
) -> tuple[Graph, ...]:
    """The functions that a node calls; ``deep`` adds those that they call."""
    names = {node.op, *_named(node.attrs.values())} & functions.keys() if functions else set()
    pending = list(names) if deep else []
    while pending:
        for inner in functions[pending.pop()]:
            new = {inner.op, *_named(inner.attrs.values())} & functions.keys() - names
            names |= new
            pending += new
    return tuple(body for name, body in functions.items() if name in names)


def _called(model: Model, main: Graph) -> dict[str, Graph]:
    """The functions that a part calls, directly or not, in the order of the library."""
    functions = model.functions
    called = {body.function for node in main for body in called_bodies(node, functions, deep=True)}
    return {name: body for name, body in functions.items() if name in called}


def _named(values: Iterable[object]) -> Iterator[str]:
    for value in values:
        for entry in value if isinstance(value, tuple) else (value,):
            if isinstance(entry, FuncRef):
                yield entry.name
                yield from _named(entry.attrs.values())
