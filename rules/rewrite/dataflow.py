"""What depends on the inputs of the model, told by one walk a pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.graph import Value

if TYPE_CHECKING:
    from linter.pattern import BoundValue, MatchContext

__all__ = ["is_data"]

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
