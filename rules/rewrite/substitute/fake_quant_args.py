"""FakeQuantWithMinMaxArgs."""

from __future__ import annotations

from linter.rules import Match, Refusal, RewriteRule, Rewritten, Safety, Untouched, op, var

__all__ = ["FakeQuantArgs"]

BEFORE = """
x = Placeholder : float32[2,3]
y = FakeQuantWithMinMaxArgs(x) {min=-1.0, max=1.0, num_bits=8, narrow_range=true}
"""

AFTER = """
x = Placeholder : float32[2,3]
y/min = Const : float32[] = -1.0
y/max = Const : float32[] = 1.0
y = FakeQuantWithMinMaxVars(x, y/min, y/max) {narrow_range=true, num_bits=8}
"""


class FakeQuantArgs(RewriteRule):
    """Replace FakeQuantWithMinMaxArgs by FakeQuantWithMinMaxVars with constants.

    Tolerance: both round to the same steps, but not in the same order of operations; a value just
        between two steps may go to the other one, so that steps wider than ``atol`` are refused.
    Shapes: float32[...] in and out.
    Source: TensorFlow op docs of both; fake_quant_ops_functor.h.
    """

    id, name, safety = "RWS057", "fake-quant-args", Safety.TOLERANCE
    rtol, atol = 1e-6, 0.05
    pattern = op("FakeQuantWithMinMaxArgs", var("x"))
    replacement = """
    min = Const : float32[] = $root.attr.min
    max = Const : float32[] = $root.attr.max
    FakeQuantWithMinMaxVars = FakeQuantWithMinMaxVars($x, min, max) {
        narrow_range=$root.attr.narrow_range, num_bits=$root.attr.num_bits}
    """
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=("FakeQuantWithMinMaxArgs",)),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            BEFORE.replace("}", ", num_bits=4}"),
            lacking=("FakeQuantWithMinMaxArgs",),
            reason="apart",
            label="wide steps",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """Steps that are not wider than the tolerance."""
        attrs = m.root.attrs
        count = (1 << attrs["num_bits"]) - 1 - int(attrs["narrow_range"])
        step = (attrs["max"] - attrs["min"]) / count
        return None if step <= self.atol else m.refuse(f"the steps are {step:g} apart")
