"""Convolutions: ranks, strides, channels.

Source: canndev, ops/built-in/op_proto/nn_calculation_ops.cc.
"""

from __future__ import annotations

from linter.infer.windows import layout_of
from linter.judge.atc.inference.demands import (
    LOGGED,
    attribute,
    misshapen,
    ranked,
    same_dtypes,
    shown,
    unlisted,
    wrong,
)
from linter.judge.atc.inference.operator import GeInput, GeOperator, Refused

__all__ = ["conv2d", "conv2d_backprop_input", "conv3d", "depthwise_conv2d"]


def conv2d(op: GeOperator) -> Refused | None:
    """Conv2D: Conv2DVerify, Conv2DInfer with GetAttrsConv2D and ProcessGroupParamConv2d."""
    data, filter_ = op.inputs[:2]
    return (
        ranked((data, filter_), (4,), "E50060")
        or unlisted(op, "strides", "E50060")
        or _steps(op, data, 4, ("strides", "dilations"))
        or _empty((data, filter_))
        or _channels(op, data, filter_)
    )


def depthwise_conv2d(op: GeOperator) -> Refused | None:
    """DepthwiseConv2D: DepthwiseConv2DVerify, DepthwiseConv2DInferShape."""
    data, filter_ = op.inputs[:2]
    return (
        ranked((data, filter_), (4,), LOGGED)
        or same_dtypes((data, filter_), LOGGED)
        or attribute(op, "strides", LOGGED, (4,))
        or _zero_strides(op, data)
    )


def conv2d_backprop_input(op: GeOperator) -> Refused | None:
    """Conv2DBackpropInput: VerifyConv2dbpParas, VerifyConv2dbpStrides, SetConvGroups."""
    sizes, filter_, gradient = op.inputs[:3]
    refused = ranked((filter_, gradient), (4,), "E50035") or unlisted(op, "strides", "E50030")
    if refused is not None:
        return refused
    refused = attribute(op, "strides", "E50035", (4,))
    wanted, layout = sizes.integers, layout_of(gradient.layout)
    if refused is not None or wanted is None or layout is None or len(wanted) != layout.rank:
        return refused
    return _multiple(filter_, wanted[layout.channel], filter_.size_of("C"), "E50060")


def conv3d(op: GeOperator) -> Refused | None:
    """Conv3D: Conv3DVerify, Conv3DInfer with GetAttrsConv3D and SetGroupsConv."""
    data, filter_ = op.inputs[:2]
    return (
        ranked((data, filter_), (5,), "E50029")
        or same_dtypes((data, filter_), "E50031")
        or unlisted(op, "strides", "E50030")
        or _steps(op, data, 5, ("strides",))
        or _multiple(filter_, data.size_of("C"), filter_.size_of("C"), "E50060")
    )


def _steps(op: GeOperator, data: GeInput, count: int, names: tuple[str, ...]) -> Refused | None:
    """Strides and dilations, one for each axis and positive along the spatial ones."""
    layout = layout_of(data.layout)
    for name in names:
        steps = op.integers(name)
        if steps is None:
            continue
        if len(steps) != count:
            return wrong(op, name, f"it must have {count} entries", "E50029")
        spatial = () if layout is None or layout.rank != count else layout.spatial
        if any(steps[axis] <= 0 for axis in spatial):
            return wrong(op, name, "its spatial entries must be positive", "E50029")
    return None


def _zero_strides(op: GeOperator, data: GeInput) -> Refused | None:
    strides, layout = op.integers("strides"), layout_of(data.layout)
    if strides is None or layout is None or len(strides) != layout.rank:
        return None
    if all(strides[axis] for axis in layout.spatial):
        return None
    return wrong(op, "strides", "its spatial entries must not be 0", LOGGED)


def _empty(tensors: tuple[GeInput, ...]) -> Refused | None:
    """CheckZeroShapeConv2d."""
    for tensor in tensors:
        if 0 in (tensor.dims or ()):
            return misshapen(tensor, "no size may be 0", LOGGED)
    return None


def _channels(op: GeOperator, data: GeInput, filter_: GeInput) -> Refused | None:
    """ProcessInputChannelAndGroup: groups follow from the channels where they are not given."""
    have, takes, makes = data.size_of("C"), filter_.size_of("C"), filter_.size_of("N")
    if have is None or not takes:
        return None
    groups = op.integer("groups") or 1
    if groups == 1 and have % takes == 0:
        groups = have // takes
    fits = have == takes * groups
    if fits and (makes is None or makes % groups == 0):
        return None
    seen = f"inputs {data.name!r} and {filter_.name!r} are {shown(data.dims)} and "
    seen += f"{shown(filter_.dims)}, with {have} and {takes} channels"
    if fits:
        accepted = f"the {makes} output channels must be a multiple of the {groups} groups"
        return misshapen(filter_, accepted, "E50060", seen=seen)
    accepted = "the channels of the input must be a multiple of those of the filter"
    return misshapen(filter_, accepted, LOGGED, seen=seen)


def _multiple(filter_: GeInput, have: int | None, takes: int | None, code: str) -> Refused | None:
    """SetConvGroups: the channels are a multiple of those of the filter."""
    if have is None or takes is None or (takes and have % takes == 0):
        return None
    seen = f"{have} channel(s) and the filter {shown(filter_.dims)} with {takes}"
    accepted = "the channels must be a multiple of those of the filter"
    return misshapen(filter_, accepted, code, seen=seen)
