"""CheckNumerics, which passes finite tensors on."""

from __future__ import annotations

from linter.rules import RewriteRule, Rewritten, Safety, Untouched, op, var

__all__ = ["CheckNumerics"]

BEFORE = """
x = Placeholder : float32[2]
c = CheckNumerics(x) {message="not finite"}
y = Relu(c)
"""

AFTER = """
x = Placeholder : float32[2]
y = Relu(x)
"""


class CheckNumerics(RewriteRule):
    """Replace ``CheckNumerics(x)`` by ``x``.

    Exact: a finite tensor passes unchanged; any other stops TensorFlow.
    Shapes: T[...] in and out.
    Source: TensorFlow op docs of CheckNumerics and CheckNumericsV2.
    """

    id, name, safety = "RWD008", "check-numerics", Safety.EXACT
    early = True
    pattern = op(("CheckNumerics", "CheckNumericsV2"), var("x"))
    replacement = "-> $x"
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=("CheckNumerics",)),
        Untouched(BEFORE, label="the target takes it"),
    )
