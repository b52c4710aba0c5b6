"""Batch normalisation by constants."""

from __future__ import annotations

from linter.rules import (
    GraphEditor,
    Match,
    Refusal,
    RewriteRule,
    Rewritten,
    Safety,
    Untouched,
    Value,
    op,
)
from rules.rewrite.support.folding import is_foldable
from rules.rewrite.support.normalization import NORMALIZATIONS, Normalization, read_normalization

__all__ = ["ConstantBatchNorm"]

BEFORE = """
x = Placeholder : float32[1,2,2,3]
gamma = Const : float32[3] = [2.0, 1.0, 4.0]
beta = Const : float32[3] = [0.5, 1.0, 0.0]
mean = Const : float32[3] = [1.0, 2.0, -1.0]
variance = Const : float32[3] = [0.25, 1.0, 4.0]
y = BatchNormWithGlobalNormalization(x, mean, variance, beta, gamma) {ATTRS}
""".replace("ATTRS", "variance_epsilon=0.0, scale_after_normalization=true")

AFTER = """
x = Placeholder : float32[1,2,2,3]
y/factor = Const : float32[3] = [4.0, 1.0, 2.0]
y/summand = Const : float32[3] = [-3.5, -1.0, 2.0]
y/Mul = Mul(x, y/factor)
y = Add(y/Mul, y/summand)
"""

UNSCALED = BEFORE.replace("=true", "=false")

UNSCALED_AFTER = """
x = Placeholder : float32[1,2,2,3]
y/factor = Const : float32[3] = [2.0, 1.0, 0.5]
y/summand = Const : float32[3] = [-1.5, -1.0, 0.5]
y/Mul = Mul(x, y/factor)
y = Add(y/Mul, y/summand)
"""

LACKING = ("BatchNormWithGlobalNormalization",)


class ConstantBatchNorm(RewriteRule):
    """Replace a batch normalisation with constant statistics by a product and a sum.

    Tolerance: factor and summand are worked out in float64 and rounded once.
    Shapes: T[...] of any rank in and out, the channels last or, in NCHW and NCDHW, second.
    Source: TensorFlow op docs of the normalisations; public rewrite recipes.
    """

    id, name, safety = "RWS173", "constant-batch-norm", Safety.TOLERANCE
    rtol, atol = 1e-4, 1e-4
    pattern = op(NORMALIZATIONS)
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=LACKING, label="scaled"),
        Rewritten(UNSCALED, after=UNSCALED_AFTER, lacking=LACKING, label="without a scale"),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            BEFORE.replace("float32[1,2,2,3]", "float32"),
            lacking=LACKING,
            reason="rank",
            label="rank unknown",
        ),
        Untouched(
            BEFORE.replace(
                "mean = Const : float32[3] = [1.0, 2.0, -1.0]", "mean = Placeholder : float32[3]"
            ),
            lacking=LACKING,
            reason="mean:0 is not constant",
            label="statistics are data",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """Constant statistics and output 0 only."""
        norm = read_normalization(m.root)
        if isinstance(norm, str):
            return m.refuse(norm)
        if norm.training:
            return m.refuse("is_training is not false")
        for part in norm.parameters:
            if not is_foldable(part):
                return m.refuse(f"{part} is not constant")
        if others := [port for port in m.used_outputs() if port]:
            return m.refuse(f"output {others[0]} is read")
        return m.refuse("its dtype is unknown") if m.root.dtype is None else None

    def build(self, m: Match, edit: GraphEditor) -> Value:
        """The product with the factor and the sum with the summand."""
        norm = read_normalization(m.root)
        assert isinstance(norm, Normalization)  # the guard has looked
        factor, summand = norm.affine()
        shape = norm.spread_shape(len(summand))
        parts = [
            edit.const(part.tolist(), str(m.root.dtype), shape=shape, name=name)
            for name, part in (("factor", factor), ("summand", summand))
        ]
        return edit.add("Add", [edit.add("Mul", [norm.source, parts[0]]), parts[1]])
