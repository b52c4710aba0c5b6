"""Unrolls a v1 while loop in the open change of an editor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.branches import confined_keys
from linter.graph import Value
from linter.pattern import Refusal
from linter.unroll.blame import cause_of
from linter.unroll.frames import Frame, find_frame
from linter.unroll.interpreter import PASSING, SWITCHES, Interpreter, resolves
from linter.unroll.region import Region
from linter.unroll.rounds import ROUND_LIMIT
from linter.unroll.values import OpenCount, Unresolved
from linter.unroll.writer import NODE_LIMIT, Sketch, Writer

if TYPE_CHECKING:
    from linter.edit import GraphEditor
    from linter.pattern import Match, MatchContext

__all__ = ["unroll_frame"]

_INSIDE = " "
"""The frame lies in another one or in a branch, which must go first."""


def unroll_frame(m: Match, edit: GraphEditor) -> Refusal | None:
    """Replace the frame of a LoopCond, and the TensorArrays around it, by what it computes.

    Args:
        m: a match whose root is the LoopCond.
        edit: the editor with the change open.

    Returns:
        Why that cannot be; ``None`` when the editor has been told everything.
    """
    context, cond = m.context, m.root.node
    scope = cond.name.rpartition("/")[0] or "loop"
    writer = Writer(context, edit, scope)
    region = Region(context, edit, writer, Interpreter(writer, context.ops))
    try:
        frame = find_frame(context.graph, cond.key)
        if reason := _objection(context, frame, edit):
            return m.refuse(reason.strip())
        region.run(frame)
        region.settle()
    except OpenCount as found:
        return Refusal(f"{found.reason}: {cause_of(context, Value(found.node))}", cond.key)
    except Unresolved as found:
        return Refusal(found.reason, found.node)
    return None


def _objection(context: MatchContext, frame: Frame, edit: GraphEditor) -> str | None:
    """Why the frame must not be touched; blank when that goes without saying."""
    graph = context.graph
    confined = context.memo.setdefault("confined", {})
    if not confined:
        confined.update(dict.fromkeys(map(Value, confined_keys(graph)), True))
        confined[Value("")] = True
    around = {source for key in frame.enters for source in graph.producers(graph.nodes[key])}
    if any(Value(key) in confined for key in around):
        return _INSIDE
    writer = Sketch(context, edit, "")
    region = Region(context, edit, writer, Interpreter(writer, context.ops))
    count = region.count(frame)
    if count is None:
        return None
    if count > ROUND_LIMIT:
        return f"it runs for more than {ROUND_LIMIT} rounds"
    copied = [key for key in region.rounds.plan(frame).body if _is_copied(context, key)]
    if count * len(copied) > NODE_LIMIT:
        size = f"{count} rounds of about {len(copied)} nodes"
        return f"{size} are more than the {NODE_LIMIT} nodes that unrolling may add"
    return None


def _is_copied(context: MatchContext, key: str) -> bool:
    """Whether a round leaves a copy of the node, as far as its type tells."""
    op = context.graph.nodes[key].op
    return op not in PASSING and op not in SWITCHES and op != "Const" and not resolves(op)
