"""A node whose value follows from shapes and constants."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linter.results.finding import Safety
from linter.rules import RewriteRule
from linter.rules.examples import Rewritten, Untouched
from linter.rules.match import op

if TYPE_CHECKING:
    from linter.graph import Value
    from linter.rules.edit import GraphEditor
    from linter.rules.match import Match, Refusal

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

_EXACT = frozenset({"bool", "int8", "uint8", "int16", "uint16", "int32", "int64"})
_LEFT_ALONE = frozenset(
    {"Const", "Enter", "Exit", "LoopCond", "Merge", "NextIteration", "Placeholder", "Switch"}
)


class KnownValue(RewriteRule):
    """Replace a node by a constant when its value is the same on every run.

    Exact: integers and booleans only; dimension arithmetic does not round.
    Shapes: the constant has the shape of the value.
    Source: TensorFlow op docs of the ops that shape inference follows.
    """

    id, name, safety = "RWS005", "known-value", Safety.EXACT
    early = True
    pattern = op(())
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=("Rank",)),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(UNKNOWN, lacking=("Rank",), label="the value is not known"),
    )

    def guard(self, m: Match) -> Refusal | None:
        """Every output in use must be known."""
        if m.root.node.op in _LEFT_ALONE:
            return m.refuse("")
        for port in m.used_outputs():
            value = m.root.output(port)
            if value.dtype not in _EXACT or value.constant is None:
                return m.refuse("")
        return None

    def build(self, m: Match, edit: GraphEditor) -> tuple[Value, ...]:
        """One constant for each output in use."""
        last = max(m.used_outputs(), default=0)
        return tuple(_const(m, edit, port) for port in range(last + 1))


def _const(m: Match, edit: GraphEditor, port: int) -> Value:
    known = m.root.output(port).constant
    if known is None:
        return m.root.value
    return edit.const(known.values, known.dtype, shape=known.shape)
