"""One edit that was made to a graph."""

from __future__ import annotations

from dataclasses import dataclass

from linter.graph import Node

__all__ = ["Change"]


@dataclass(frozen=True, slots=True)
class Change:
    """One edit that was made.

    Attributes:
        root: name of the node that was replaced or that gave the reason.
        removed_nodes: the nodes that went, the root first.
        added_nodes: the nodes that came.
        touched: keys of all nodes that went, came or read something new.
    """

    root: str
    removed_nodes: tuple[Node, ...]
    added_nodes: tuple[Node, ...]
    touched: frozenset[str]

    @property
    def removed(self) -> tuple[str, ...]:
        """Names of the nodes that went."""
        return tuple(node.name for node in self.removed_nodes)

    @property
    def added(self) -> tuple[str, ...]:
        """Names of the nodes that came."""
        return tuple(node.name for node in self.added_nodes)
