"""Carries out functions: calls, branches whose condition is known, loops that call."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from linter.graph import FuncRef, Graph, Node, Value
from linter.graph.op_families import (
    CASES,
    ENTERS,
    FUNCTION_CALLS,
    IFS,
    PRINTS_AND_ASSERTIONS,
    WHILES,
)
from linter.rewrite.unroll.limits import ROUND_LIMIT
from linter.rewrite.unroll.outcome import Outcome, Place
from linter.rewrite.unroll.values import (
    Known,
    Made,
    OpenCount,
    Symbol,
    Symbols,
    Unresolved,
    is_tensor,
)

__all__ = ["Bodies", "Carrying"]

_CALLS = FUNCTION_CALLS | IFS | CASES | WHILES
_FRAMES = ENTERS | {"LoopCond", "NextIteration"}
Carrying: TypeAlias = Generator["Carrying", Outcome, Outcome]
"""A call that is being carried out: it yields the calls inside and is sent what they give."""

_Node: TypeAlias = Callable[[Node, Symbols, Sequence[Outcome], Place], Outcome | Carrying]


class Bodies:
    """Carries out nodes that call functions of the library.

    Args:
        functions: the library.
        carry_out: carries out one node of a body, or begins to when it is a call itself.
        unshared: how many nodes were written that would be written again by a repetition.
        orders: in which order the bodies of functions are carried out, as far as it is known.
    """

    def __init__(
        self,
        functions: Mapping[str, Graph],
        carry_out: _Node,
        unshared: Callable[[], int],
        orders: dict[Value, tuple[Node, ...]],
    ) -> None:
        self._functions = functions
        self._carry_out = carry_out
        self._unshared = unshared
        self._known: dict[tuple[str, Symbols], Outcome] = {}
        self._open: list[str] = []
        self._orders = orders

    def handles(self, node: Node) -> bool:
        """Whether the node calls a function."""
        return node.op in _CALLS or node.op in self._functions

    def run(self, carrying: Carrying) -> Outcome:
        """Carry a call out to its end; calls within calls may be as deep as they are."""
        stack = [carrying]
        found: Outcome | None = None
        while stack:
            try:
                stack.append(next(stack[-1]) if found is None else stack[-1].send(found))
                found = None
            except StopIteration as end:
                found = end.value
                stack.pop()
        assert found is not None
        return found

    def begin(self, node: Node, inputs: Symbols, waits: tuple[str, ...], place: Place) -> Carrying:
        """Carry out a call, the branch that is taken, or all rounds of a loop."""
        inside = place.name(node)
        attrs = place.attrs(node)
        if node.op in WHILES:
            return self._loop(node, attrs, inputs, Outcome((), waits), inside)
        before = Outcome((), waits)
        if node.op in self._functions:
            return self._call(FuncRef(node.op, attrs), inputs, before, inside)
        if node.op in FUNCTION_CALLS:
            return self._call(_function(node, attrs.get("f")), inputs, before, inside)
        return self._call(_branch(node, attrs, inputs[0]), inputs[1:], before, inside)

    def _loop(
        self, node: Node, attrs: Mapping[str, Any], state: Symbols, before: Outcome, prefix: str
    ) -> Carrying:
        cond, body = _function(node, attrs.get("cond")), _function(node, attrs.get("body"))
        effects = before.effects
        for number in range(ROUND_LIMIT + 1):
            here = f"{prefix}/step_{number}"
            test = yield from self._call(cond, state, Outcome((), effects), here)
            if not _goes_on(node, test):
                return Outcome(state, effects)
            left = yield from self._call(body, state, Outcome((), test.effects), here)
            state, effects = left.symbols, left.effects
        raise Unresolved(f"it runs for more than {ROUND_LIMIT} rounds", node.name)

    def _call(self, called: FuncRef, inputs: Symbols, before: Outcome, prefix: str) -> Carrying:
        """Carry out one function; what waits for the call waits for its effects."""
        name = called.name
        body = self._functions.get(name)
        if body is None:
            raise Unresolved(f"function {name!r} is not in the library", name)
        if name in self._open:
            raise Unresolved(f"function {name!r} calls itself", name)
        again = not called.attrs and not before.effects
        if again and (name, inputs) in self._known:
            return self._known[name, inputs]
        written = self._unshared()
        arguments = [node for node in body if node.virtual]
        if len(arguments) != len(inputs):
            reason = f"function {name!r} takes {len(arguments)} values, not {len(inputs)}"
            raise Unresolved(reason, name)
        table = {arg.key: Outcome((s,)) for arg, s in zip(arguments, inputs, strict=True)}
        place = Place(prefix, body=name, bindings=called.attrs)
        self._open.append(name)
        for node in self._order(body):
            values = tuple(table[value.node].port(value.port) for value in node.inputs)
            waits = [before, *(table[key] for key in node.controls)]
            waits = waits if _speaks(node) else waits[1:]
            found = self._carry_out(node, values, waits, place)
            table[node.key] = found if isinstance(found, Outcome) else (yield found)
        self._open.pop()
        symbols = tuple(table[value.node].port(value.port) for value in body.returns.values())
        ends = (table[key].effects for key in body.return_controls if key in table)
        outcome = Outcome(symbols, tuple(dict.fromkeys(sum(ends, before.effects))))
        again = again and written == self._unshared() and not outcome.effects
        if again and all(map(is_tensor, symbols)):
            self._known[name, inputs] = outcome
        return outcome

    def _order(self, body: Graph) -> tuple[Node, ...]:
        """The nodes that the results of a body need, producers first."""
        name = Value(body.function or "")
        if name not in self._orders:
            self._orders[name] = tuple(_ordered(body))
        return self._orders[name]


def _ordered(body: Graph) -> Iterator[Node]:
    wanted = [value.node for value in body.returns.values()] + list(body.return_controls)
    stack = [(key, False) for key in reversed(wanted)]
    placed: set[str] = set()
    opened: set[str] = set()
    while stack:
        key, ready = stack.pop()
        node = body.get(key)
        if key in placed:
            continue
        if node is None:
            raise Unresolved(f"function {body.function!r} reads {key!r}, which it lacks", key)
        if node.op in _FRAMES:
            raise Unresolved(f"function {body.function!r} has a v1 while frame", key)
        if ready:
            placed.add(key)
            if not node.virtual:
                yield node
            continue
        if key in opened:
            raise Unresolved(f"function {body.function!r} has a cycle", key)
        opened.add(key)
        stack.append((key, True))
        sources = (*(value.node for value in node.inputs), *node.controls)
        stack.extend((source, False) for source in reversed(sources) if source not in placed)


def _function(node: Node, value: object) -> FuncRef:
    if not isinstance(value, FuncRef):
        raise Unresolved(f"{node.name} does not say what it calls", node.name)
    return value


def _branch(node: Node, attrs: Mapping[str, Any], chosen: Symbol) -> FuncRef:
    """The branch that a known condition or index takes."""
    if not isinstance(chosen, Known):
        raise Unresolved(f"the condition of {node.name} is not known", node.name)
    if node.op in IFS:
        taken = "then_branch" if _holds(chosen) else "else_branch"
        return _function(node, attrs.get(taken))
    branches = attrs.get("branches")
    listed = branches if isinstance(branches, tuple) else ()
    index = int(chosen.constant.values[0])
    if not listed:
        raise Unresolved(f"{node.name} has no branches", node.name)
    return _function(node, listed[index if 0 <= index < len(listed) else -1])


def _goes_on(node: Node, test: Outcome) -> bool:
    found = test.port(0)
    if isinstance(found, Known):
        return _holds(found)
    value = found.value if isinstance(found, Made) else Value(node.key)
    raise OpenCount("the number of its rounds is not known", node.name, value)


def _holds(found: Known) -> bool:
    """What TensorFlow makes of a condition that need not be a boolean."""
    values = found.constant.values
    return bool(values[0]) if found.constant.shape == () else bool(values)


def _speaks(node: Node) -> bool:
    """Whether the node does something besides giving values."""
    return node.op in PRINTS_AND_ASSERTIONS or node.op == "NoOp"
