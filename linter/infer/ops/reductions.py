"""Reductions, normalisations, losses."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from linter.infer.axes import axes_in, axis_in, reduced, removed, replaced
from linter.infer.dims import Dims, Outputs, broadcast, refine, refine_axis, unknown_of_rank
from linter.infer.numbers import INTEGERS, in_dtype
from linter.infer.ops.elementwise import same
from linter.infer.tensors import Tensor
from linter.infer.view import Found, Semantics, View
from linter.infer.windows import channel_axis, layout_of

__all__ = ["OPS"]


def _reduce(view: View) -> Outputs:
    dims, axes = view.shape(0), view.integers(1)
    keep = view.flag("keep_dims")
    if dims is None:
        return ()
    if axes is None or None in axes:
        return (unknown_of_rank(len(dims)),) if keep else ()
    gone = axes_in(axes, len(dims))
    return (reduced(dims, gone, keep=keep),) if gone is not None else ()


def _reduced(
    fold: Callable[[Iterable[Any]], Any], *, dtypes: frozenset[str]
) -> Callable[[View], Found]:
    def values(view: View) -> Found:
        known, axes = view.value(0), view.integers(1)
        if known is None or axes is None or known.dtype not in dtypes or not known.values:
            return ()
        gone = axes_in(axes, len(known.shape))
        if gone is None:
            return ()
        dtype, groups = view.out_dtype(), _groups(known, gone)
        return (tuple(None if None in g else in_dtype(fold(g), dtype) for g in groups),)

    return values


def _groups(known: Tensor, axes: frozenset[int]) -> list[list[Any]]:
    """The elements that each output element is made of, in output order."""
    groups: dict[tuple[int, ...], list[Any]] = {}
    place = [0] * len(known.shape)
    for element in known.values:
        kept = tuple(index for axis, index in enumerate(place) if axis not in axes)
        groups.setdefault(kept, []).append(element)
        for axis in range(len(place) - 1, -1, -1):
            place[axis] += 1
            if place[axis] < known.shape[axis]:
                break
            place[axis] = 0
    return list(groups.values())


def _running_sum(view: View) -> Found:
    known = view.value(0)
    if known is None or len(known.shape) != 1 or known.dtype not in INTEGERS:
        return ()
    if view.flag("exclusive") or view.flag("reverse"):
        return ()
    dtype = view.out_dtype()
    total: Any = 0
    found: list[Any] = []
    for element in known.values:
        total = None if total is None or element is None else in_dtype(total + element, dtype)
        found.append(total)
    return (tuple(found),)


def _arg(view: View) -> Outputs:
    dims, axis = view.shape(0), view.scalar(1)
    if dims is None:
        return ()
    if axis is None:
        return (unknown_of_rank(max(0, len(dims) - 1)),)
    place = axis_in(axis, len(dims))
    return (removed(dims, place),) if place is not None else ()


def _fused_batch_norm(view: View) -> Outputs:
    dims = view.shape(0)
    text = view.text("data_format") or "NHWC"
    channel = _channel(text, dims)
    for slot in range(1, 5):
        size = view.axis(slot, 0)
        # An empty mean or variance is how a training graph says that there is none.
        channel = refine_axis(channel, size or None)
    vector: Dims = (channel,)
    layout = layout_of(text)
    if dims is None and layout is not None:
        dims = (None,) * layout.rank
    if dims is not None and layout is not None and len(dims) == layout.rank:
        dims = replaced(dims, layout.channel, channel)
    return (dims, vector, vector, vector, vector)


def _channel(text: str, dims: Dims) -> int | None:
    layout = layout_of(text)
    if layout is None or dims is None or len(dims) != layout.rank:
        return None
    return dims[layout.channel]


def _fused_batch_norm_gradient(view: View) -> Outputs:
    dims = refine(view.shape(1), view.shape(0))
    channel = _channel(view.text("data_format") or "NHWC", dims)
    channel = refine_axis(channel, view.axis(2, 0))
    return (dims, (channel,), (channel,))


def _bias_add(view: View) -> Outputs:
    dims = view.shape(0)
    if not dims:
        return ()
    axis = channel_axis(view.text("data_format"), len(dims))
    return (replaced(dims, axis, refine_axis(dims[axis], view.axis(1, 0))),)


def _bias_add_gradient(view: View) -> Outputs:
    dims = view.shape(0)
    if not dims:
        return ((None,),)
    return ((dims[channel_axis(view.text("data_format"), len(dims))],),)


def _cross_entropy(view: View) -> Outputs:
    dims = broadcast(view.shape(0), view.shape(1))
    if dims is None or len(dims) != 2:
        return ((None,), (None, None))
    return ((dims[0],), dims)


def _sparse_cross_entropy(view: View) -> Outputs:
    features, labels = view.shape(0), view.shape(1)
    batch = refine_axis(view.axis(0, 0), view.axis(1, 0))
    if features is None or len(features) != 2 or (labels is not None and len(labels) != 1):
        return ((batch,),)
    return ((batch,), (batch, features[1]))


def _bincount(view: View) -> Outputs:
    return ((view.scalar(1),),)


def _histogram(view: View) -> Outputs:
    return ((view.scalar(2),),)


_FOLDS: Mapping[str, Callable[[Iterable[Any]], Any]] = {
    "Max": max,
    "Min": min,
    "Prod": math.prod,
    "Sum": sum,
}

OPS: Mapping[str, Semantics] = {
    **dict.fromkeys(("EuclideanNorm", "Mean", "ReduceJoin"), Semantics(_reduce, (1,))),
    **{
        op: Semantics(_reduce, (1,), values=_reduced(fold, dtypes=frozenset({"bool"})))
        for op, fold in (("All", all), ("Any", any))
    },
    **{
        op: Semantics(_reduce, (1,), values=_reduced(fold, dtypes=INTEGERS))
        for op, fold in _FOLDS.items()
    },
    **dict.fromkeys(
        ("FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3", "_FusedBatchNormEx"),
        Semantics(_fused_batch_norm),
    ),
    **dict.fromkeys(
        ("FusedBatchNormGrad", "FusedBatchNormGradV2", "FusedBatchNormGradV3"),
        Semantics(_fused_batch_norm_gradient),
    ),
    "ArgMax": Semantics(_arg, (1,)),
    "ArgMin": Semantics(_arg, (1,)),
    "BiasAdd": Semantics(_bias_add),
    "BiasAddGrad": Semantics(_bias_add_gradient),
    "BiasAddV1": Semantics(_bias_add),
    "Bincount": Semantics(_bincount, (1,)),
    "Cumsum": Semantics(same, values=_running_sum),
    "HistogramFixedWidth": Semantics(_histogram, (2,)),
    "SoftmaxCrossEntropyWithLogits": Semantics(_cross_entropy),
    "SparseSoftmaxCrossEntropyWithLogits": Semantics(_sparse_cross_entropy),
}
