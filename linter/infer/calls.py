"""Shapes through calls: the bodies of the function library, branches and loops.

A body is inferred once for each set of facts about its arguments. Depth and number of bodies are
limited, so that a library of functions that call each other costs no more than a large graph.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeAlias

from linter.graph import FuncRef, Graph, Node, Value
from linter.graph.op_families import CASES, FUNCTION_CALLS, IFS, WHILES
from linter.infer.dims import join
from linter.infer.view import Fact

__all__ = ["CALL_OPS", "Body", "Calls"]

_MAX_DEPTH = 24
_MAX_BODIES = 4096
_MAX_ROUNDS = 12

CALL_OPS = FUNCTION_CALLS | IFS | CASES | WHILES | {"RemoteCall"}


class Body(Protocol):
    """The part of an inference that calls need."""

    graph: Graph

    def fact(self, value: Value) -> Fact:
        """All that is known about a value."""


MakeBody: TypeAlias = Callable[[Graph, Mapping[str, Fact], "Calls"], Body]


class Calls:
    """Results of the bodies that were inferred; shared by all bodies of one inference."""

    def __init__(
        self, functions: Mapping[str, Graph], make_body: MakeBody, parent: Calls | None = None
    ) -> None:
        self.functions = functions
        self._make_body = make_body
        self._depth: int = 0 if parent is None else parent._depth + 1
        self._bodies: dict[tuple[str, int, tuple[Fact, ...]], Body] = (
            {} if parent is None else parent._bodies
        )

    def handles(self, node: Node) -> bool:
        """Whether the node calls a function."""
        return node.op in CALL_OPS or node.op in self.functions

    def outputs(self, node: Node, inputs: Sequence[Fact]) -> tuple[Fact, ...]:
        """Facts about the outputs of a node that calls; empty when nothing is known."""
        if node.op in WHILES:
            return self._loop(node, tuple(inputs))
        arguments = self.passed(node, inputs)
        if node.op in IFS:
            names = [_name(node.attrs.get(attr)) for attr in ("then_branch", "else_branch")]
            return self._joined(names, arguments)
        if node.op in CASES:
            branches = node.attrs.get("branches")
            listed = branches if isinstance(branches, tuple) else ()
            return self._joined([_name(branch) for branch in listed], arguments)
        if node.op in self.functions:
            return self._call(node.op, arguments)
        return self._call(_name(node.attrs.get("f")), arguments)

    def passed(self, node: Node, inputs: Sequence[Fact]) -> tuple[Fact, ...]:
        """What the functions that a node calls see as arguments, in every round of a loop."""
        if node.op in WHILES:
            return self._loop(node, tuple(inputs))
        first = node.op in IFS or node.op in CASES or node.op == "RemoteCall"
        return tuple(inputs[1:]) if first else tuple(inputs)

    def forget(self) -> None:
        """Drop all results: a body has been edited."""
        self._bodies.clear()

    def dtypes(self, name: str) -> tuple[str | None, ...] | None:
        """Output dtypes of a function, whatever it is called with."""
        if name not in self.functions:
            return None
        return tuple(fact.dtype for fact in self._call(name, ()))

    def _call(self, name: str | None, arguments: tuple[Fact, ...]) -> tuple[Fact, ...]:
        body = self._body(name, arguments)
        if body is None:
            return ()
        return tuple(body.fact(value) for value in body.graph.returns.values())

    def _body(self, name: str | None, arguments: tuple[Fact, ...]) -> Body | None:
        graph = self.functions.get(name) if name is not None else None
        if name is None or graph is None or self._depth >= _MAX_DEPTH:
            return None
        key = (name, self._depth, arguments)
        found = self._bodies.get(key)
        if found is None and len(self._bodies) < _MAX_BODIES:
            parameters = [node.name for node in graph if node.virtual]
            facts = dict(zip(parameters, arguments, strict=False))
            inner = Calls(self.functions, self._make_body, parent=self)
            found = self._bodies[key] = self._make_body(graph, facts, inner)
        return found

    def _joined(self, names: Sequence[str | None], arguments: tuple[Fact, ...]) -> tuple[Fact, ...]:
        results = [self._call(name, arguments) for name in names]
        if not results or any(len(result) != len(results[0]) for result in results):
            return ()
        joined = results[0]
        for result in results[1:]:
            joined = tuple(_join(a, b) for a, b in zip(joined, result, strict=True))
        return joined

    def _loop(self, node: Node, inputs: tuple[Fact, ...]) -> tuple[Fact, ...]:
        """The largest facts that the body carries over from one round to the next."""
        name = _name(node.attrs.get("body"))
        facts = inputs
        for _ in range(_MAX_ROUNDS):
            after = self._call(name, facts)
            if len(after) != len(facts):
                break
            joined = tuple(_join(a, b) for a, b in zip(facts, after, strict=True))
            if joined == facts:
                return facts
            facts = joined
        return tuple(Fact(dtype=fact.dtype) for fact in inputs)


def _join(left: Fact, right: Fact) -> Fact:
    return Fact(
        left.dtype if left.dtype == right.dtype else None,
        join(left.dims, right.dims),
        left.constant if left.constant == right.constant else None,
        left.handle if left.handle == right.handle else None,
    )


def _name(value: object) -> str | None:
    return value.name if isinstance(value, FuncRef) else None
