"""v1 while frames that are closed: atc takes them, by all public records of conversions.

A frame is closed when every variable of it is a Merge of one Enter and one NextIteration, its
Switch nodes wait for one LoopCond, whose input is a bool, and every Enter states its frame and
whether it is constant. A branch inside of one, on a bool that is computed there, is part of it: the
decoders of the records have such branches. Source: TensorFlow's white paper, 4.4 Control Flow;
hicann/ge, tensorflow_enter_parser.cc; public records of conversions with loops.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from linter.graph import Graph, Node
from linter.graph.op_families import ENTERS, EXITS, MERGES, NEXT_ITERATIONS, SWITCHES
from linter.infer.inference import Inference

__all__ = ["closed_frames"]

_ENDS = (*ENTERS, *EXITS, *NEXT_ITERATIONS)
"""Where a walk through the body of a frame stops."""


@dataclass(slots=True)
class _Frame:
    """What was found of one frame; ``conds`` are the predicates that its Switch nodes read."""

    nodes: set[str] = field(default_factory=set)
    heads: list[Node] = field(default_factory=list)
    conds: set[str] = field(default_factory=set)
    is_closed: bool = True


def closed_frames(graph: Graph, inference: Inference) -> frozenset[str]:
    """Keys of the control-flow nodes of all closed frames.

    Args:
        graph: one body.
        inference: dtypes of the body.
    """
    frames: dict[str, _Frame] = {}
    for node in graph:
        if node.op in ENTERS:
            _enter(graph, node, frames)
    for frame in frames.values():
        for head in frame.heads:
            _variable(graph, head, frame)
        frame.is_closed = frame.is_closed and _has_one_condition(graph, frame, inference)
    started = frozenset(key for frame in frames.values() for key in frame.nodes)
    for frame in frames.values():
        if frame.is_closed:
            frame.nodes.update(_branches(graph, frame, started, inference))
    return frozenset(key for frame in frames.values() if frame.is_closed for key in frame.nodes)


def _enter(graph: Graph, node: Node, frames: dict[str, _Frame]) -> None:
    """Put an Enter into its frame, and the variable that it starts."""
    name, constant = node.attrs.get("frame_name"), node.attrs.get("is_constant")
    if not isinstance(name, str) or not isinstance(constant, bool):
        return
    frame = frames.setdefault(name, _Frame())
    frame.nodes.add(node.key)
    if constant:
        return
    readers = [graph.nodes[use.node] for use in graph.uses(node.key) if use.slot >= 0]
    frame.is_closed = frame.is_closed and all(reader.op in MERGES for reader in readers)
    frame.heads += [reader for reader in readers if reader.op in MERGES]


def _variable(graph: Graph, head: Node, frame: _Frame) -> None:
    """Add a variable of a loop: its Merge, NextIteration, Switch and Exits."""
    sources = [graph.get(value.node) for value in head.inputs]
    ops = [None if source is None else source.op for source in sources]
    pairs = len(ops) == 2 and ops[0] in ENTERS and ops[1] in NEXT_ITERATIONS
    frame.is_closed = frame.is_closed and pairs
    frame.nodes.add(head.key)
    frame.nodes.update(source.key for source in sources if source is not None)
    for use in graph.uses(head.key):
        reader = graph.nodes[use.node]
        if reader.op in SWITCHES and use.slot == 0:
            frame.nodes.add(reader.key)
            frame.conds.add(reader.inputs[1].node if len(reader.inputs) == 2 else "")
            frame.nodes.update(_exits(graph, reader.key))


def _exits(graph: Graph, switch: str) -> Iterable[str]:
    return (
        use.node
        for use in graph.uses(switch)
        if use.slot >= 0 and graph.nodes[use.node].op in EXITS
    )


def _has_one_condition(graph: Graph, frame: _Frame, inference: Inference) -> bool:
    """Whether all variables wait for one LoopCond, which becomes part of the frame."""
    conds = [graph.get(key) for key in frame.conds]
    if len(conds) != 1 or conds[0] is None or conds[0].op != "LoopCond":
        return False
    if not conds[0].inputs or inference.input_dtypes(conds[0])[0] != "bool":
        return False
    frame.nodes.add(conds[0].key)
    return True


def _branches(
    graph: Graph, frame: _Frame, started: frozenset[str], inference: Inference
) -> Iterable[str]:
    """The Switch and Merge nodes of branches between the start of a frame and its ends.

    Frames inside of it answer for themselves: the walk does not enter them.
    """
    pending, seen = [key for key in frame.nodes if graph.nodes[key].op not in EXITS], set[str]()
    while pending:
        for use in graph.uses(pending.pop()):
            reader = graph.nodes[use.node]
            if use.slot < 0 or use.node in seen or use.node in started:
                continue
            if reader.op in _ENDS or _is_of_loop(graph, reader):
                continue
            seen.add(use.node)
            pending.append(use.node)
            is_branch = reader.op in SWITCHES and len(reader.inputs) == 2
            if (is_branch and inference.input_dtypes(reader)[1] == "bool") or reader.op in MERGES:
                yield use.node


def _is_of_loop(graph: Graph, node: Node) -> bool:
    """Whether a Switch or Merge carries a variable of a loop, and chooses between no branches."""
    sources = [graph.get(value.node) for value in node.inputs]
    if node.op in SWITCHES:
        return any(source is not None and source.op == "LoopCond" for source in sources)
    return node.op in MERGES and any(
        source is None or source.op in NEXT_ITERATIONS for source in sources
    )
