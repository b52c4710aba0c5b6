"""Where a node is carried out, and what that gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from linter.graph import Node, Placeholder
from linter.rewrite.unroll.values import DEAD, Symbol, Symbols

__all__ = ["NEVER", "Outcome", "Place"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where the nodes stand that are carried out.

    Attributes:
        prefix: what the names of copies begin with.
        strip: name scope that they lose.
        body: function that the nodes are in; ``None`` for the main graph.
        bindings: attributes of that function.
    """

    prefix: str
    strip: str = ""
    body: str | None = None
    bindings: Mapping[str, Any] = field(default_factory=dict)

    def name(self, node: Node) -> str:
        """The name of a copy."""
        own = node.name.removeprefix(self.strip + "/") if self.strip else node.name
        return f"{self.prefix}/{own}" if self.prefix else own

    def attrs(self, node: Node) -> Mapping[str, Any]:
        """The attributes of a node, those of the function filled in."""
        attrs = node.attrs
        if not self.bindings or not any(isinstance(v, Placeholder) for v in attrs.values()):
            return attrs
        return {
            name: self.bindings.get(value.name, value) if isinstance(value, Placeholder) else value
            for name, value in attrs.items()
        }


@dataclass(frozen=True, slots=True)
class Outcome:
    """What carrying out a node gave.

    Attributes:
        symbols: its outputs.
        effects: keys of new nodes that whoever waits for the node must wait for.
        dead: whether the node is in a branch that is not taken.
    """

    symbols: Symbols = ()
    effects: tuple[str, ...] = ()
    dead: bool = False

    def port(self, port: int) -> Symbol:
        """One output."""
        return DEAD if self.dead else self.symbols[port]


NEVER = Outcome(dead=True)
"""What a node in a branch that is not taken gives."""
