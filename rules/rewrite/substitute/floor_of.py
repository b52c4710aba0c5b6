"""Floor."""

from __future__ import annotations

from linter.rules import Match, Refusal, RewriteRule, Rewritten, Safety, Untouched, op, var

__all__ = ["FloorOf"]

BEFORE = """
x = Placeholder : float32[2,3]
y = Floor(x)
"""

AFTER = """
x = Placeholder : float32[2,3]
y/one = Const : float32[] = 1.0
y = FloorDiv(x, y/one)
"""


class FloorOf(RewriteRule):
    """Replace ``Floor(x)`` by ``FloorDiv(x, 1)``.

    Exact: FloorDiv of floating point is floor(x / z), and x / 1 is x.
    Shapes: T[...] in and out.
    Source: TensorFlow op docs of Floor and FloorDiv; cwise_ops.h, google_floor_div_real.
    """

    id, name, safety = "RWS037", "floor-of", Safety.EXACT
    pattern = op("Floor", var("x"))
    replacement = """
    one = Const : $root.dtype[] = 1.0
    FloorDiv = FloorDiv($x, one)
    """
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=("Floor",)),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            "x = Unheard\ny = Floor(x)", lacking=("Floor",), reason="dtype", label="no dtype"
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """The dtype must be known."""
        return m.refuse("its dtype is unknown") if m.root.dtype is None else None
