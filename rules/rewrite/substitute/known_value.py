"""A node whose value follows from shapes and constants."""

from __future__ import annotations

from linter.rules import Rewritten, Safety, Untouched
from rules.rewrite.support.constants import KNOWN, ConstantNode

__all__ = ["KnownValue"]

BEFORE = """
x = Placeholder : float32[2,3]
r = Rank(x)
y = ExpandDims(x, r)
"""

AFTER = """
x = Placeholder : float32[2,3]
r = Const : int32[] = 2
y = ExpandDims(x, r)
"""

UNKNOWN = """
x = Placeholder : float32
r = Rank(x)
y = ExpandDims(x, r)
"""


class KnownValue(ConstantNode):
    """Replace a node by a constant when its value is the same on every run.

    Exact: integers and booleans only; dimension arithmetic does not round.
    Shapes: the constant has the shape of the value.
    Source: TensorFlow op docs of the ops that shape inference follows.
    """

    id, name, safety = "RWS005", "known-value", Safety.EXACT
    source = KNOWN
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=("Rank",)),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(UNKNOWN, lacking=("Rank",), label="the value is not known"),
    )
