"""Parts of a graph that belong on the host, and where they meet the network."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from linter.graph.op_families import ENTERS
from linter.graph.queries import in_loop_frame
from linter.rules import DType, Graph, LintContext, Node, Value

__all__ = [
    "HostPart",
    "beginnings",
    "flag_of",
    "head_of",
    "is_for_host",
    "is_heavy",
    "tail_of",
    "walk",
]

_HOST = (
    "AsString",
    "AudioSpectrogram",
    "Batch",
    "Decode",
    "HashTable",
    "Iterator",
    "LookupTable",
    "Mfcc",
    "MutableHashTable",
    "OneShotIterator",
    "Parse",
    "QueueDequeue",
    "ReadFile",
    "ReaderRead",
    "Regex",
    "StaticRegex",
    "String",
    "Substr",
    "Unicode",
)
_NOT_HOST = ("BatchMatMul", "BatchToSpace", "BatchNorm", "ParallelConcat", "BatchCholesky")
_HEAVY = ("Conv", "MatMul", "BatchMatMul", "DepthwiseConv", "FusedBatchNorm", "Einsum")


@dataclass(frozen=True, slots=True)
class HostPart:
    """Nodes for the host and the values at which they meet the rest."""

    nodes: frozenset[str]
    cuts: tuple[Value, ...]


def is_heavy(op: str) -> bool:
    """Whether an op is one that makes a network of a graph."""
    return op.startswith(_HEAVY)


def is_for_host(op: str) -> bool:
    """Whether an op works on files, strings, tables or queues."""
    return op.startswith(_HOST) and not op.startswith(_NOT_HOST)


def walk(
    graph: Graph, start: Iterable[str], live: frozenset[str], *, forward: bool
) -> frozenset[str]:
    """Live nodes that data reaches from ``start``, or that ``start`` needs; both with ``start``."""
    seen = set(start)
    pending = list(seen)
    while pending:
        key = pending.pop()
        if forward:
            near = [use.node for use in graph.uses(key) if use.slot >= 0]
        else:
            near = [value.node for value in graph[key].inputs]
        for other in near:
            if other in live and other not in seen:
                seen.add(other)
                pending.append(other)
    return frozenset(seen)


def head_of(graph: Graph, seeds: list[Node], live: frozenset[str], ctx: LintContext) -> HostPart:
    """What the seeds need, and the values at which the network begins."""
    nodes = walk(graph, (node.key for node in seeds), live, forward=False)
    loops = in_loop_frame(graph) if any(node.op in ENTERS for node in graph) else frozenset()
    if nodes & loops:  # a loop is cut behind its exits, never inside
        nodes = walk(graph, nodes | (loops & live), live, forward=False)
    while True:  # handles and loop bookkeeping cannot be fed: go on to what can
        cuts = _border(graph, nodes, live, ctx)
        closed = {value.node for value, use in cuts if not _can_be_fed(graph, value, ctx)}
        more = {use for value, use in cuts if value.node in closed and use not in nodes}
        if not more:
            break
        nodes |= more
    cut_values = dict.fromkeys(value for value, _ in cuts)
    needed = _needed(graph, {value.node for value in cut_values}, live, ctx)
    return HostPart(frozenset(nodes), tuple(value for value in cut_values if value.node in needed))


def _needed(graph: Graph, cut: set[str], live: frozenset[str], ctx: LintContext) -> set[str]:
    """What the outputs still need once the cut nodes are fed: a cut before a cut is not."""
    seen = {value.node for value in ctx.source.outputs}
    pending = list(seen & live)
    while pending:
        key = pending.pop()
        if key not in cut:
            near = {value.node for value in graph[key].inputs} & live - seen
            seen |= near
            pending.extend(near)
    return seen


def _border(
    graph: Graph, nodes: frozenset[str], live: frozenset[str], ctx: LintContext
) -> list[tuple[Value, str]]:
    """What the rest reads of ``nodes``, constants and what needs no seed excepted."""
    return [
        (Value(key, use.port), use.node)
        for key in sorted(nodes, key=lambda key: graph[key].position)
        if graph[key].op not in ("Const", "Placeholder") and not ctx.is_fed(graph, graph[key])
        for use in graph.uses(key)
        if use.slot >= 0 and use.node in live and use.node not in nodes
    ]


def _can_be_fed(graph: Graph, value: Value, ctx: LintContext) -> bool:
    """Whether --input-shape can make an input of the value: output 0 with a numeric dtype."""
    dtype = ctx.source.inference(graph).dtype(value)
    return value.port == 0 and dtype not in ("string", "resource", "variant", None)


def tail_of(graph: Graph, seeds: list[Node], live: frozenset[str], ctx: LintContext) -> HostPart:
    """What comes of the seeds, and the values at which the network ends."""
    nodes = walk(graph, (node.key for node in seeds), live, forward=True)
    cuts: dict[Value, None] = {}
    for key in sorted(nodes, key=lambda key: graph[key].position):
        for value in graph[key].inputs:
            if value.node in live and value.node not in nodes and graph[value.node].op != "Const":
                dtype = ctx.source.inference(graph).dtype(value)
                if dtype not in ("string", "resource", "variant"):
                    cuts[value] = None
    return HostPart(nodes, tuple(cuts))


def beginnings(graph: Graph, seeds: list[Node], ctx: LintContext) -> tuple[Value, ...]:
    """Where a network begins whose host does the work of the seeds; empty when nowhere.

    What the host does with what comes of the seeds, ahead of the network, is its work as well.
    """
    live = ctx.source.reachable(graph)
    heavy = walk(graph, (key for key in live if is_heavy(graph[key].op)), live, forward=True)
    after = walk(graph, (node.key for node in seeds), live, forward=True) - heavy
    more = [graph[key] for key in after if is_for_host(graph[key].op)]
    return head_of(graph, [*seeds, *more], live, ctx).cuts


def flag_of(cuts: tuple[Value, ...], ctx: LintContext) -> str:
    """The flags that make inputs of values; atc itself takes what has no dtype for float32."""
    inference = ctx.source.inference(ctx.model.main)
    shapes = [f"{value.node}:{_dims(inference.shape(value))}" for value in cuts]
    if all(_is_told(value, ctx) for value in cuts):
        return f'--input-shape "{";".join(shapes)}"'
    flag = f'--cut-inputs "{";".join(map(str, cuts))}"'
    asked = [
        text
        for text, value in zip(shapes, cuts, strict=True)
        if None in (inference.shape(value) or (None,))
    ]
    return f'{flag} --input-shape "{";".join(asked)}"' if asked else flag


def _is_told(value: Value, ctx: LintContext) -> bool:
    """Whether atc finds the dtype of a node that ``--input-shape`` makes an input."""
    graph = ctx.model.main
    if isinstance(graph[value.node].attrs.get("dtype"), DType):
        return True
    return ctx.source.inference(graph).dtype(value) == "float32"


def _dims(shape: tuple[int | None, ...] | None) -> str:
    if shape is None:
        return "DIMS"
    return ",".join(
        "1" if dim is None and not index else "N" if dim is None else str(dim)
        for index, dim in enumerate(shape)
    )
