"""Shapes in v1 while frames.

The Merge at the head of a loop has the shape that its Enter and its NextIteration agree on. They
depend on each other, so the shape of the Enter is assumed first and loosened until the body
confirms it: what remains holds in every round.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from linter.graph import Graph, Node, Value
from linter.graph.op_families import MERGES, NEXT_ITERATIONS
from linter.infer.dims import Dims, join
from linter.infer.view import State

__all__ = ["Loops"]

_MAX_ROUNDS = 16


class Loops:
    """The heads of the loops of one graph and what is assumed about them.

    Attributes:
        solved: whether the assumptions stand.
    """

    def __init__(self, graph: Graph, state: State) -> None:
        self._graph = graph
        self._state = state
        self._heads: dict[str, tuple[Value, ...]] | None = None
        self._assumed: dict[str, Dims] = {}
        self.solved = False

    def take_over(self, other: Loops) -> None:
        """Start with what stands of an equal graph."""
        self._heads = None if other._heads is None else dict(other._heads)
        self._assumed = dict(other._assumed)
        self.solved = other.solved

    def split(self, node: Node) -> tuple[list[Value], list[Value]]:
        """The inputs of a Merge: those from outside, and those of a further round."""
        entering: list[Value] = []
        returning: list[Value] = []
        for value in node.inputs:
            source = self._graph.get(value.node)
            back = source is not None and source.op in NEXT_ITERATIONS
            (returning if back else entering).append(value)
        return entering, returning

    def head_shape(self, node: Node, entering: Iterable[Value]) -> Dims:
        """The shape of a Merge as far as it is agreed on now."""
        if node.key in self._assumed:
            return self._assumed[node.key]
        shapes = [self._shape(value) for value in entering]
        joined: Dims = shapes[0] if shapes else None
        for dims in shapes[1:]:
            joined = join(joined, dims)
        return joined

    def reset(self) -> tuple[str, ...]:
        """Forget all assumptions; gives the heads, whose readers must be forgotten too."""
        heads = tuple(self._heads or ())
        self._heads = None
        self._assumed = {}
        self.solved = False
        return heads

    def solve(self, settle: Callable[[str], None], drop: Callable[[Iterable[str]], object]) -> None:
        """Find the shapes of all loop heads, once.

        Args:
            settle: infers the shapes of a node.
            drop: forgets some nodes and all that depends on them.
        """
        if self.solved:
            return
        self.solved = True
        self._heads = self._find_heads()
        for _ in range(_MAX_ROUNDS):
            for head, returning in self._heads.items():
                settle(head)
                for value in returning:
                    settle(value.node)
            loosened = self._loosened()
            if not loosened:
                return
            self._assumed.update(loosened)
            drop(loosened)
        self._assumed = dict.fromkeys(self._heads)
        drop(self._heads)

    def _find_heads(self) -> dict[str, tuple[Value, ...]]:
        heads: dict[str, tuple[Value, ...]] = {}
        for node in self._graph:
            if node.op in MERGES and (returning := self.split(node)[1]):
                heads[node.key] = tuple(returning)
        return heads

    def _loosened(self) -> dict[str, Dims]:
        changed: dict[str, Dims] = {}
        for head, returning in (self._heads or {}).items():
            current = self._shape(Value(head, 0))
            joined = current
            for value in returning:
                joined = join(joined, self._shape(value))
            if joined != current:
                changed[head] = joined
        return changed

    def _shape(self, value: Value) -> Dims:
        found = self._state.shapes.get(value.node, ())
        return found[value.port] if 0 <= value.port < len(found) else None
