"""PlaceholderWithDefault that nobody feeds."""

from __future__ import annotations

from linter.rules import RewriteRule, Rewritten, Safety, Untouched, op, var

__all__ = ["UnfedDefault"]

BEFORE = """
x = Placeholder : float32[2]
d = Const : float32[] = 0.5
p = PlaceholderWithDefault(d) : float32[]
y = Mul(x, p)
"""

AFTER = """
x = Placeholder : float32[2]
d = Const : float32[] = 0.5
y = Mul(x, d)
"""


class UnfedDefault(RewriteRule):
    """Replace a PlaceholderWithDefault by its default.

    Exact: the input takes its default whenever it is not fed.
    Shapes: T[...] in and out; the default has the more definite shape.
    Source: TensorFlow op docs of PlaceholderWithDefault; atc removes it likewise.
    Notes: an input that ``--input-shape`` names stays one.
    """

    id, name, safety = "RWS003", "unfed-default", Safety.EXACT
    early = True
    pattern = op("PlaceholderWithDefault", var("default"))
    replacement = "-> $default"
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=("PlaceholderWithDefault",)),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            BEFORE,
            lacking=("PlaceholderWithDefault", "Identity"),
            outputs=("p", "y"),
            reason="does not take the replacement",
            label="fetched, without Identity",
        ),
    )
