"""Print, which passes its first input on."""

from __future__ import annotations

from linter.rules import RewriteRule, Rewritten, Safety, Untouched, op, var

__all__ = ["PrintNode"]

BEFORE = """
x = Placeholder : float32[2]
s = Sum(x, k)
k = Const : int32[] = 0
p = Print(x, s) {U=[float32]}
y = Relu(p)
"""

AFTER = """
x = Placeholder : float32[2]
y = Relu(x)
"""


class PrintNode(RewriteRule):
    """Replace ``Print(x, data...)`` by ``x``; what only the message needs goes too.

    Exact: Print returns its first input as it is.
    Shapes: T[...] in and out.
    Source: TensorFlow op docs of Print.
    """

    id, name, safety = "RWD004", "print-node", Safety.EXACT
    early = True
    always = True
    pattern = op("Print", var("x"), ...)
    replacement = "-> $x"
    examples = (
        Rewritten(BEFORE, after=AFTER),
        Untouched("x = Placeholder : float32[2]\ny = Relu(x)", label="no Print"),
    )
