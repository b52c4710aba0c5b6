"""Patterns over the graph: what a rewrite matches and what it may ask about the match.

``op("Squeeze", op("ExpandDims", var("x"), const("k")))`` matches from its root upward through data
inputs. ``var`` takes any value, ``const`` a constant (through Identity, as freezing leaves them). A
name that occurs twice must bind the same value. Without input patterns any inputs match; a last
``...`` takes the rest.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from linter.graph import TensorValue, Value
from linter.graph.queries import const_tensor
from linter.results.objection import ObjectionKind
from linter.rules.match.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import EllipsisType

    from linter.graph import Graph, Node, Use
    from linter.infer.inference import Constant, Inference
    from linter.rules.evaluation import Evaluator
    from opdb.tf_ops import OpTable

    Dims = tuple[int | None, ...] | None

__all__ = [
    "BoundValue",
    "Match",
    "MatchContext",
    "Pattern",
    "const",
    "either",
    "find",
    "op",
    "var",
]


@dataclass(frozen=True, slots=True)
class Pattern:
    """One node of a pattern; made by ``op``, ``var``, ``const`` and ``either``.

    Attributes:
        kind: ``op``, ``var``, ``const`` or ``either``.
        name: name that the value is bound to, ``None`` for no name.
        ops: op types; empty takes any.
        inputs: patterns of the data inputs; ``None`` takes any.
        attrs: attributes that must be equal, defaults included.
        port: output that the reader must use.
        swap: the two inputs match in either order.
        choices: of ``either``, what is tried in turn.
    """

    kind: str
    name: str | None = None
    ops: tuple[str, ...] = ()
    inputs: tuple[Pattern | EllipsisType, ...] | None = None
    attrs: Mapping[str, Any] = field(default_factory=dict)
    port: int = 0
    swap: bool = False
    choices: tuple[Pattern, ...] = ()

    @property
    def anchors(self) -> tuple[str, ...]:
        """Op types that the root may have; empty means any."""
        if self.kind == "either":
            anchors = [choice.anchors for choice in self.choices]
            return tuple(dict.fromkeys(sum(anchors, ()))) if all(anchors) else ()
        return self.ops

    @property
    def is_flat(self) -> bool:
        """Whether the pattern takes no other node than its root."""
        if self.kind == "either":
            return all(choice.is_flat for choice in self.choices)
        nested = (entry for entry in self.inputs or () if isinstance(entry, Pattern))
        return all(entry.kind in ("var", "const") for entry in nested)


def op(
    types: str | tuple[str, ...] | frozenset[str],
    *inputs: Pattern | EllipsisType,
    name: str | None = None,
    port: int = 0,
    swap: bool = False,
    **attrs: Any,
) -> Pattern:
    """A node of one of the op types; an empty tuple takes any type."""
    if isinstance(types, frozenset):  # a family: the plain name first
        types = tuple(sorted(types, key=lambda name: (len(name), name)))
    names = (types,) if isinstance(types, str) else types
    return Pattern("op", name, names, inputs or None, attrs, port, swap)


def var(name: str) -> Pattern:
    """Any value."""
    return Pattern("var", name)


def const(name: str) -> Pattern:
    """A constant value."""
    return Pattern("const", name)


def either(*choices: Pattern) -> Pattern:
    """The first of several patterns that fits."""
    return Pattern("either", choices=choices)


@dataclass(frozen=True, slots=True)
class MatchContext:
    """What a match can look up.

    Attributes:
        graph: the main graph.
        inference: its dtypes, shapes and small constants.
        ops: TensorFlow op definitions, for attribute defaults.
        fetched: the outputs of the model.
        input_shapes: the shapes that the user gave.
        memo: what rules worked out about values in this pass, by topic.
        refused: keys of the nodes that the target refuses.
        evaluator: computes values from constants; ``None`` without TensorFlow.
        functions: bodies of the function library.
        guessed: the outputs are the leaves, of which a node without inputs is none.
        copy_limit: most copies of nodes that are tried; ``None`` is the limit of the rules.
    """

    graph: Graph
    inference: Inference
    ops: OpTable
    fetched: frozenset[Value]
    input_shapes: Mapping[str, tuple[int, ...]]
    memo: dict[str, dict[Value, Any]] = field(default_factory=dict)
    refused: frozenset[str] = frozenset()
    evaluator: Evaluator | None = None
    functions: Mapping[str, Graph] = field(default_factory=dict)
    guessed: bool = False
    copy_limit: int | None = None
    fetched_ports: Mapping[str, frozenset[int]] = field(init=False, repr=False)
    """The same by node; nodes of which nothing is fetched are not in."""

    def __post_init__(self) -> None:
        ports: dict[str, frozenset[int]] = {}
        for value in self.fetched:
            ports[value.node] = ports.get(value.node, frozenset()) | {value.port}
        object.__setattr__(self, "fetched_ports", ports)

    def bind(self, value: Value) -> BoundValue:
        """The value with all that is known about it."""
        return BoundValue(value, self)

    def attrs(self, node: Node) -> Mapping[str, Any]:
        """The attributes of a node, defaults of its op filled in."""
        definition = self.ops.get(node.op)
        if definition is None:
            return node.attrs
        attrs = {name: attr.default for name, attr in definition.attrs.items() if attr.has_default}
        return {**attrs, **node.attrs}


class BoundValue:
    """A value that a pattern has bound."""

    __slots__ = ("context", "value")

    def __init__(self, value: Value, context: MatchContext) -> None:
        self.value = value
        self.context = context

    def __eq__(self, other: object) -> bool:
        return isinstance(other, BoundValue) and other.value == self.value

    def __hash__(self) -> int:
        return hash(self.value)

    def __str__(self) -> str:
        return str(self.value)

    @property
    def node(self) -> Node:
        """The producer."""
        return self.context.graph.nodes[self.value.node]

    @property
    def dtype(self) -> str | None:
        """Element type, ``None`` unknown."""
        return self.context.inference.dtype(self.value)

    @property
    def shape(self) -> Dims:
        """Dims; ``None`` is unknown rank, a ``None`` entry an unknown size."""
        return self.context.inference.shape(self.value)

    @property
    def rank(self) -> int | None:
        """Number of axes, ``None`` unknown."""
        shape = self.shape
        return None if shape is None else len(shape)

    @property
    def static_shape(self) -> tuple[int, ...] | None:
        """The shape when every size is known."""
        shape = self.shape
        if shape is None:
            return None
        known = tuple(size for size in shape if size is not None)
        return known if len(known) == len(shape) else None

    @property
    def attrs(self) -> Mapping[str, Any]:
        """Attributes of the producer with defaults.

        Of a constant ``value`` is the number when it is a scalar, else the flat tuple of its
        elements.
        """
        attrs = self.context.attrs(self.node)
        tensor = self.tensor
        if tensor is None:
            return attrs
        values = tensor.values()
        if values is None:
            return attrs
        return {**attrs, "value": values if tensor.shape else values[0]}

    @property
    def constant(self) -> Constant | None:
        """The small constant that the value is known to be, computed or given."""
        return self.context.inference.constant(self.value)

    @property
    def tensor(self) -> TensorValue | None:
        """The tensor of a constant node, looked up through Identity."""
        return const_tensor(self.context.graph, self.value)

    @property
    def elements(self) -> tuple[Any, ...] | None:
        """All elements of a known small constant, row-major; ``None`` when not known."""
        tensor = self.tensor
        if tensor is not None:
            return tensor.values()
        constant = self.constant
        return None if constant is None else constant.values

    @property
    def scalar(self) -> Any:
        """The element of a known constant of one element, else ``None``."""
        elements = self.elements
        return elements[0] if elements is not None and len(elements) == 1 else None

    @property
    def readers(self) -> tuple[Use, ...]:
        """Data readers of this value."""
        return self.context.graph.readers(self.value)

    @property
    def inputs(self) -> tuple[BoundValue, ...]:
        """Data inputs of the producer."""
        return tuple(BoundValue(value, self.context) for value in self.node.inputs)

    def output(self, port: int) -> BoundValue:
        """Another output of the producer."""
        return BoundValue(Value(self.value.node, port), self.context)


@dataclass(frozen=True, slots=True)
class Match:
    """A place where a pattern fits.

    Attributes:
        context: what can be looked up.
        root: output 0 of the node that would be replaced.
        bindings: bound values by name.
        nodes: keys of the nodes that ``op`` patterns matched, the root first.
        variant: the one of the rule's ``variants`` that is tried.
    """

    context: MatchContext
    root: BoundValue
    bindings: Mapping[str, BoundValue]
    nodes: tuple[str, ...]
    variant: int = 0

    def __getitem__(self, name: str) -> BoundValue:
        return self.bindings[name]

    def __contains__(self, name: object) -> bool:
        return name in self.bindings

    def refuse(
        self, reason: str, at: str | None = None, *, kind: ObjectionKind = ObjectionKind.GUARD
    ) -> Refusal:
        """A refusal about the value bound to ``at``, about the root without it."""
        place = self.root if at is None else self.bindings[at]
        return Refusal(reason, place.value.node, kind=kind)

    def used_outputs(self) -> tuple[int, ...]:
        """Outputs of the root that are read or fetched."""
        graph, key = self.context.graph, self.root.value.node
        ports = {use.port for use in graph.uses(key) if use.slot >= 0}
        return tuple(sorted(ports | self.context.fetched_ports.get(key, frozenset())))


@dataclass(frozen=True, slots=True)
class _State:
    bindings: Mapping[str, Value]
    nodes: tuple[str, ...]


def find(pattern: Pattern, node: Node, context: MatchContext) -> Match | None:
    """The first way in which ``pattern`` fits at ``node``."""
    for state in _match_node(pattern, node, _State({}, ()), context):
        bindings = {name: context.bind(value) for name, value in state.bindings.items()}
        return Match(context, context.bind(Value(node.key)), bindings, state.nodes)
    return None


def _match_node(
    pattern: Pattern, node: Node, state: _State, context: MatchContext
) -> Iterator[_State]:
    if pattern.kind == "either":
        for choice in pattern.choices:
            yield from _match_node(choice, node, state, context)
        return
    if pattern.ops and node.op not in pattern.ops:
        return
    if pattern.attrs:
        attrs = context.attrs(node)
        if any(name not in attrs or attrs[name] != v for name, v in pattern.attrs.items()):
            return
    bound = _bind(pattern.name, Value(node.key, pattern.port), state)
    if bound is None:
        return
    state = _State(bound.bindings, (*state.nodes, node.key))
    if pattern.inputs is None:
        yield state
        return
    yield from _match_inputs(pattern.inputs, node.inputs, state, context)
    if pattern.swap and len(node.inputs) == 2:
        yield from _match_inputs(pattern.inputs, node.inputs[::-1], state, context)


def _match_inputs(
    patterns: tuple[Pattern | EllipsisType, ...],
    values: tuple[Value, ...],
    state: _State,
    context: MatchContext,
) -> Iterator[_State]:
    if not patterns:
        if not values:
            yield state
        return
    first = patterns[0]
    if not isinstance(first, Pattern):
        yield state
        return
    if not values:
        return
    for matched in _match_value(first, values[0], state, context):
        yield from _match_inputs(patterns[1:], values[1:], matched, context)


def _match_value(
    pattern: Pattern, value: Value, state: _State, context: MatchContext
) -> Iterator[_State]:
    node = context.graph.get(value.node)
    if node is None:
        return
    if pattern.kind == "either":
        for choice in pattern.choices:
            yield from _match_value(choice, value, state, context)
        return
    if pattern.kind == "op":
        if value.port == pattern.port:
            yield from _match_node(pattern, node, state, context)
        return
    if pattern.kind == "const" and const_tensor(context.graph, value) is None:
        return
    bound = _bind(pattern.name, value, state)
    if bound is not None:
        yield bound


def _bind(name: str | None, value: Value, state: _State) -> _State | None:
    if name is None:
        return state
    known = state.bindings.get(name)
    if known is not None:
        return state if known == value else None
    return _State({**state.bindings, name: value}, state.nodes)
