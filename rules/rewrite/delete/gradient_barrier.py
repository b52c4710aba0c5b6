"""StopGradient and PreventGradient, which mean nothing without training."""

from __future__ import annotations

from linter.rules import RewriteRule, Rewritten, Safety, Untouched, op, var

__all__ = ["GradientBarrier"]

BEFORE = """
x = Placeholder : float32[2]
s = StopGradient(x)
y = Relu(s)
"""

AFTER = """
x = Placeholder : float32[2]
y = Relu(x)
"""

FETCHED = """
x = Placeholder : float32[2]
r = Relu(x)
y = PreventGradient(r)
"""

FETCHED_AFTER = """
x = Placeholder : float32[2]
r = Relu(x)
y = Identity(r)
"""


class GradientBarrier(RewriteRule):
    """Replace ``StopGradient(x)`` and ``PreventGradient(x)`` by ``x``.

    Exact: both return their input as it is; they act on gradients only.
    Shapes: T[...] in and out.
    Source: TensorFlow op docs of StopGradient and PreventGradient.
    """

    id, name, safety = "RWD009", "gradient-barrier", Safety.EXACT
    early = True
    pattern = op(("StopGradient", "PreventGradient"), var("x"))
    replacement = "-> $x"
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=("StopGradient",)),
        Rewritten(
            FETCHED, after=FETCHED_AFTER, lacking=("PreventGradient",), label="keeps a fetched name"
        ),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            FETCHED,
            lacking=("PreventGradient", "Identity"),
            reason="does not take the replacement",
            label="a fetched name without Identity",
        ),
    )
