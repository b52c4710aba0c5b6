"""The tree of name scopes that scope fusion looks at.

Source: Ascend/metadef, register/scope/scope_graph.cc: every part of a node's name but the last is
a scope; a scope counts the ops of all scopes below it; its own name is compared without a
trailing number, so ``while_1`` is a ``while``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from linter.graph import Node

__all__ = ["NameScope", "scope_tree"]

_DEEPEST = 64
"""Scopes below this depth are taken for the one at it; real names have about ten."""


@dataclass(eq=False, slots=True)
class NameScope:
    """One name scope.

    Attributes:
        last: the scope's own name without its trailing number; empty for the root.
        nodes: the nodes that stand directly in it.
        counts: op types in it and in all scopes below.
        children: the scopes directly below, by name.
        marks: the kinds that patterns found it to be.
    """

    last: str
    nodes: list[Node] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    children: dict[str, NameScope] = field(default_factory=dict)
    marks: set[str] = field(default_factory=set)

    def below(self) -> Iterator[NameScope]:
        """All scopes below, at any depth."""
        pending = list(self.children.values())
        while pending:
            scope = pending.pop()
            yield scope
            pending.extend(scope.children.values())

    def members(self) -> Iterator[Node]:
        """The nodes in it and in all scopes below."""
        yield from self.nodes
        for scope in self.below():
            yield from scope.nodes


def scope_tree(nodes: Iterable[Node]) -> NameScope:
    """The root of the scopes that the names of ``nodes`` make; the root itself is none."""
    root = NameScope("")
    for node in nodes:
        scope = root
        for part in node.name.split("/")[:-1][:_DEEPEST]:
            child = scope.children.get(part)
            if child is None:
                child = scope.children[part] = NameScope(_without_number(part))
            scope = child
            scope.counts[node.op] += 1
        scope.nodes.append(node)
    return root


def _without_number(name: str) -> str:
    stem, underscore, number = name.rpartition("_")
    return stem if underscore and number.isdecimal() else name
