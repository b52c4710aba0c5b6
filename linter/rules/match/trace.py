"""Why a pattern does not fit at a node: the nearest miss.

``linter.rules.match.find`` stops at the first mismatch of every way to match, and says nothing,
which keeps it fast. ``explain`` goes the same ways once more and keeps the mismatch that comes
after the most parts that fit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from linter.graph import Node, Value
from linter.graph.queries import const_tensor
from linter.rules.match.pattern import Pattern

if TYPE_CHECKING:
    from types import EllipsisType

    from linter.rules.match.pattern import MatchContext

    _Inputs = tuple[tuple[int, Value], ...]

__all__ = ["Miss", "explain"]

_TYPES = 6


@dataclass(frozen=True, slots=True)
class Miss:
    """Where a pattern stops to fit.

    Attributes:
        reason: what was found there and what is asked for.
        matched: keys of the nodes that fitted on the way, the root first.
        depth: how many parts of the pattern fitted.
    """

    reason: str
    matched: tuple[str, ...]
    depth: int


@dataclass(frozen=True, slots=True)
class _State:
    bindings: Mapping[str, Value]
    nodes: tuple[str, ...] = ()
    depth: int = 0

    def deeper(self) -> _State:
        return _State(self.bindings, self.nodes, self.depth + 1)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a part of the pattern is tried: an input of a node that fits, or the root."""

    reader: Node | None = None
    slot: int = 0

    def says(self, what: str) -> str:
        if self.reader is None:
            return what
        return f"input {self.slot} of {self.reader.name!r} is {what}"


def explain(pattern: Pattern, node: Node, context: MatchContext) -> Miss | None:
    """The nearest miss of ``pattern`` at ``node``; ``None`` when it fits.

    Args:
        pattern: what is looked for.
        node: where its root would be.
        context: the graph and what is known about it.
    """
    tracer = _Tracer(context)
    for _ in tracer.node(pattern, node, _State({}), _Place()):
        return None
    return tracer.best()


class _Tracer:
    """One walk of a pattern, with the deepest mismatch that it met."""

    def __init__(self, context: MatchContext) -> None:
        self._context = context
        self._miss = Miss("it does not fit", (), -1)
        self._wanted: dict[str, None] = {}

    def best(self) -> Miss:
        if not self._wanted:
            return self._miss
        asked = _listed(tuple(self._wanted))
        miss = self._miss
        return Miss(f"{miss.reason}; {asked} is asked for", miss.matched, miss.depth)

    def node(self, pattern: Pattern, node: Node, state: _State, place: _Place) -> Iterator[_State]:
        """As ``linter.rules.match`` matches a node."""
        if pattern.kind == "either":
            for choice in pattern.choices:
                yield from self.node(choice, node, state, place)
            return
        if pattern.ops and node.op not in pattern.ops:
            self._missed(state, place.says(f"{node.op!r} ({node.name})"), pattern.ops)
            return
        if reason := self._attr_reason(pattern, node):
            self._missed(state.deeper(), reason)
            return
        bound = self._bind(pattern.name, Value(node.key, pattern.port), state, place)
        if bound is None:
            return
        state = _State(bound.bindings, (*state.nodes, node.key), state.depth + 1)
        if pattern.inputs is None:
            yield state
            return
        inputs = tuple(enumerate(node.inputs))
        yield from self._inputs(pattern.inputs, inputs, state, node)
        if pattern.swap and len(inputs) == 2:
            yield from self._inputs(pattern.inputs, inputs[::-1], state, node)

    def _attr_reason(self, pattern: Pattern, node: Node) -> str:
        attrs = self._context.attrs(node) if pattern.attrs else {}
        for name, wanted in pattern.attrs.items():
            if name not in attrs:
                return f"{node.name!r} has no attribute {name}; {wanted!r} is asked for"
            if attrs[name] != wanted:
                seen = f"attribute {name} of {node.name!r} is {attrs[name]!r}"
                return f"{seen}; {wanted!r} is asked for"
        return ""

    def _inputs(
        self,
        patterns: tuple[Pattern | EllipsisType, ...],
        inputs: _Inputs,
        state: _State,
        node: Node,
    ) -> Iterator[_State]:
        if not patterns:
            if not inputs:
                yield state
            else:
                more = "an input" if len(inputs) == 1 else f"{len(inputs)} inputs"
                self._missed(state, f"{node.name!r} has {more} more than is asked for")
            return
        first = patterns[0]
        if not isinstance(first, Pattern):
            yield state
            return
        if not inputs:
            self._missed(
                state, f"{node.name!r} has only {len(node.inputs)} of the inputs asked for"
            )
            return
        slot, value = inputs[0]
        for matched in self._value(first, value, state, _Place(node, slot)):
            yield from self._inputs(patterns[1:], inputs[1:], matched, node)

    def _value(
        self, pattern: Pattern, value: Value, state: _State, place: _Place
    ) -> Iterator[_State]:
        node = self._context.graph.get(value.node)
        if node is None:
            self._missed(state, place.says(f"{value.node!r}, which is not in the graph"))
            return
        if pattern.kind == "either":
            for choice in pattern.choices:
                yield from self._value(choice, value, state, place)
            return
        if pattern.kind == "op":
            if value.port == pattern.port:
                yield from self.node(pattern, node, state, place)
            else:
                seen = place.says(f"output {value.port} of {node.name!r}")
                self._missed(state, f"{seen}; output {pattern.port} is asked for")
            return
        if pattern.kind == "const" and const_tensor(self._context.graph, value) is None:
            self._missed(state, place.says(f"{node.op!r} ({node.name})"), ("a constant",))
            return
        bound = self._bind(pattern.name, value, state, place)
        if bound is not None:
            yield bound.deeper()

    def _bind(self, name: str | None, value: Value, state: _State, place: _Place) -> _State | None:
        if name is None:
            return state
        known = state.bindings.get(name)
        if known is None:
            return _State({**state.bindings, name: value}, state.nodes, state.depth)
        if known == value:
            return state
        self._missed(state, f"{place.says(str(value))}; {known}, as before, is asked for")
        return None

    def _missed(self, state: _State, reason: str, wanted: tuple[str, ...] = ()) -> None:
        """Keep the deepest mismatch; what several choices ask for at one place goes together."""
        miss = Miss(reason, state.nodes, state.depth)
        if miss == self._miss:
            self._wanted.update(dict.fromkeys(wanted))
        elif miss.depth > self._miss.depth:
            self._miss, self._wanted = miss, dict.fromkeys(wanted)


def _listed(words: tuple[str, ...]) -> str:
    if len(words) > _TYPES:
        words = (*words[:_TYPES], f"one of {len(words) - _TYPES} more")
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
