"""Ops whose result has the shape of their first input, which others change, cut or move."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from harness.draft import Draft
from recipes.elementwise import split_in_two

__all__ = ["RECIPES"]

Recipe = Callable[[Draft], None]


def adjusted(d: Draft) -> None:
    dtype = d.dtype()
    image = d.data((*d.dims(2, 3), 3), dtype, 0, 1)
    rest = [d.data((), "float32", 0, 1) for _ in d.definition(d.op).inputs[1:]]
    d.node(d.op, image, *rest)


def quantized(d: Draft) -> None:
    """Limits are scalars, or one for each channel of an axis."""
    shape = d.dims(1)
    per_channel = d.op.endswith("PerChannel")
    size = shape[-1:] if per_channel else ()
    limits = [d.data(size, "float32", -3, -1), d.data(size, "float32", 1, 3)]
    d.node(d.op, d.data(shape, "float32"), *limits)


def quantized_back(d: Draft) -> None:
    shape, dtype = d.dims(1), d.dtype(among=("float32", "float64"))
    attrs: dict[str, object] = {}
    limit: tuple[int, ...] = ()
    if d.op != "QuantizeAndDequantize" and d.chance(30):
        axis = d.integer(0, len(shape) - 1)
        attrs["axis"], limit = axis, (shape[axis],)
    inputs = [d.data(shape, dtype, -4, 4)]
    if len(d.definition(d.op).inputs) > 1:
        inputs += [d.data(limit, dtype, -3, -1), d.data(limit, dtype, 1, 3)]
    if d.op.endswith("V3"):
        inputs.append(d.const(8, "int32"))
    d.node(d.op, *inputs, **attrs)


def band(d: Draft) -> None:
    index = d.dtype("Tindex")
    limits = [d.argument(d.integer(-1, 2), index) for _ in range(2)]
    d.node(d.op, d.data(d.dims(2), d.dtype()), *limits)


def diagonal_set(d: Draft) -> None:
    batch, rows, columns = d.dims(0, 2, least=1), d.integer(1, 4), d.integer(1, 4)
    dtype = d.dtype()
    matrix = d.data((*batch, rows, columns), dtype)
    if d.op == "MatrixSetDiag":
        d.node(d.op, matrix, d.data((*batch, min(rows, columns)), dtype))
        return
    k = d.integer(1 - rows, columns - 1)
    length = min(rows + min(k, 0), columns - max(k, 0))
    d.node(d.op, matrix, d.data((*batch, length), dtype), d.argument(k))


def printed(d: Draft) -> None:
    x = d.data(d.dims(), d.dtype())
    data = [d.data(d.dims(0, 1), d.pick(("float32", "int32"))) for _ in range(d.integer(0, 2))]
    d.node(d.op, x, data, first_n=0)


def reversed_by_flags(d: Draft) -> None:
    shape = d.dims()
    d.node(d.op, d.data(shape, d.dtype()), d.data((len(shape),), "bool"))


def reversed_axes(d: Draft) -> None:
    shape = d.dims()
    axes = [axis - d.pick((0, len(shape))) for axis in range(len(shape)) if d.chance(40)]
    index = d.dtype("Tidx")
    d.node(d.op, d.data(shape, d.dtype()), d.argument(np.array(axes, index), index))


def reversed_sequence(d: Draft) -> None:
    shape = d.dims(2)
    seq, batch = d.rng.permutation(len(shape))[:2].tolist()
    index = d.dtype("Tlen")
    lengths = d.rng.integers(0, shape[seq], shape[batch], endpoint=True)
    x = d.data(shape, d.dtype())
    d.node(d.op, x, d.tensor(lengths.astype(index), index), seq_dim=seq, batch_dim=batch)


def rolled(d: Draft) -> None:
    shape = d.dims(1)
    count = d.integer(0, 2)
    size = () if count == 0 else (count,)
    shift, axis = d.dtype("Tshift"), d.dtype("Taxis")
    axes = d.rng.integers(0, len(shape), size)
    x = d.data(shape, d.dtype())
    d.node(d.op, x, d.data(size, shift, -5, 5), d.argument(axes.astype(axis), axis))


def substring(d: Draft) -> None:
    dtype = d.dtype()
    shape, other = split_in_two(d.dims(0, 3), d)
    d.node(d.op, d.data(shape, "string"), d.data(other, dtype, 0, 0), d.data(other, dtype, 0, 1))


def scattered(d: Draft) -> None:
    """Updates at indices of some leading axes."""
    shape, depth, index = d.dims(1, least=1), 0, d.dtype("Tindices")
    depth = d.integer(1, len(shape))
    count = d.dims(0, 2)
    places = np.stack([d.rng.integers(0, size, count) for size in shape[:depth]], axis=-1).astype(
        index
    )
    dtype = d.dtype()
    updates = d.data((*count, *shape[depth:]), dtype)
    d.node(d.op, d.data(shape, dtype), d.argument(places, index), updates)


def strided_update(d: Draft) -> None:
    shape, dtype = d.dims(1, 3, least=1), d.dtype()
    index = d.dtype("Index", among=("int32", "int64"))
    count = d.integer(1, len(shape))
    begins = [d.integer(0, size - 1) for size in shape[:count]]
    bounds = [begins, [b + 1 for b in begins], [1] * count]
    value = d.data((*(1,) * count, *shape[count:]), dtype)
    x = d.data(shape, dtype)
    d.node(d.op, x, *(d.argument(np.array(b, index), index) for b in bounds), value)


def global_norm(d: Draft) -> None:
    shape, dtype = d.dims(4, 4), d.dtype()
    vectors = [d.data(shape[-1:], dtype, 1, 2) for _ in range(4)]
    d.node(d.op, d.data(shape, dtype), *vectors, variance_epsilon=0.5)


def matched_text(d: Draft) -> None:
    rest = [d.const(text, "string") for text in (b"a", b"b")[: len(d.definition(d.op).inputs) - 1]]
    d.node(d.op, d.data(d.dims(), "string"), *rest)


def along_axis(d: Draft) -> None:
    shape = d.dims(1)
    x = d.data(shape, d.dtype())
    tidx = d.dtype("Tidx")
    d.node(d.op, x, d.argument(d.axis(len(shape)), tidx))


_QUANTIZED_BACK = (
    "QuantizeAndDequantize", "QuantizeAndDequantizeV2", "QuantizeAndDequantizeV3",
    "QuantizeAndDequantizeV4",
)  # fmt: skip
_SCATTERS = (
    "TensorScatterAdd", "TensorScatterMax", "TensorScatterMin", "TensorScatterSub",
    "TensorScatterUpdate",
)  # fmt: skip

RECIPES: Mapping[str, Recipe] = {
    **dict.fromkeys(_QUANTIZED_BACK, quantized_back),
    **dict.fromkeys(_SCATTERS, scattered),
    **dict.fromkeys(
        ("AdjustContrast", "AdjustContrastv2", "AdjustHue", "AdjustSaturation"), adjusted
    ),
    **dict.fromkeys(("Cumprod", "Cumsum", "CumulativeLogsumexp"), along_axis),
    **dict.fromkeys(("FakeQuantWithMinMaxVars", "FakeQuantWithMinMaxVarsPerChannel"), quantized),
    **dict.fromkeys(("MatrixSetDiag", "MatrixSetDiagV2", "MatrixSetDiagV3"), diagonal_set),
    **dict.fromkeys(("RegexFullMatch", "RegexReplace"), matched_text),
    "BatchNormWithGlobalNormalization": global_norm,
    "MatrixBandPart": band,
    "Print": printed,
    "Reverse": reversed_by_flags,
    "ReverseSequence": reversed_sequence,
    "ReverseV2": reversed_axes,
    "Roll": rolled,
    "Substr": substring,
    "TensorStridedSliceUpdate": strided_update,
}
