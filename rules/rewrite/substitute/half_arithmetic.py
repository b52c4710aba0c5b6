"""Arithmetic in half precision."""

from __future__ import annotations

from linter.rules import (
    GraphEditor,
    Match,
    MatchContext,
    Node,
    Refusal,
    RewriteRule,
    Rewritten,
    Safety,
    Untouched,
    Value,
    op,
)
from rules.rewrite.support.narrowing import in_other_dtype, is_arithmetic, may_hold

__all__ = ["HalfArithmetic"]

BEFORE = """
x = Placeholder : float16[1,2]
z = Placeholder : float16[1,2]
a = Mul(x, z)
y = Relu(a)
"""

AFTER = """
x = Placeholder : float16[1,2]
z = Placeholder : float16[1,2]
a/Cast = Cast(x) {DstT=float32}
a/Cast_1 = Cast(z) {DstT=float32}
a/Mul = Mul(a/Cast, a/Cast_1)
a = Cast(a/Mul) {DstT=float16}
y = Relu(a)
"""

LIMIT = {"limits": {"Mul": "T == 'float32'"}}


class HalfArithmetic(RewriteRule):
    """Compute in float32 what is computed in float16, between two Casts.

    Tolerance: float32 holds every float16; where the kernel rounds each step, the Casts round once.
    Shapes: float16[...] in and out.
    Source: TensorFlow op docs of Cast; OMG lists most operations for float32 only.
    """

    id, name, safety = "RWS141", "half-arithmetic", Safety.TOLERANCE
    rtol, atol = 2e-3, 1e-3
    pattern = op(())
    examples = (
        Rewritten(BEFORE, after=AFTER, given=LIMIT),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            BEFORE,
            given={"limits": {"Mul": "T == 'float32'", "Cast": "SrcT == 'bool'"}},
            label="no Cast either",
        ),
    )

    def concerns(self, node: Node, context: MatchContext) -> bool:
        """The node has to do with values of that dtype."""
        return may_hold(node, context, "float16")

    def guard(self, m: Match) -> Refusal | None:
        """The node must compute with float16."""
        return None if is_arithmetic(m, "float16") else m.refuse("")

    def build(self, m: Match, edit: GraphEditor) -> tuple[Value, ...]:
        """The node in float32, its results as float16."""
        return in_other_dtype(m, edit, "float16", "float32")
