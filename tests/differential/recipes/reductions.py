"""Reductions, normalisations, losses."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from harness.draft import Draft
from linter.graph import Value

__all__ = ["RECIPES"]

Recipe = Callable[[Draft], None]


def reduced(d: Draft) -> None:
    shape = d.dims()
    definition = d.definition(d.op)
    dtype = definition.inputs[0].type or d.dtype()
    index = definition.inputs[1].type or d.dtype("Tidx", among=("int32", "int64"))
    axes: object = [axis - d.pick((0, len(shape))) for axis in range(len(shape)) if d.chance(50)]
    if shape and d.chance(30):
        axes = d.axis(len(shape))
    if shape and d.chance(4):
        axes = [0, -len(shape)]
    d.node(d.op, d.data(shape, dtype), d.argument(np.array(axes, index), index))


def index_of_extreme(d: Draft) -> None:
    shape, index = d.dims(1, least=1), d.dtype("Tidx", among=("int32", "int64"))
    d.node(d.op, d.data(shape, d.dtype()), d.argument(d.axis(len(shape)), index))


def _image(d: Draft, text: str) -> tuple[int, ...]:
    return d.dims(len(text), len(text))


def _format(d: Draft) -> str:
    return str(d.pick(("NHWC", "NHWC", "NCHW", "NDHWC", "NCDHW")))


def normalized(d: Draft) -> None:
    """Batch normalisation; in training, mean and variance may be empty."""
    text = _format(d)
    if d.op == "_FusedBatchNormEx":
        text = d.pick(("NHWC", "NCHW"))
    shape = _image(d, text)
    if d.op == "_FusedBatchNormEx":
        shape = tuple(4 if c == "C" else size for c, size in zip(text, shape, strict=True))
    channels = shape[text.index("C")]
    definition = d.definition(d.op)
    dtype = d.dtype(among=("float32", "float32", "float16"))
    other = "float32" if "U" in definition.attrs else dtype
    training = d.chance(50)
    statistics = 0 if training and d.chance(70) else channels
    sizes = (channels, channels, statistics, statistics)
    inputs: list[Value | list[Value]] = [d.data((size,), other, 1, 2) for size in sizes]
    attrs: dict[str, object] = {}
    if d.op == "_FusedBatchNormEx":
        inputs.append([])
        attrs["activation_mode"] = "Relu"
    x = d.data(shape, dtype)
    d.outputs(d.op, x, *inputs, data_format=text, is_training=training, **attrs)


def normalized_gradient(d: Draft) -> None:
    text = _format(d)
    shape = _image(d, text)
    channels = shape[text.index("C")]
    definition = d.definition(d.op)
    dtype = d.dtype(among=("float32", "float32", "float16"))
    other = "float32" if "U" in definition.attrs else dtype
    vectors = [d.data((channels,), other, 1, 2) for _ in definition.inputs[2:]]
    d.outputs(d.op, d.data(shape, dtype), d.data(shape, dtype), *vectors, data_format=text)


def biased(d: Draft) -> None:
    shape, dtype = d.dims(2), d.dtype(among=("float32", "int32", "float64"))
    text = "NHWC" if d.op == "BiasAddV1" or d.chance(50) else "NCHW"
    channels = shape[-1] if text == "NHWC" else shape[1]
    attrs = {} if d.op == "BiasAddV1" else {"data_format": text}
    d.node(d.op, d.data(shape, dtype), d.data((channels,), dtype), **attrs)


def bias_gradient(d: Draft) -> None:
    shape, dtype = d.dims(2), d.dtype(among=("float32", "int32", "float64"))
    d.node(d.op, d.data(shape, dtype), data_format=d.pick(("NHWC", "NCHW")))


def cross_entropy(d: Draft) -> None:
    rows, classes, dtype = d.integer(0, 3), d.integer(1, 4), d.dtype()
    features = d.data((rows, classes), dtype, -2, 2)
    if d.op.startswith("Sparse"):
        index = d.dtype("Tlabels", among=("int32", "int64"))
        labels = d.tensor(d.rng.integers(0, classes, rows).astype(index), index)
    else:
        labels = d.data((rows if d.chance(70) else 1, classes), dtype, 0, 1)
    d.outputs(d.op, features, labels)


def counted(d: Draft) -> None:
    length, dtype = d.integer(0, 4), d.dtype(among=("float32", "int32", "int64"))
    entries = d.tensor(d.rng.integers(0, 5, length).astype("int32"), "int32")
    weights = d.data((length if d.chance(50) else 0,), dtype)
    d.node(d.op, entries, d.argument(d.integer(0, 5)), weights)


def histogram(d: Draft) -> None:
    dtype = d.dtype(among=("float32", "int32"))
    span = d.tensor(np.array([0, 5], dtype), dtype)
    d.node(d.op, d.data(d.dims(), dtype, 0, 5), span, d.argument(d.integer(1, 5)))


_REDUCTIONS = ("All", "Any", "EuclideanNorm", "Max", "Mean", "Min", "Prod", "ReduceJoin", "Sum")

RECIPES: Mapping[str, Recipe] = {
    **dict.fromkeys(_REDUCTIONS, reduced),
    **dict.fromkeys(("ArgMax", "ArgMin"), index_of_extreme),
    **dict.fromkeys(
        ("FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3", "_FusedBatchNormEx"), normalized
    ),
    **dict.fromkeys(
        ("FusedBatchNormGrad", "FusedBatchNormGradV2", "FusedBatchNormGradV3"), normalized_gradient
    ),
    **dict.fromkeys(("BiasAdd", "BiasAddV1"), biased),
    **dict.fromkeys(
        ("SoftmaxCrossEntropyWithLogits", "SparseSoftmaxCrossEntropyWithLogits"), cross_entropy
    ),
    "BiasAddGrad": bias_gradient,
    "Bincount": counted,
    "HistogramFixedWidth": histogram,
}
