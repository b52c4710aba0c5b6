"""Random numbers in a model for inference."""

from __future__ import annotations

from collections.abc import Iterator

from linter.graph.op_families import ADDITIONS, UNIFORM_SAMPLES
from linter.rules import (
    Clean,
    Finding,
    Flagged,
    Graph,
    LintContext,
    LintRule,
    Node,
    Placement,
    Severity,
    Value,
)

__all__ = ["RandomResult"]

_OTHERS = (
    "Multinomial",
    "ParameterizedTruncatedNormal",
    "RandomGamma",
    "RandomPoissonV2",
    "RandomShuffle",
    "RandomStandardNormal",
    "RandomUniformInt",
    "StatelessMultinomial",
    "StatelessRandomNormal",
    "StatelessRandomNormalV2",
    "StatelessTruncatedNormal",
    "TruncatedNormal",
)
_SCALING = ADDITIONS | {"Cast", "Identity", "Mul", "Sub"}
_STEPS = 5
_GRAPH = """
x = Placeholder : float32[2]
s = Const : int32[1] = [2]
u = RandomUniform(s) {dtype=float32}
r = Const : float32[] = RATE
g = GreaterEqual(u, r)
m = Cast(g) {DstT=float32}
y = Mul(x, m)
"""


class RandomResult(LintRule):
    """Flag dropout that was left on, and other random numbers that outputs depend on.

    Why: results change from run to run; with dropout on they are also worse than the trained
        model's.
    Remedy: export for inference; `omlint fix --unsafe-fixes` takes dropout out.
    Source: TensorFlow, nn_ops.py (the ops that dropout is made of).
    """

    id, name, severity = "IOX006", "random-result", Severity.WARNING
    visits = (*UNIFORM_SAMPLES, *_OTHERS)
    messages = {
        "dropout": "{op!r} decides what is dropped: dropout is on",
        "random": "{op!r} draws random numbers that outputs depend on",
    }
    remedies = {
        "dropout": "export the model with training=False (keep_prob = 1), or take dropout out with "
        "`omlint fix --unsafe-fixes`",
        "random": "feed the random numbers as an input if results shall be repeatable",
    }
    examples = (
        Clean("x = Placeholder : float32[2]\ny = Relu(x)"),
        Clean(_GRAPH.replace("RATE", "0.0"), label="a rate of 0"),
        Flagged(_GRAPH.replace("RATE", "0.1"), at=("u",), messages=("dropout",)),
        Flagged(
            "x = Placeholder : float32[2]\ns = Const : int32[1] = [2]\n"
            "n = RandomStandardNormal(s) {dtype=float32}\ny = Add(x, n)",
            at=("n",),
            messages=("random",),
            label="noise",
        ),
    )

    def check(self, node: Node, ctx: LintContext) -> Iterator[Finding]:
        """Follow a live random op to the comparison that makes a mask of it."""
        if not ctx.is_live(node) or ctx.judge(node).placement is Placement.FOLDED:
            return
        mask = _mask(ctx.graph, node) if node.op in UNIFORM_SAMPLES else None
        if mask is None:
            yield self.finding(node, "random", op=node.op)
        elif not _keeps_all(mask, ctx):
            yield self.finding(node, "dropout", op=node.op)


def _mask(graph: Graph, node: Node) -> Node | None:
    """The comparison or Floor that a uniform number runs into, past scaling."""
    pending = [(node.key, 0)]
    while pending:
        key, steps = pending.pop()
        for use in graph.readers(Value(key)):
            reader = graph[use.node]
            if reader.op in ("Floor", "GreaterEqual"):
                return reader
            if reader.op in _SCALING and steps < _STEPS:
                pending.append((reader.key, steps + 1))
    return None


def _keeps_all(mask: Node, ctx: LintContext) -> bool:
    """Whether the rate is a constant 0, or the chance to be kept a constant 1."""
    if mask.op == "GreaterEqual":
        rate = ctx.inference.constant(mask.inputs[1]) if len(mask.inputs) == 2 else None
        return rate is not None and set(rate.values) == {0.0}
    total = ctx.graph.get(mask.inputs[0].node) if mask.inputs else None
    known = (ctx.inference.constant(value) for value in total.inputs) if total else ()
    return any(chance is not None and set(chance.values) == {1.0} for chance in known)
