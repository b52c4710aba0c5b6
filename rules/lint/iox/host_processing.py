"""Parts of a graph that belong on the host, and where to cut them off."""

from __future__ import annotations

from collections.abc import Iterator

from linter.rules import Clean, Finding, Flagged, Graph, LintContext, LintRule, Node, Severity
from rules.lint.support.host_parts import (
    HostPart,
    flag_of,
    head_of,
    is_for_host,
    is_heavy,
    tail_of,
    walk,
)

__all__ = ["HostProcessing"]

_EXAMPLE = """
b = Placeholder : string[]
i = DecodeJpeg(b) {channels=3}
f = Cast(i) {DstT=float32, SrcT=uint8}
w = Const : float32[3,2] = 0.5
r = Const : int32[2] = [-1, 3]
m = Reshape(f, r)
y = MatMul(m, w)
"""
_IDS = """
t = Placeholder : string[2]
s = StringToHashBucketFast(t) {num_buckets=16}
w = Const : float32[16,2] = 0.5
a = Const : int32[] = 0
y = GatherV2(w, s, a)
"""
_LABELS = """
x = Placeholder : float32[2,3]
w = Const : float32[3,2] = 0.5
y = MatMul(x, w)
l = AsString(y)
"""


class HostProcessing(LintRule):
    """Flag decoding, parsing, tables and input queues around the network, with the cut proposed.

    Why: files, strings and tables are not for the device; what atc takes of them runs on a CPU
        engine at best, and an input must be a numeric tensor.
    Remedy: cut them off: feed what they produce (--input-shape, or --cut-inputs where atc would not
        find its dtype), or fetch what they read (--outputs).
    Source: atc manual, general restrictions (inputs); hicann/ge, tensorflow_parser.cc (TrimGraph).
    """

    id, name, severity = "IOX007", "host-processing", Severity.WARNING
    messages = {
        "head": "{count} node(s) prepare inputs on the host: {ops}; the network begins at {cuts}",
        "tail": "{count} node(s) work on results for the host: {ops}; the network ends at {cuts}",
        "mixed": "{count} node(s) work on files, strings or tables inside the network: {ops}",
    }
    remedies = {
        "head": "feed the network there: {flag}",
        "tail": 'fetch the network\'s results: --outputs "{flag}"',
        "mixed": "cut the graph around them, and do their work on the host",
    }
    examples = (
        Clean("x = Placeholder : float32[2]\ny = Relu(x)"),
        Flagged(_EXAMPLE, at=("i",), messages=("head",)),
        Clean(_EXAMPLE, input_shapes={"i": (4, 4, 3)}, label="fed as the remedy says"),
        Flagged(_IDS, at=("s",), messages=("head",), label="ids"),
        Flagged(_LABELS, at=("l",), messages=("tail",), label="behind the network"),
    )

    def check_model(self, ctx: LintContext) -> Iterator[Finding]:
        """Sort the host's nodes into a head and a tail, and find their borders."""
        main = ctx.model.main
        live = ctx.source.reachable(main)
        seeds = [
            node
            for node in main
            if node.key in live and is_for_host(node.op) and not ctx.is_fed(main, node)
        ]
        if not seeds:
            return
        heavy = {key for key in live if is_heavy(main[key].op)}
        behind = walk(main, heavy, live, forward=True)
        head = [node for node in seeds if node.key not in behind]
        tail = [node for node in seeds if node.key in behind]
        if head:
            part = head_of(main, head, live, ctx)
            flag = flag_of(part.cuts, ctx)
            yield self._finding(main, head, part, "head" if part.cuts else "mixed", flag)
        if tail:
            part = tail_of(main, tail, live, ctx)
            inner = part.nodes & walk(main, {node.key for node in head}, live, forward=False)
            ends = part.cuts and not inner and not part.nodes & heavy
            flag = ";".join(map(str, part.cuts))
            yield self._finding(main, tail, part, "tail" if ends else "mixed", flag)

    def _finding(
        self, main: Graph, seeds: list[Node], part: HostPart, message: str, flag: str
    ) -> Finding:
        return self.finding(
            seeds[0],
            message,
            count=len(part.nodes),
            ops=self.listed(dict.fromkeys(node.op for node in seeds)),
            cuts=self.listed(map(str, part.cuts)),
            flag=flag,
        )
