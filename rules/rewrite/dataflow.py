"""What depends on the inputs of the model, and what follows from constants."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from linter.graph import Value

if TYPE_CHECKING:
    from linter.pattern import BoundValue, MatchContext

__all__ = ["follows", "is_data"]

_TOPIC = "data"
_SHAPE_OPS = frozenset({"Rank", "Shape", "ShapeN", "Size"})


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
            if use.slot >= 0 and reader not in known and graph[use.node].op not in _SHAPE_OPS:
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
    pending, opened = [value], {value.value}
    while pending:
        current = pending[-1]
        if current.value in known:
            pending.pop()
            continue
        decided = decide(current)
        if decided is not None:
            known[current.value] = decided
            continue
        waiting = next((entry for entry in current.inputs if entry.value not in known), None)
        if waiting is None:
            known[current.value] = all(known[entry.value] for entry in current.inputs)
        elif waiting.value in opened:  # a cycle
            known[current.value] = False
        else:
            opened.add(waiting.value)
            pending.append(waiting)
    return bool(known[value.value])
