"""Parts of a graph that belong on the host, and where to cut them off."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from linter.graph.op_families import ENTERS
from linter.graph.queries import in_loop_frame
from linter.rules import (
    Clean,
    Finding,
    Flagged,
    Graph,
    LintContext,
    LintRule,
    Node,
    Severity,
    Value,
)

__all__ = ["HostProcessing"]

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
_EXAMPLE = """
b = Placeholder : string[]
i = DecodeJpeg(b) {channels=3}
f = Cast(i) {DstT=float32, SrcT=uint8}
w = Const : float32[3,2] = 0.5
r = Const : int32[2] = [-1, 3]
m = Reshape(f, r)
y = MatMul(m, w)
"""
_LABELS = """
x = Placeholder : float32[2,3]
w = Const : float32[3,2] = 0.5
y = MatMul(x, w)
l = AsString(y)
"""


@dataclass(frozen=True, slots=True)
class _Part:
    """Nodes for the host and the values at which they meet the rest."""

    nodes: frozenset[str]
    cuts: tuple[Value, ...]


class HostProcessing(LintRule):
    """Flag decoding, parsing, tables and input queues around the network, with the cut proposed.

    Why: files, strings and tables are not for the device; what atc takes of them runs on a CPU
        engine at best, and an input must be a numeric tensor.
    Remedy: cut them off: feed what they produce (--input-shape), or fetch what they read
        (--outputs).
    Source: atc manual, general restrictions (inputs); hicann/ge, tensorflow_parser.cc (TrimGraph).
    """

    id, name, severity = "IOX007", "host-processing", Severity.WARNING
    messages = {
        "head": "{count} node(s) prepare inputs on the host: {ops}; the network begins at {cuts}",
        "tail": "{count} node(s) work on results for the host: {ops}; the network ends at {cuts}",
        "mixed": "{count} node(s) work on files, strings or tables inside the network: {ops}",
    }
    remedies = {
        "head": 'feed the network there: --input-shape "{flag}"',
        "tail": 'fetch the network\'s results: --outputs "{flag}"',
        "mixed": "cut the graph around them, and do their work on the host",
    }
    examples = (
        Clean("x = Placeholder : float32[2]\ny = Relu(x)"),
        Flagged(_EXAMPLE, at=("i",), messages=("head",)),
        Clean(_EXAMPLE, input_shapes={"i": (4, 4, 3)}, label="fed as the remedy says"),
        Flagged(_LABELS, at=("l",), messages=("tail",), label="behind the network"),
    )

    def check_model(self, ctx: LintContext) -> Iterator[Finding]:
        """Sort the host's nodes into a head and a tail, and find their borders."""
        main = ctx.model.main
        live = ctx.source.reachable(main)
        seeds = [
            node
            for node in main
            if node.key in live and _for_host(node.op) and not ctx.is_fed(main, node)
        ]
        if not seeds:
            return
        heavy = {key for key in live if main[key].op.startswith(_HEAVY)}
        behind = _walk(main, heavy, live, forward=True)
        head = [node for node in seeds if node.key not in behind]
        tail = [node for node in seeds if node.key in behind]
        if head:
            part = _head(main, head, live, ctx)
            flag = ";".join(_input(value, ctx) for value in part.cuts)
            yield self._finding(main, head, part, "head" if part.cuts else "mixed", flag)
        if tail:
            part = _tail(main, tail, live, ctx)
            inner = part.nodes & _walk(main, {node.key for node in head}, live, forward=False)
            ends = part.cuts and not inner and not part.nodes & heavy
            flag = ";".join(map(str, part.cuts))
            yield self._finding(main, tail, part, "tail" if ends else "mixed", flag)

    def _finding(
        self, main: Graph, seeds: list[Node], part: _Part, message: str, flag: str
    ) -> Finding:
        return self.finding(
            seeds[0],
            message,
            count=len(part.nodes),
            ops=self.listed(dict.fromkeys(node.op for node in seeds)),
            cuts=self.listed(map(str, part.cuts)),
            flag=flag,
        )


def _for_host(op: str) -> bool:
    return op.startswith(_HOST) and not op.startswith(_NOT_HOST)


def _walk(
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


def _head(graph: Graph, seeds: list[Node], live: frozenset[str], ctx: LintContext) -> _Part:
    nodes = _walk(graph, (node.key for node in seeds), live, forward=False)
    loops = in_loop_frame(graph) if any(node.op in ENTERS for node in graph) else frozenset()
    if nodes & loops:  # a loop is cut behind its exits, never inside
        nodes = _walk(graph, nodes | (loops & live), live, forward=False)
    while True:  # handles and loop bookkeeping cannot be fed: go on to what can
        cuts = _border(graph, nodes, live, ctx)
        closed = {value.node for value, use in cuts if not _can_be_fed(graph, value, ctx)}
        more = {use for value, use in cuts if value.node in closed and use not in nodes}
        if not more:
            break
        nodes |= more
    cut_values = dict.fromkeys(value for value, _ in cuts)
    needed = _needed(graph, {value.node for value in cut_values}, live, ctx)
    return _Part(frozenset(nodes), tuple(value for value in cut_values if value.node in needed))


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


def _tail(graph: Graph, seeds: list[Node], live: frozenset[str], ctx: LintContext) -> _Part:
    nodes = _walk(graph, (node.key for node in seeds), live, forward=True)
    cuts: dict[Value, None] = {}
    for key in sorted(nodes, key=lambda key: graph[key].position):
        for value in graph[key].inputs:
            if value.node in live and value.node not in nodes and graph[value.node].op != "Const":
                dtype = ctx.source.inference(graph).dtype(value)
                if dtype not in ("string", "resource", "variant"):
                    cuts[value] = None
    return _Part(nodes, tuple(cuts))


def _input(value: Value, ctx: LintContext) -> str:
    shape = ctx.inference.shape(value)
    if shape is None:
        return f"{value.node}:DIMS"
    dims = (
        "1" if dim is None and not index else "N" if dim is None else str(dim)
        for index, dim in enumerate(shape)
    )
    return f"{value.node}:{','.join(dims)}"
