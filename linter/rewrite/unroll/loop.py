"""Unrolls a v1 while loop in the open change of an editor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.graph import Node, Value
from linter.graph.branches import confined_keys
from linter.graph.op_families import SWITCHES
from linter.graph.queries import in_loop_frame
from linter.results.objection import ObjectionKind
from linter.rewrite.unroll.cause import cause_of
from linter.rewrite.unroll.frames import Frame, find_frame
from linter.rewrite.unroll.interpreter import PASSING, Interpreter, resolves
from linter.rewrite.unroll.limits import NODE_LIMIT, ROUND_LIMIT
from linter.rewrite.unroll.region import Region
from linter.rewrite.unroll.values import OpenCount, TooLarge, Unresolved
from linter.rewrite.unroll.writer import Sketch, Writer
from linter.rules.match import Refusal

if TYPE_CHECKING:
    from linter.rules.edit import GraphEditor
    from linter.rules.match import Match, MatchContext

__all__ = ["carry_out_call", "unroll_frame"]

_ALL = Value("")
_WITHIN = "it lies in a branch of a condition that is not known"


def unroll_frame(m: Match, edit: GraphEditor) -> Refusal | None:
    """Replace the frame of a LoopCond, and the TensorArrays around it, by what it computes.

    Args:
        m: a match whose root is the LoopCond.
        edit: the editor with the change open.

    Returns:
        Why that cannot be; ``None`` when the editor has been told everything.
    """
    context, cond = m.context, m.root.node
    writer = Writer(context, edit, cond.name.rpartition("/")[0] or "loop")
    region = _region(context, edit, writer)
    try:
        frame = find_frame(context.graph, cond.key)
        if refusal := _refused(m, frame, edit):
            return refusal
        region.run(frame)
        region.settle()
    except Unresolved as found:
        return _refusal(context, found)
    return None


def carry_out_call(m: Match, edit: GraphEditor) -> Refusal | None:
    """Replace a node that calls functions, and the lists around it, by what they compute.

    Args:
        m: a match whose root is the node.
        edit: the editor with the change open.

    Returns:
        Why that cannot be; ``None`` when the editor has been told everything.
    """
    context, root = m.context, m.root.node
    if root.key in _confined(context):
        return m.refuse(_WITHIN)
    sketch = _region(context, edit, Sketch(context, edit, ""))
    region = _region(context, edit, Writer(context, edit, root.name))
    try:
        _try_out(sketch, root)
        region.take(root.key, region.outcome(root).symbols)
        region.settle()
    except Unresolved as found:
        return _refusal(context, found)
    return None


def _try_out(sketch: Region, root: Node) -> None:
    """Find out whether it would grow too large before a node is written."""
    try:
        sketch.outcome(root)
    except TooLarge:
        raise
    except Unresolved:
        return  # what is written tells more than the sketch


def _region(context: MatchContext, edit: GraphEditor, writer: Writer) -> Region:
    orders = context.memo.setdefault("orders", {})
    interpreter = Interpreter(writer, context.ops, context.functions, orders)
    return Region(context, edit, writer, interpreter)


def _refusal(context: MatchContext, found: Unresolved) -> Refusal:
    if isinstance(found, OpenCount):
        return Refusal(f"{found.reason}: {cause_of(context, found.value)}", found.node)
    return Refusal(found.reason, found.node, kind=found.kind)


def _confined(context: MatchContext) -> frozenset[str]:
    """Keys of the nodes in frames and branches, found once a pass."""
    found = context.memo.setdefault("confined", {})
    if not found:
        found[_ALL] = confined_keys(context.graph)
    keys: frozenset[str] = found[_ALL]
    return keys


def _refused(m: Match, frame: Frame, edit: GraphEditor) -> Refusal | None:
    """Why the frame must not be touched.

    Nothing is to be said of one that lies in another: the LoopCond of that one tells it.
    """
    context, graph = m.context, m.context.graph
    around = {source for key in frame.enters for source in graph.producers(graph.nodes[key])}
    if inside := around & _confined(context):
        return m.refuse("" if inside & in_loop_frame(graph) else _WITHIN)
    region = _region(context, edit, Sketch(context, edit, ""))
    copied = sum(_is_copied(context, key) for key in region.rounds.plan(frame).body)
    most = ROUND_LIMIT
    if context.copy_limit is not None:
        most = min(most, context.copy_limit // max(copied, 1))
    count = region.count(frame, most)
    if count is None or (count * copied <= NODE_LIMIT and count <= most):
        return None
    if most < ROUND_LIMIT:
        copies = f"the copies of {copied} nodes for each of its rounds"
        text = f"{copies} are more than are tried out here"
        return m.refuse(text, kind=ObjectionKind.UNTRIED)
    if count > ROUND_LIMIT:
        return m.refuse(f"it runs for more than {ROUND_LIMIT} rounds")
    size = f"{count} rounds of about {copied} nodes"
    return m.refuse(f"{size} are more than the {NODE_LIMIT} nodes that unrolling may add")


def _is_copied(context: MatchContext, key: str) -> bool:
    """Whether a round leaves a copy of the node, as far as its type tells."""
    op = context.graph.nodes[key].op
    return op not in PASSING and op not in SWITCHES and op != "Const" and not resolves(op)
