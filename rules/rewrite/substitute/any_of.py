"""Any."""

from __future__ import annotations

from linter.rules import RewriteRule, Rewritten, Safety, Untouched, op, var

__all__ = ["AnyOf"]

BEFORE = """
x = Placeholder : bool[2,3]
k = Const : int32[] = 1
y = Any(x, k) {keep_dims=true}
"""

AFTER = """
x = Placeholder : bool[2,3]
k = Const : int32[] = 1
y/LogicalNot = LogicalNot(x)
y/All = All(y/LogicalNot, k) {keep_dims=true}
y = LogicalNot(y/All)
"""


class AnyOf(RewriteRule):
    """Replace ``Any(x, axes)`` by ``LogicalNot(All(LogicalNot(x), axes))``.

    Exact: De Morgan's law; it holds for no element as well.
    Shapes: bool[...]; keep_dims stays.
    Source: TensorFlow op docs of Any and All.
    """

    id, name, safety = "RWS036", "any-of", Safety.EXACT
    pattern = op("Any", var("x"), var("axes"))
    replacement = """
    LogicalNot = LogicalNot($x)
    All = All(LogicalNot, $axes) {$root.attrs}
    LogicalNot_1 = LogicalNot(All)
    """
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=("Any",)),
        Untouched(BEFORE, label="the target takes it"),
    )
