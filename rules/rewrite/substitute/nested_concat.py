"""A ConcatV2 of very many inputs."""

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

__all__ = ["NestedConcat"]

_NAMES = ", ".join(["x"] * 20)

BEFORE = f"""
x = Placeholder : float32[2]
k = Const : int32[] = 0
y = ConcatV2({_NAMES}, k)
"""
AFTER = """
x = Placeholder : float32[2]
k = Const : int32[] = 0
y/ConcatV2 = ConcatV2(x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, k)
y/ConcatV2_1 = ConcatV2(x, x, x, x, k)
y = ConcatV2(y/ConcatV2, y/ConcatV2_1, k)
"""

LIMIT = {"limits": {"ConcatV2": "num_inputs <= 16"}}


class NestedConcat(RewriteRule):
    """Join the inputs of a ConcatV2 group by group, then the groups.

    Exact: the elements stand in the same order.
    Shapes: any; more than 16 inputs.
    Source: TensorFlow op docs of ConcatV2; public operator tables bound the number of inputs.
    """

    id, name, safety = "RWS200", "nested-concat", Safety.EXACT
    pattern = op("ConcatV2")
    variants = (512, 64, 16)
    examples = (
        Rewritten(BEFORE, after=AFTER, given=LIMIT),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(BEFORE.replace(_NAMES, "x, x"), lacking=("ConcatV2",), label="it has few inputs"),
    )

    def guard(self, m: Match) -> Refusal | None:
        """There must be something to group."""
        return m.refuse("") if len(m.root.inputs) - 1 <= min(self.variants) else None

    def build(self, m: Match, edit: GraphEditor) -> Value:
        """Groups of the variant's size, until one group is left."""
        *values, axis = m.root.inputs
        size = m.variant or self.variants[0]
        parts: list[Value | BoundValue] = list(values)
        while len(parts) > size:
            groups = [parts[first : first + size] for first in range(0, len(parts), size)]
            parts = [
                edit.add("ConcatV2", [*group, axis]) if len(group) > 1 else group[0]
                for group in groups
            ]
        return edit.add("ConcatV2", [*parts, axis])
