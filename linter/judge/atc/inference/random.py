"""Operators whose outputs are sized by inputs that must be constants.

Source: canndev, ops/built-in/op_proto/random_ops.cc, stateless_random_ops.cc, math_ops.cc,
nn_pooling_ops.cc and candidate_sampling_ops.cc.
"""

from __future__ import annotations

from linter.judge.atc.inference.demands import (
    AICPU,
    at_least,
    constant,
    misshapen,
    ranked,
    same_dtypes,
    shown,
    sized,
    stated,
    wrong,
)
from linter.judge.atc.inference.operator import Aspect, GeOperator, Refused

__all__ = [
    "candidate_sampler",
    "histogram",
    "multinomial",
    "nth_element",
    "random_floats",
    "random_poisson",
    "random_uniform_int",
    "stateless_random_uniform_int",
]

_FLOATS = ("float16", "float32", "float64")


def random_poisson(op: GeOperator) -> Refused | None:
    """RandomPoisson: RandomPoissonInfer."""
    return constant(op.inputs[:1], AICPU)


def random_uniform_int(op: GeOperator) -> Refused | None:
    """RandomUniformInt: RandomUniformIntInfer."""
    return ranked(op.inputs[1:3], (0,), AICPU) or constant(op.inputs[:1], AICPU)


def random_floats(op: GeOperator) -> Refused | None:
    """RandomUniform and RandomStandardNormal: RandomShapeWithDataType; the shape may be data."""
    dtype = op.text("dtype")
    if dtype is None or dtype in _FLOATS:
        return None
    accepted = "it must be float16, float32 or float64"
    return Refused(Aspect.DTYPE, AICPU, f"attribute 'dtype' is {dtype}", accepted)


def stateless_random_uniform_int(op: GeOperator) -> Refused | None:
    """StatelessRandomUniformInt: StatelessRandomUniformIntInfer."""
    seeds = op.inputs[1:2]
    return (
        ranked(op.inputs[2:4], (0,), AICPU)
        or ranked(seeds, (1,), AICPU)
        or next((refused for seed in seeds if (refused := sized(seed, 0, 2, AICPU))), None)
        or constant(op.inputs[:1], AICPU)
    )


def multinomial(op: GeOperator) -> Refused | None:
    """Multinomial: MultinomialInfer."""
    return (
        ranked(op.inputs[:1], (2,), AICPU)
        or ranked(op.inputs[1:2], (0,), AICPU)
        or constant(op.inputs[1:2], AICPU)
    )


def nth_element(op: GeOperator) -> Refused | None:
    """NthElement: NthElementInfer."""
    data, place = op.inputs[:2]
    refused = at_least((data,), 1, AICPU) or constant((place,), AICPU)
    found, extent = place.integers, data.size(-1)
    if refused is not None or not found or extent is None or found[0] < extent:
        return refused
    seen = f"element {found[0]} of input {data.name!r} with the shape {shown(data.dims)} is asked"
    return misshapen(data, f"it must be below {extent}", AICPU, seen=f"{seen} for")


def histogram(op: GeOperator) -> Refused | None:
    """HistogramFixedWidth: HistogramFixedWidthVerify, HistogramFixedWidthInferShape."""
    dtype = op.text("dtype")
    if dtype not in (None, "int32"):
        accepted = "it must be int32"
        return Refused(Aspect.DTYPE, AICPU, f"attribute 'dtype' is {dtype}", accepted)
    return same_dtypes(op.at(0, 1), AICPU) or constant(op.inputs[2:3], AICPU)


def candidate_sampler(op: GeOperator) -> Refused | None:
    """LogUniformCandidateSampler and its kin: CandidateSamplerShape."""
    for name in ("num_true", "num_sampled", "range_max"):
        refused = stated(op, name, AICPU)
        if refused is None and (op.integer(name) or 0) < 1:
            refused = wrong(op, name, "it must be positive", AICPU)
        if refused is not None:
            return refused
    return ranked(op.inputs[:1], (2,), AICPU)
