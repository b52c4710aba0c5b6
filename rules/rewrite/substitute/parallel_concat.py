"""ParallelConcat, which tf.parallel_stack writes."""

from __future__ import annotations

from linter.rules import (
    BoundValue,
    GraphEditor,
    Match,
    Refusal,
    RewriteRule,
    Rewritten,
    Safety,
    Untouched,
    Value,
    op,
)

__all__ = ["ParallelConcat"]

BEFORE = """
x = Placeholder : float32[1,3]
z = Placeholder : float32[1,3]
y = ParallelConcat(x, z) {shape=shape(2,3)}
"""

AFTER = """
x = Placeholder : float32[1,3]
z = Placeholder : float32[1,3]
y/axis = Const : int32[] = 0
y = ConcatV2(x, z, y/axis)
"""

ALONE = """
x = Placeholder : float32[1,3]
p = ParallelConcat(x) {shape=shape(1,3)}
y = Neg(p)
"""

ALONE_AFTER = """
x = Placeholder : float32[1,3]
y = Neg(x)
"""

LACKING = ("ParallelConcat",)


class ParallelConcat(RewriteRule):
    """Replace ParallelConcat by ConcatV2 along axis 0.

    Exact: both write the inputs behind each other; a single input is the result.
    Shapes: T[1, ...] each; T[N, ...] out.
    Source: TensorFlow op docs of ParallelConcat, which differs in when inputs must be there.
    """

    id, name, safety = "RWS178", "parallel-concat", Safety.EXACT
    pattern = op("ParallelConcat")
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=LACKING, label="two inputs"),
        Rewritten(ALONE, after=ALONE_AFTER, lacking=LACKING, label="one input"),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            BEFORE.replace("x = Placeholder : float32[1,3]", "x = Placeholder : float32[?,3]"),
            lacking=LACKING,
            reason="[?, 3]",
            label="size unknown",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """Every input is one row."""
        for value in m.root.inputs:
            shape = value.shape
            if shape is None or not shape or shape[0] != 1:
                sizes = ["?" if s is None else str(s) for s in shape or ()]
                return m.refuse(f"{value} has shape [{', '.join(sizes)}]")
        return None

    def build(self, m: Match, edit: GraphEditor) -> Value | BoundValue:
        """The inputs behind each other."""
        if len(m.root.inputs) == 1:
            return m.root.inputs[0]
        return edit.add("ConcatV2", [*m.root.inputs, edit.const(0, "int32", name="axis")])
