"""What depends on the inputs of the model, and what follows from constants."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from linter.graph import Value
from linter.graph.op_families import SHAPE_QUERIES

if TYPE_CHECKING:
    from linter.graph import Node
    from linter.rules.match import BoundValue, MatchContext

__all__ = ["follows", "is_data", "is_fixed", "reads_fixed"]

_TOPIC = "data"


def is_data(value: BoundValue) -> bool:
    """Whether the value hangs on an input or another source that is no constant.

    The walk ends at the ops that look at shapes only: what follows from those may be known.
    """
    return (value.value.node, 0) in _data(value.context)


def is_fixed(node: Node, context: MatchContext) -> bool:
    """Whether nothing that the node computes is data."""
    return (node.key, 0) not in _data(context)


def reads_fixed(node: Node, context: MatchContext) -> bool:
    """Whether the node reads a value that is neither data nor a constant node's."""
    data, nodes = _data(context), context.graph.nodes
    return any(
        (key, 0) not in data and key in nodes and nodes[key].op != "Const" for key, _ in node.inputs
    )


def _data(context: MatchContext) -> dict[Value, Any]:
    known = context.memo.get(_TOPIC)
    if known is None:
        known = context.memo[_TOPIC] = {}
        _fill(context, known)
    return known


def _fill(context: MatchContext, known: dict[Value, Any]) -> None:
    graph = context.graph
    pending = [node.key for node in graph if not node.inputs and node.op != "Const"]
    known.update((Value(key), True) for key in pending)
    while pending:
        for use in graph.uses(pending.pop()):
            reader = Value(use.node)
            if use.slot >= 0 and reader not in known and graph[use.node].op not in SHAPE_QUERIES:
                known[reader] = True
                pending.append(use.node)


def follows(value: BoundValue, topic: str, decide: Callable[[BoundValue], bool | None]) -> bool:
    """Whether a value follows from leaves through nodes that can be computed.

    Args:
        value: what is asked about.
        topic: name under which the answers are kept for this pass.
        decide: true for a leaf, false for what cannot be computed, ``None`` where inputs decide.
    """
    known = value.context.memo.setdefault(topic, {})
    pending = [value]
    opened: dict[Value, tuple[BoundValue, ...]] = {}
    while pending:
        current = pending[-1]
        if current.value not in known and current.value not in opened:
            decided = decide(current)
            if decided is None:
                opened[current.value] = tuple(current.inputs)
            else:
                known[current.value] = decided
        if current.value in known:
            pending.pop()
            continue
        inputs = opened[current.value]
        left = next((entry for entry in inputs if not known.get(entry.value)), None)
        if left is not None and left.value not in known and left.value not in opened:
            pending.append(left)
        else:  # all follow, or one does not, or there is a cycle
            known[current.value] = left is None
    return bool(known[value.value])
