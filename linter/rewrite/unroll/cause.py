"""Says what a number of rounds depends on when it is not known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.graph import Node, Value
from linter.graph.op_families import PLACEHOLDERS
from linter.rewrite.unroll.fold import EXACT
from linter.rewrite.unroll.interpreter import tells_size

if TYPE_CHECKING:
    from linter.rules.match import MatchContext

__all__ = ["cause_of"]


def cause_of(context: MatchContext, value: Value) -> str:
    """What keeps a value from being known: an open size, an input, or something computed.

    An open size comes first, as a flag can fix it.
    """
    graph, inference = context.graph, context.inference
    pending, seen = [value], {value}
    causes: list[tuple[int, str]] = []
    while pending:
        current = pending.pop(0)
        node = graph.get(current.node)
        if node is None or inference.constant(current) is not None:
            continue
        if tells_size(node.op) and (name := _open_input(context, node)):
            reason = f"it depends on the size of input {name!r}, which --input-shape fixes"
            causes.append((0, reason))
        elif node.op in PLACEHOLDERS:
            causes.append((1, f"it depends on the value of input {node.name!r}"))
        elif inference.dtype(current) not in EXACT or not node.inputs:
            causes.append((2, f"it depends on {node.name!r} ({node.op})"))
        else:
            new = [entry for entry in node.inputs if entry not in seen]
            seen.update(new)
            pending += new
    return min(causes, default=(3, "nothing tells it"), key=lambda cause: cause[0])[1]


def _open_input(context: MatchContext, node: Node) -> str | None:
    """The first input of the model with an open size on which the size of ``node`` rests."""
    graph = context.graph
    pending, seen = [node.key], {node.key}
    while pending:
        current = graph.nodes[pending.pop(0)]
        if current.op in PLACEHOLDERS:
            dims = context.inference.shape(Value(current.key))
            if dims is None or None in dims:
                return current.name
        new = [key for key in graph.producers(current) if key not in seen]
        seen.update(new)
        pending += new
    return None
