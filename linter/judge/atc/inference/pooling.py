"""Pooling and normalisation. A window that is larger than its input passes.

Source: canndev, ops/built-in/op_proto/nn_pooling_ops.cc and nn_norm_ops.cc.
"""

from __future__ import annotations

from linter.infer.windows import layout_of
from linter.judge.atc.inference.demands import (
    VECTOR,
    attribute,
    differ,
    misshapen,
    ranked,
    same_dtypes,
    shown,
    wrong,
)
from linter.judge.atc.inference.operator import GeOperator, Refused

__all__ = ["avg_pool", "max_pool", "max_pool_3d", "max_pool_with_argmax", "softmax_cross_entropy"]

_PADDINGS = ("SAME", "VALID")


def max_pool(op: GeOperator) -> Refused | None:
    """MaxPool: MaxPoolVerify, MaxPoolInferShape."""
    return _window(op) or _refused_padding(op) or _moving(op)


def avg_pool(op: GeOperator) -> Refused | None:
    """AvgPool: AvgPoolVerify, AvgPoolInferShape."""
    return ranked(op.inputs[:1], (4,), VECTOR) or _window(op) or _refused_padding(op)


def max_pool_with_argmax(op: GeOperator) -> Refused | None:
    """MaxPoolWithArgmax: MaxPoolWithArgmaxInferShape."""
    refused = _window(op) or _refused_padding(op)
    window = op.integers("ksize")
    if refused is not None or window is None:
        return refused
    if window[1] * window[2] > 255:
        return wrong(op, "ksize", "the window must have 255 elements or less", VECTOR)
    data = op.inputs[0]
    sizes = (data.size(1), data.size(2))
    too_large = any(
        size is not None and extent > size for extent, size in zip(window[1:3], sizes, strict=True)
    )
    if op.text("padding") == "VALID" and too_large:
        seen = f"the window {shown(window)} is larger than input {data.name!r}, {shown(data.dims)}"
        return misshapen(data, "it must fit without padding", VECTOR, seen=seen)
    return None


def max_pool_3d(op: GeOperator) -> Refused | None:
    """MaxPool3D: MaxPool3DInferShape."""
    return (
        ranked(op.inputs[:1], (5,), VECTOR)
        or attribute(op, "ksize", VECTOR, (1, 3, 5))
        or attribute(op, "strides", VECTOR, (1, 3, 5))
        or _refused_padding(op)
    )


def softmax_cross_entropy(op: GeOperator) -> Refused | None:
    """SoftmaxCrossEntropyWithLogits: its Verify and InferShape."""
    features, labels = op.inputs[:2]
    refused = same_dtypes((features, labels), VECTOR)
    for axis in range(2):
        sizes = (features.size(axis), labels.size(axis))
        if refused is None and features.rank == labels.rank == 2 and differ(*sizes):
            if 0 in sizes or 1 in sizes:
                continue
            seen = f"inputs {features.name!r} and {labels.name!r} are {shown(features.dims)} and "
            seen += shown(labels.dims)
            return misshapen(labels, f"the sizes of axis {axis} must be equal", VECTOR, seen=seen)
    return refused


def _window(op: GeOperator) -> Refused | None:
    """Four sizes and four strides, and no pooling over batch or channels."""
    refused = attribute(op, "ksize", VECTOR, (4,)) or attribute(op, "strides", VECTOR, (4,))
    layout = layout_of(op.text("data_format") or "NHWC")
    if refused is not None or layout is None:
        return refused
    for name in ("ksize", "strides"):
        found = op.integers(name) or (1, 1, 1, 1)
        if found[layout.batch] != 1 or found[layout.channel] != 1:
            return wrong(op, name, "the entries of batch and channels must be 1", VECTOR)
    return None


def _moving(op: GeOperator) -> Refused | None:
    strides, layout = op.integers("strides"), layout_of(op.text("data_format") or "NHWC")
    if strides is None or layout is None or all(strides[axis] for axis in layout.spatial):
        return None
    return wrong(op, "strides", "its spatial entries must not be 0", VECTOR)


def _refused_padding(op: GeOperator) -> Refused | None:
    if op.text("padding") in _PADDINGS:
        return None
    return wrong(op, "padding", "it must be SAME or VALID", VECTOR)
