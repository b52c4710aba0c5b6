"""A node that is handed another dtype than it declares."""

from __future__ import annotations

from collections.abc import Iterator

from linter.infer.edges import mismatches
from linter.rules import Clean, Finding, Flagged, LintContext, LintRule, Severity

__all__ = ["EdgeDtype"]

FROZEN = """
w = Const : float32[2] = 0.5
p = Placeholder : bool[]
s = Switch(w, p) {T=resource}
y = Identity(s) {T=float32}
"""

STRIPPED = """
x = Placeholder : float32[2]
p = Placeholder : float32[]
s = Switch(x, p)
y = Neg(s)
"""

FUNCTION = """
def f(a: float32[2]) -> (out: y:0):
    y = Relu(a) {T=int32}

x = Placeholder : float32[2]
c = PartitionedCall(x) {Tin=[float32], Tout=[float32], f=@f}
"""

REFERENCE = """
w = Const : float32[2] = 0.5
d = Placeholder : float32[2]
a = AssignSub(w, d)
y = Neg(a)
"""


class EdgeDtype(LintRule):
    """Flag an input of another dtype than the op, or the node's own attributes, say.

    A reference may be read as the value that it refers to, a value not as a reference. A node that
    no output needs is a warning: TensorFlow refuses the graph for it all the same.

    Why: TensorFlow does not import the graph. GE takes dtypes from the producer, so that its
        inference stops where an op insists on one, as Switch does on a bool predicate.
    Remedy: set the attribute, or put in the op that takes values; `omlint fix` does where the
        dtype is beyond doubt.
    Source: TensorFlow, core/common_runtime/graph_constructor.cc (TypesCompatible); CANN,
        control_flow_ops.cc (SwitchInferImpl).
    """

    id, name, severity = "GRF013", "edge-dtype", Severity.ERROR
    messages = {
        "edge": "input {slot} of {consumer!r} ({op}) is {wanted}, but {producer} delivers {found}; "
        "TensorFlow does not import the graph"
    }
    remedies = {"edge": "make the two agree: `omlint fix` does where the dtype is beyond doubt"}
    examples = (
        Clean("x = Placeholder : float32[2]\ny = Relu(x)"),
        Clean(
            "v = VariableV2 {dtype=float32, shape=shape(2)}\ny = Relu(v)",
            label="a reference read as its value",
        ),
        Flagged(FROZEN, at=("s", "y"), label="a value in the place of a handle"),
        Flagged(STRIPPED, at=("s",), label="a predicate that is no bool"),
        Flagged(REFERENCE, at=("a",), label="a value in the place of a reference"),
        Flagged(FUNCTION, at=("f::y",), label="in a function"),
        Flagged(FROZEN + "z = Neg(w)\n", at=("s", "y"), outputs=("z",), label="not needed"),
    )

    def check_model(self, ctx: LintContext) -> Iterator[Finding]:
        """Compare the ends of every edge."""
        for graph in ctx.bodies:
            live = ctx.source.reachable(graph)
            inference = ctx.source.inference(graph)
            for node, slot, wanted, found in mismatches(graph, ctx.source.ops, inference.dtype):
                if ctx.is_fed(graph, node):
                    continue  # it becomes an input, and its own inputs do not count
                yield self.finding(
                    node,
                    "edge",
                    severity=Severity.ERROR if node.key in live else Severity.WARNING,
                    function=graph.function,
                    port=slot,
                    slot=slot,
                    consumer=node.name,
                    op=node.op,
                    wanted=wanted,
                    producer=repr(str(node.inputs[slot])),
                    found=found,
                )
