"""Ops that two names stand for."""

from __future__ import annotations

from linter.rules import (
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
from rules.rewrite.support.terms import FLOATS, other_dtype

__all__ = ["Synonym"]

BEFORE = """
x = Placeholder : float32[2,3]
y = Inv(x)
"""

AFTER = """
x = Placeholder : float32[2,3]
y = Reciprocal(x)
"""

_NAMES = {
    "Div": "RealDiv",
    "Inv": "Reciprocal",
    "Mod": "TruncateMod",
    "Rint": "Round",
    "Round": "Rint",
    "TruncateMod": "Mod",
}


class Synonym(RewriteRule):
    """Replace an op by the one that computes the same under another name.

    Exact: the kernels are the same; for integers Div and Round are other functions and stay.
    Shapes: as they are.
    Source: TensorFlow op docs and kernel registrations of the ops.
    """

    id, name, safety = "RWS124", "synonym", Safety.EXACT
    pattern = op(tuple(_NAMES))
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=("Inv",)),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            BEFORE.replace("Inv", "Round").replace("float32", "int32"),
            lacking=("Round",),
            reason="int32",
            label="integers",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """For integers some names mean something else."""
        whole = m.root.node.op in ("Div", "Rint", "Round")
        return other_dtype(m, ("float16", *FLOATS)) if whole else None

    def build(self, m: Match, edit: GraphEditor) -> Value:
        """The op of the other name."""
        return edit.add(_NAMES[m.root.node.op], m.root.inputs, like=m.root)
