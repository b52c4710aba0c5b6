"""What leaves a verdict open although no node is refused."""

from __future__ import annotations

from linter.graph import Graph, Node
from linter.judge.base import Judge
from linter.judge.inputs import open_inputs, varying_inputs

__all__ = ["leaves_open", "text_inputs"]


def leaves_open(judge: Judge) -> bool:
    """Whether the model as it stands cannot be called convertible, whatever its nodes are."""
    return (
        bool(open_inputs(judge))
        or bool(varying_inputs(judge))
        or judge.judges_all
        or bool(text_inputs(judge))
        or any(_mistyped(judge, graph) for graph in (judge.model.main, *judge.called_functions()))
    )


def text_inputs(judge: Judge) -> tuple[Node, ...]:
    """The inputs that are fed with strings."""
    inputs = (node for node in judge.inputs if node.op == "Placeholder")
    return tuple(node for node in inputs if node.attrs.get("dtype") == "string")


def _mistyped(judge: Judge, graph: Graph) -> bool:
    needed = judge.reachable(graph)
    return any(edge.node.key in needed for edge in judge.mistyped(graph))
