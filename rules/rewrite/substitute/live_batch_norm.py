"""Batch normalisation by statistics that are data."""

from __future__ import annotations

from linter.rules import (
    BoundValue,
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
from rules.rewrite.support.normalization import NORMALIZATIONS, Normalization, read_normalization

__all__ = ["LiveBatchNorm"]

BEFORE = """
x = Placeholder : float32[1,2,2,3]
gamma = Placeholder : float32[3]
beta = Placeholder : float32[3]
mean = Placeholder : float32[3]
variance = Const : float32[3] = [0.25, 1.0, 4.0]
y = BatchNormWithGlobalNormalization(x, mean, variance, beta, gamma) {ATTRS}
""".replace("ATTRS", "variance_epsilon=0.0, scale_after_normalization=true")

AFTER = """
x = Placeholder : float32[1,2,2,3]
gamma = Placeholder : float32[3]
beta = Placeholder : float32[3]
mean = Placeholder : float32[3]
variance = Const : float32[3] = [0.25, 1.0, 4.0]
y/epsilon = Const : float32[] = 0.0
y/Add = Add(variance, y/epsilon)
y/Rsqrt = Rsqrt(y/Add)
y/Mul = Mul(y/Rsqrt, gamma)
y/Sub = Sub(x, mean)
y/Mul_1 = Mul(y/Sub, y/Mul)
y = Add(y/Mul_1, beta)
"""

TRAINING = """
x = Placeholder : float32[2,2,2,3]
gamma = Const : float32[3] = [2.0, 1.0, 4.0]
beta = Const : float32[3] = [0.5, 1.0, 0.0]
none = Const : float32[0] = []
n = FusedBatchNormV3(x, gamma, beta, none, none) {epsilon=0.5, is_training=true}
y = Relu(n)
"""

TRAINING_AFTER = """
x = Placeholder : float32[2,2,2,3]
gamma = Const : float32[3] = [2.0, 1.0, 4.0]
beta = Const : float32[3] = [0.5, 1.0, 0.0]
n/axes = Const : int32[3] = [0, 1, 2]
n/Mean = Mean(x, n/axes) {keep_dims=false}
n/Sub = Sub(x, n/Mean)
n/Mul = Mul(n/Sub, n/Sub)
n/Mean_1 = Mean(n/Mul, n/axes) {keep_dims=false}
n/epsilon = Const : float32[] = 0.5
n/Add = Add(n/Mean_1, n/epsilon)
n/Rsqrt = Rsqrt(n/Add)
n/Mul_1 = Mul(n/Rsqrt, gamma)
n/Sub_1 = Sub(x, n/Mean)
n/Mul_2 = Mul(n/Sub_1, n/Mul_1)
n = Add(n/Mul_2, beta)
y = Relu(n)
"""

LACKING = ("BatchNormWithGlobalNormalization", "FusedBatchNormV3")


class LiveBatchNorm(RewriteRule):
    """Replace a batch normalisation by the arithmetic that it stands for.

    Tolerance: the same sums and products in another order.
    Shapes: T[...] of known rank; in training every size is known.
    Source: TensorFlow op docs of the normalisations.
    """

    id, name, safety = "RWS174", "live-batch-norm", Safety.TOLERANCE
    rtol, atol = 1e-3, 1e-3
    pattern = op(NORMALIZATIONS)
    examples = (
        Rewritten(BEFORE, after=AFTER, lacking=LACKING, label="statistics given"),
        Rewritten(TRAINING, after=TRAINING_AFTER, lacking=LACKING, label="training"),
        Untouched(BEFORE, label="the target takes it"),
        Untouched(
            BEFORE.replace("float32[1,2,2,3]", "float32"),
            lacking=LACKING,
            reason="rank",
            label="rank unknown",
        ),
        Untouched(
            TRAINING.replace("Relu(n)", "Relu(n:1)"),
            lacking=LACKING,
            reason="output 1",
            label="the statistics are read",
        ),
        Untouched(
            TRAINING.replace("float32[2,2,2,3]", "float16[2,2,2,3]"),
            lacking=LACKING,
            reason="float16",
            label="two dtypes",
        ),
        Untouched(
            BEFORE.replace("float32", "int32").replace("[0.25, 1.0, 4.0]", "1"),
            lacking=LACKING,
            reason="int32",
            label="integers",
        ),
    )

    def guard(self, m: Match) -> Refusal | None:
        """One dtype, output 0 only, and known sizes where they count."""
        norm = read_normalization(m.root)
        if isinstance(norm, str):
            return m.refuse(norm)
        if others := [port for port in m.used_outputs() if port]:
            return m.refuse(f"output {others[0]} is read")
        kinds = {part.dtype for part in (norm.source, *norm.parameters)}
        if len(kinds) != 1 or None in kinds:
            return m.refuse(f"its inputs are {', '.join(sorted(map(str, kinds)))}")
        if "float" not in str(m.root.dtype):
            return m.refuse(f"its inputs are {m.root.dtype}")
        if norm.training and norm.source.static_shape is None:
            return m.refuse("it trains on a shape that is not known")
        return None

    def build(self, m: Match, edit: GraphEditor) -> Value:
        """The difference from the mean times the scaled inverse deviation, plus the offset."""
        norm = read_normalization(m.root)
        assert isinstance(norm, Normalization)  # the guard has looked
        dtype = str(m.root.dtype)
        mean, variance = _batch(norm, edit) if norm.training else _given(norm, edit)
        epsilon = edit.const(norm.epsilon, dtype, name="epsilon")
        inverse = edit.add("Rsqrt", [edit.add("Add", [variance, epsilon])])
        if norm.scale is not None:
            inverse = edit.add("Mul", [inverse, norm.spread(edit, norm.scale)])
        centred = edit.add("Sub", [norm.source, mean])
        scaled = edit.add("Mul", [centred, inverse])
        return edit.add("Add", [scaled, norm.spread(edit, norm.offset)])


def _given(norm: Normalization, edit: GraphEditor) -> tuple[Value | BoundValue, Value | BoundValue]:
    return norm.spread(edit, norm.mean), norm.spread(edit, norm.variance)


def _batch(norm: Normalization, edit: GraphEditor) -> tuple[Value, Value]:
    """Mean and variance of the source over all axes but the channels, which stay in place."""
    rank = norm.source.rank or 0
    others = tuple(axis for axis in range(rank) if axis != norm.axis)
    axes = edit.const(others, "int32", name="axes")
    whole = norm.axis != rank - 1
    mean = edit.add("Mean", [norm.source, axes], {"keep_dims": whole})
    centred = edit.add("Sub", [norm.source, mean])
    square = edit.add("Mul", [centred, centred])
    return mean, edit.add("Mean", [square, axes], {"keep_dims": whole})
