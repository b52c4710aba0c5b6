"""Nodes whose sizes are known at run time only, because an op before them decides them."""

from __future__ import annotations

from collections.abc import Iterable

from linter.graph import Graph, Node, Value
from linter.infer.inference import Inference

__all__ = ["run_time_sized"]


def run_time_sized(
    graph: Graph,
    data_dependent: frozenset[str],
    inference: Inference,
    *,
    varying: Iterable[Node] = (),
) -> frozenset[str]:
    """Keys of nodes that read a tensor of run-time size.

    Args:
        graph: one body.
        data_dependent: ops whose result size depends on values, such as Where.
        inference: shapes of the body; a static shape ends the propagation.
        varying: inputs with sizes that are known at run time only.

    Returns:
        The readers of such ops and inputs, onward until a shape is static again; the ops
        themselves are in.
    """
    sources = [node for node in graph if node.op in data_dependent]
    sized: set[str] = set()
    pending: list[Value] = []
    for node in sources:
        open_ports = [
            Value(node.key, port)
            for port in range(inference.output_count(node) or 1)
            if not _static(inference.shape(Value(node.key, port)))
        ]
        if open_ports:
            sized.add(node.key)
            pending.extend(open_ports)
    pending.extend(Value(node.key) for node in varying)
    seen: set[Value] = set(pending)
    while pending:
        value = pending.pop()
        for use in graph.readers(value):
            reader = graph.nodes[use.node]
            sized.add(reader.key)
            for port in range(inference.output_count(reader) or 1):
                result = Value(reader.key, port)
                if result not in seen and not _static(inference.shape(result)):
                    seen.add(result)
                    pending.append(result)
    return frozenset(sized)


def _static(shape: tuple[int | None, ...] | None) -> bool:
    return shape is not None and None not in shape
