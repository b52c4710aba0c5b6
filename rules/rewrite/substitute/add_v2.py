"""AddV2, the later name of Add."""

from __future__ import annotations

from linter.rules import Match, Refusal, RewriteRule, Rewritten, Safety, Untouched, op, var

__all__ = ["AddV2"]

BEFORE = """
x = Placeholder : float32[2]
z = Placeholder : float32[2]
y = AddV2(x, z)
"""

AFTER = """
x = Placeholder : float32[2]
z = Placeholder : float32[2]
y = Add(x, z)
"""


class AddV2(RewriteRule):
    """Replace ``AddV2(x, z)`` by ``Add(x, z)``.

    Exact: both run the same kernel on numbers; Add takes strings as well.
    Shapes: the operands broadcast alike.
    Source: TensorFlow op docs of Add and AddV2; the public operator table of OMG lists Add only.
    """

    id, name, safety = "RWS010", "add-v2", Safety.EXACT
    pattern = op("AddV2", var("x"), var("z"))
    replacement = "Add = Add($x, $z)"
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=("AddV2",)),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(BEFORE, lacking=("AddV2", "Add"), reason="does not take", label="no Add either"),
        Untouched(
            "x = Unheard\nz = Unheard\ny = AddV2(x, z)",
            lacking=("AddV2",),
            reason="dtype is unknown",
            label="dtype unknown",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """The dtype must be a number."""
        return m.refuse("its dtype is unknown") if m.root.dtype is None else None
