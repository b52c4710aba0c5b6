"""LeakyRelu."""

from __future__ import annotations

from linter.rules import Match, Refusal, RewriteRule, Rewritten, Safety, Untouched, op, var

__all__ = ["LeakyRelu"]

BEFORE = """
x = Placeholder : float32[2,3]
y = LeakyRelu(x) {alpha=0.25}
"""

AFTER = """
x = Placeholder : float32[2,3]
y/alpha = Const : float32[] = 0.25
y/Mul = Mul(y/alpha, x)
y = Maximum(y/Mul, x)
"""


_SMALLEST = 2.0**-14
"""The smallest normal number of half precision: no share above it becomes 0."""


class LeakyRelu(RewriteRule):
    """Replace ``LeakyRelu(x)`` by ``Maximum(alpha * x, x)``.

    Exact: for a share above 0 and up to 1 the larger one is x above 0 and alpha * x below.
    Shapes: T[...] in and out.
    Source: TensorFlow op docs of LeakyRelu; older TensorFlow wrote it so.
    """

    id, name, safety = "RWS049", "leaky-relu", Safety.EXACT
    pattern = op("LeakyRelu", var("x"))
    replacement = """
    alpha = Const : $root.dtype[] = $root.attr.alpha
    Mul = Mul(alpha, $x)
    Maximum = Maximum(Mul, $x)
    """
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=("LeakyRelu",)),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            BEFORE.replace("0.25", "1.5"), lacking=("LeakyRelu",), reason="1.5", label="steeper"
        ),
        Untouched(BEFORE.replace("0.25", "0.0"), lacking=("LeakyRelu",), reason="0", label="flat"),
    )

    def guard(self, m: Match) -> Refusal | None:
        """The share must be between 0 and 1; infinity times 0 is no number."""
        alpha = m.root.attrs["alpha"]
        return None if _SMALLEST <= alpha <= 1.0 else m.refuse(f"alpha is {alpha:g}")
