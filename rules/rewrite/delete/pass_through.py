"""Identity and its kin, where the target lacks them."""

from __future__ import annotations

from linter.rules import (
    BoundValue,
    GraphEditor,
    Match,
    RewriteRule,
    Rewritten,
    Safety,
    Untouched,
    op,
)

__all__ = ["PassThrough"]

BEFORE = """
x = Placeholder : float32[2]
i = Identity(x)
j = Identity(i)
y = Relu(j)
"""

AFTER = """
x = Placeholder : float32[2]
y = Relu(x)
"""

SEVERAL = """
a = Placeholder : float32[2]
b = Placeholder : int32[]
n = IdentityN(a, b)
y = Relu(n)
z = Neg(n:1)
"""

SEVERAL_AFTER = """
a = Placeholder : float32[2]
b = Placeholder : int32[]
y = Relu(a)
z = Neg(b)
"""

WAITING = """
x = Placeholder : float32[2]
a = Neg(x)
i = Snapshot(x, ^a)
y = Relu(i)
"""

WAITING_AFTER = """
x = Placeholder : float32[2]
a = Neg(x)
y = Relu(x, ^a)
"""


class PassThrough(RewriteRule):
    """Replace Identity, IdentityN, Snapshot, DeepCopy and their kin by their inputs.

    Exact: each returns its inputs as they are.
    Shapes: T[...] in and out; what EnsureShape adds must be known without it.
    Source: TensorFlow op docs of the six ops.
    """

    id, name, safety = "RWD010", "pass-through", Safety.EXACT
    early = True
    pattern = op(("DeepCopy", "EnsureShape", "GuaranteeConst", "Identity", "IdentityN", "Snapshot"))
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=("Identity",), label="chain"),
        Rewritten(SEVERAL, after=SEVERAL_AFTER, lacking=("IdentityN",), label="several values"),
        Rewritten(
            WAITING, after=WAITING_AFTER, lacking=("Snapshot",), label="control inputs move on"
        ),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            "x = Placeholder : float32[2]\ny = Identity(x)",
            lacking=("Identity",),
            reason="does not take the replacement",
            label="an output keeps its name",
        ),
        Untouched(
            "x = Placeholder : float32\ne = EnsureShape(x) {shape=shape(2)}\ny = Relu(e)",
            lacking=("EnsureShape",),
            reason="does not keep its rank",
            label="a shape would be lost",
        ),
    )

    def build(self, m: Match, edit: GraphEditor) -> tuple[BoundValue, ...]:
        """The inputs."""
        return m.root.inputs
