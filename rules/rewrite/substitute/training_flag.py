"""An input that chooses between training and inference."""

from __future__ import annotations

from linter.graph.choices import is_flag_name, other_use
from linter.rules import (
    Match,
    Refusal,
    RewriteRule,
    Rewritten,
    Safety,
    Untouched,
    op,
)

__all__ = ["TrainingFlag"]

BEFORE = """
x = Placeholder : float32[2]
is_training = Placeholder : bool[]
p = Identity(is_training)
s = Switch(x, p)
a = Abs(s)
b = Neg(s:1)
y = Merge(b, a)
"""
AFTER = """
x = Placeholder : float32[2]
is_training = Const : bool[] = false
p = Identity(is_training)
s = Switch(x, p)
a = Abs(s)
b = Neg(s:1)
y = Merge(b, a)
"""

PIVOT = """
x = Placeholder : float32[2]
is_training = Placeholder : bool[]
pivot = Switch(is_training, is_training)
t = Identity(pivot:1)
p = Identity(is_training)
c = Const(^t) : float32[] = 2.0
s = Switch(x, p)
a = Abs(s)
b = Mul(s:1, c)
y = Merge(b, a)
"""
PIVOT_AFTER = PIVOT.replace("Placeholder : bool[]", "Const : bool[] = false")


class TrainingFlag(RewriteRule):
    """Replace an input that chooses between training and inference by false.

    Manual: the model no longer has the input, and always infers.
    Shapes: bool[]; nothing but Switch, If and Select reads it, by way of Identity and LogicalNot.
        The pivot of a condition, which chooses between the flag and itself, may be waited for.
    Source: public rewrite recipes make phase_train a constant false, then prune the other branch.
    """

    id, name, safety = "RWS209", "training-flag", Safety.MANUAL
    always = True
    pattern = op("Placeholder", dtype="bool")
    replacement = "training = Const : bool[] = false"
    examples = (
        Rewritten(BEFORE, after=AFTER, unsafe=True),
        Rewritten(PIVOT, after=PIVOT_AFTER, unsafe=True, label="the pivot of a condition"),
        Untouched(
            PIVOT + "z = Cast(t) {DstT=float32}\n",
            unsafe=True,
            reason="Cast",
            label="the value of a pivot is used",
        ),
        Untouched(BEFORE, reason="manual", label="not without consent"),
        Untouched(BEFORE.replace("is_training", "flag"), unsafe=True, label="another name"),
        Untouched(
            BEFORE + "z = Cast(p) {DstT=float32}\n",
            unsafe=True,
            reason="Cast",
            label="the value itself is used",
        ),
        Untouched(
            BEFORE,
            unsafe=True,
            input_shapes={"is_training": ()},
            label="the user names it as an input",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """A name that says so, and readers that only choose."""
        name = m.root.node.name
        if not is_flag_name(name) or name in m.context.input_shapes or not m.root.readers:
            return m.refuse("")
        if m.root.value in m.context.fetched:
            return m.refuse("it is an output")
        other = other_use(m.context.graph, m.root.node.key)
        return None if other is None else m.refuse(f"{other} reads it, and does not only choose")
