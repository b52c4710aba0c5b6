"""A node that is handed another dtype than it declares."""

from __future__ import annotations

from collections.abc import Iterator

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

    A reference may be read as the value that it refers to, a value not as a reference. It is no
    error by itself, because the compiler is another: the parser and the inference of atc were run
    on such graphs and took them. They take dtypes from the producer, so that inference stops only
    where an op insists on one, which is an error of its own at that node (DTY005, as for Switch on
    a predicate that is no bool). What the kernels make of the others is not known: the verdict is
    uncertain where an output needs the node.

    Why: TensorFlow does not import the graph, so that nothing can be compared with it; what the
        author meant and what is compiled may differ.
    Remedy: set the attribute, or put in the op that takes values; `omlint fix` does where the
        dtype is beyond doubt.
    Source: TensorFlow, core/common_runtime/graph_constructor.cc (TypesCompatible); CANN,
        control_flow_ops.cc (SwitchInferImpl); the parser and inference of atc, run.
    """

    id, name, severity = "GRF013", "edge-dtype", Severity.WARNING
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
            for node, slot, wanted, found in ctx.source.mistyped(graph):
                yield self.finding(
                    node,
                    "edge",
                    function=graph.function,
                    port=slot,
                    slot=slot,
                    consumer=node.name,
                    op=node.op,
                    wanted=wanted,
                    producer=repr(str(node.inputs[slot])),
                    found=found,
                )
