"""What depends on the inputs of the model, and what follows from constants."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from linter.graph import Value
from linter.graph.op_families import SHAPE_QUERIES

if TYPE_CHECKING:
    from linter.rules.match import BoundValue, MatchContext

__all__ = ["follows", "is_data"]

_TOPIC = "data"


def is_data(value: BoundValue) -> bool:
    """Whether the value hangs on an input or another source that is no constant.

    The walk ends at the ops that look at shapes only: what follows from those may be known.
    """
    known = value.context.memo.setdefault(_TOPIC, {})
    if not known:
        _fill(value.context, known)
    return Value(value.value.node) in known


def _fill(context: MatchContext, known: dict[Value, bool]) -> None:
    graph = context.graph
    pending = [node.key for node in graph if not node.inputs and node.op != "Const"]
    known[Value("")] = True  # the walk has been made
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
