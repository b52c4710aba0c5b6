"""Reductions, normalisations, losses."""

from __future__ import annotations

from collections.abc import Mapping

from linter.infer.dims import Dims, Outputs, axis_in, broadcast, refine, refine_axis, replaced
from linter.infer.ops.convolution import layout_of
from linter.infer.view import Rule, View

__all__ = ["RULES"]

_REDUCTIONS = (
    "All", "Any", "EuclideanNorm", "Max", "Mean", "Min", "Prod", "ReduceJoin",     "Sum",
)  # fmt: skip


def _reduce(view: View) -> Outputs:
    dims, axes = view.shape(0), view.integers(1)
    keep = view.flag("keep_dims")
    if dims is None:
        return ()
    if axes is None or None in axes:
        return ((None,) * len(dims),) if keep else ()
    gone = {axis_in(axis, len(dims)) for axis in axes}
    if None in gone:
        return ()
    if keep:
        return (tuple(1 if axis in gone else size for axis, size in enumerate(dims)),)
    return (tuple(size for axis, size in enumerate(dims) if axis not in gone),)


def _arg(view: View) -> Outputs:
    dims, axis = view.shape(0), view.scalar(1)
    if dims is None:
        return ()
    if axis is None:
        return ((None,) * max(0, len(dims) - 1),)
    place = axis_in(axis, len(dims))
    return (dims[:place] + dims[place + 1 :],) if place is not None else ()


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
    if dims is None or not dims:
        return ()
    axis = 1 if view.text("data_format").startswith("NC") else len(dims) - 1
    if axis >= len(dims):
        return ()
    return (replaced(dims, axis, refine_axis(dims[axis], view.axis(1, 0))),)


def _bias_add_gradient(view: View) -> Outputs:
    dims = view.shape(0)
    if not dims:
        return ((None,),)
    axis = 1 if view.text("data_format").startswith("NC") else len(dims) - 1
    return ((dims[axis] if axis < len(dims) else None,),)


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


RULES: Mapping[str, Rule] = {
    **dict.fromkeys(_REDUCTIONS, Rule(_reduce, values=(1,))),
    **dict.fromkeys(
        ("FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3", "_FusedBatchNormEx"),
        Rule(_fused_batch_norm),
    ),
    **dict.fromkeys(
        ("FusedBatchNormGrad", "FusedBatchNormGradV2", "FusedBatchNormGradV3"),
        Rule(_fused_batch_norm_gradient),
    ),
    "ArgMax": Rule(_arg, values=(1,)),
    "ArgMin": Rule(_arg, values=(1,)),
    "BiasAdd": Rule(_bias_add),
    "BiasAddGrad": Rule(_bias_add_gradient),
    "BiasAddV1": Rule(_bias_add),
    "Bincount": Rule(_bincount, values=(1,)),
    "HistogramFixedWidth": Rule(_histogram, values=(2,)),
    "SoftmaxCrossEntropyWithLogits": Rule(_cross_entropy),
    "SparseSoftmaxCrossEntropyWithLogits": Rule(_sparse_cross_entropy),
}
