"""Convolutions, pooling and what goes with their layouts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from linter.infer.axes import replaced
from linter.infer.dims import Dims, Outputs, refine_axis
from linter.infer.ops.elementwise import same
from linter.infer.view import Semantics, View
from linter.infer.windows import Geometry, layout_of, placed, window_places

__all__ = ["OPS"]


def _geometry(view: View, default: str) -> Geometry | None:
    """The layout and window attributes, when they are all there and fit each other."""
    layout = layout_of(view.text("data_format") or default)
    strides = view.integer_list("strides")
    if layout is None or strides is None or len(strides) != layout.rank:
        return None
    dilations = view.integer_list("dilations") or (1,) * layout.rank
    if len(dilations) != layout.rank:
        return None
    padding = view.text("padding")
    paddings: tuple[str | int, ...] = (padding,) * len(layout.spatial)
    if padding == "EXPLICIT":
        explicit = view.integer_list("explicit_paddings") or ()
        if len(explicit) != 2 * layout.rank:
            return None
        paddings = tuple(explicit[2 * axis] + explicit[2 * axis + 1] for axis in layout.spatial)
    return Geometry(layout, strides, dilations, paddings)


def _default_layout(view: View) -> str:
    return "NDHWC" if "3D" in view.node.op else "NHWC"


def _conv(view: View) -> Outputs:
    return (_conv_dims(view, depthwise=False),)


def _depthwise(view: View) -> Outputs:
    return (_conv_dims(view, depthwise=True),)


def _conv_dims(view: View, *, depthwise: bool) -> Dims:
    geometry = _geometry(view, _default_layout(view))
    if geometry is None:
        return None
    layout = geometry.layout
    dims = view.shape(0) or (None,) * layout.rank
    kernel = view.shape(1) or (None,) * layout.rank
    if len(dims) != layout.rank or len(kernel) != layout.rank:
        return None
    count = len(layout.spatial)
    channels = kernel[count + 1]
    if depthwise:
        depth = refine_axis(dims[layout.channel], kernel[count])
        channels = None if depth is None or channels is None else depth * channels
    spatial = geometry.places(dims, kernel[:count])
    return placed(layout, dims[layout.batch], spatial, channels)


def _fused_conv(view: View) -> Outputs:
    if view.text("filter_format") not in ("", "HWIO"):
        return ()
    return _conv(view)


def _conv_input_gradient(view: View) -> Outputs:
    """The input sizes are spelled out; the batch is that of the incoming gradient."""
    layout = layout_of(view.text("data_format") or _default_layout(view))
    dims = view.dims_from(0)
    if layout is None:
        return (dims,)
    if dims is None:
        dims = (None,) * layout.rank
    gradient = view.shape(2)
    if len(dims) == len(layout.spatial):
        return (placed(layout, view.axis(2, layout.batch), dims, None),)
    if len(dims) != layout.rank:
        return ()
    if gradient is not None and len(gradient) == layout.rank:
        batch = refine_axis(dims[layout.batch], gradient[layout.batch])
        dims = replaced(dims, layout.batch, batch)
    return (dims,)


def _conv_input_gradient_v1(view: View) -> Outputs:
    return (view.shape(0),)


def _conv_filter_gradient(view: View) -> Outputs:
    return (view.dims_from(1),)


def _conv_filter_gradient_v1(view: View) -> Outputs:
    return (view.shape(1),)


def _pool(view: View) -> Outputs:
    return _pooled(view, view.integer_list("ksize"), view.integer_list("strides"))


def _pool_v2(view: View) -> Outputs:
    return _pooled(view, _whole(view.integers(1)), _whole(view.integers(2)))


def _whole(found: tuple[int | None, ...] | None) -> tuple[int, ...] | None:
    if found is None:
        return None
    whole = tuple(size for size in found if size is not None)
    return whole if len(whole) == len(found) else None


def _pooled(view: View, ksize: Sequence[int] | None, strides: Sequence[int] | None) -> Outputs:
    """Windows along the spatial axes; only MaxPool also has them along the channels."""
    layout = layout_of(view.text("data_format") or _default_layout(view))
    if layout is None:
        return ()
    dims = view.shape(0) or (None,) * layout.rank
    if len(dims) != layout.rank:
        return ()
    if ksize is None or strides is None or not len(dims) == len(ksize) == len(strides):
        return ((None,) * layout.rank,)
    padding = view.text("padding")
    explicit = view.integer_list("explicit_paddings") or ()
    if padding == "EXPLICIT" and len(explicit) != 2 * layout.rank:
        return ((None,) * layout.rank,)
    sizes = list(dims)
    channels = () if view.node.op.startswith("Avg") else (layout.channel,)
    for axis in (*layout.spatial, *channels):
        amount: str | int = padding
        if padding == "EXPLICIT":
            amount = explicit[2 * axis] + explicit[2 * axis + 1]
        sizes[axis] = window_places(dims[axis], ksize[axis], strides[axis], 1, amount)
    return (tuple(sizes),)


def _pool_with_argmax(view: View) -> Outputs:
    """Nothing is known of windows across channels: TensorFlow infers a size, computes another."""
    across = [(view.integer_list(name) or ())[-1:] for name in ("ksize", "strides")]
    if any(size not in ((), (1,)) for size in across):
        return ()
    found = _pool(view)
    return found + found


def _spelled_out(view: View) -> Outputs:
    return (view.dims_from(0),)


def _dilation(view: View) -> Outputs:
    dims, kernel = view.shape(0), view.shape(1)
    strides, rates = view.integer_list("strides"), view.integer_list("rates")
    if dims is None or len(dims) != 4 or kernel is None or len(kernel) != 3:
        return ()
    if strides is None or rates is None or len(strides) != 4 or len(rates) != 4:
        return ()
    padding = view.text("padding")
    height, width = (
        window_places(dims[axis], kernel[axis - 1], strides[axis], rates[axis], padding)
        for axis in (1, 2)
    )
    return ((dims[0], height, width, refine_axis(dims[3], kernel[2])),)


def _patches(view: View) -> Outputs:
    dims, ksizes = view.shape(0), view.integer_list("ksizes")
    if dims is None and ksizes is not None:
        dims = (None,) * len(ksizes)
    strides, rates = view.integer_list("strides"), view.integer_list("rates")
    if dims is None or ksizes is None or strides is None or len({len(dims), len(ksizes)}) != 1:
        return ()
    rates = rates or (1,) * len(dims)
    if len(strides) != len(dims) or len(rates) != len(dims) or len(dims) not in (4, 5):
        return ()
    padding = view.text("padding")
    spatial = [
        window_places(dims[axis], ksizes[axis], strides[axis], rates[axis], padding)
        for axis in range(1, len(dims) - 1)
    ]
    depth = dims[-1]
    for axis in range(1, len(dims) - 1):
        depth = None if depth is None else depth * ksizes[axis]
    return ((dims[0], *spatial, depth),)


OPS: Mapping[str, Semantics] = {
    **dict.fromkeys(("AvgPool", "AvgPool3D", "MaxPool", "MaxPool3D"), Semantics(_pool)),
    **dict.fromkeys(("Conv2D", "Conv3D"), Semantics(_conv)),
    **dict.fromkeys(
        ("DepthwiseConv2dNative", "_FusedDepthwiseConv2dNative"), Semantics(_depthwise)
    ),
    **dict.fromkeys(
        ("Conv2DBackpropInput", "Conv3DBackpropInputV2", "DepthwiseConv2dNativeBackpropInput"),
        Semantics(_conv_input_gradient, (0,)),
    ),
    **dict.fromkeys(
        ("Conv2DBackpropFilter", "Conv3DBackpropFilterV2", "DepthwiseConv2dNativeBackpropFilter"),
        Semantics(_conv_filter_gradient, (1,)),
    ),
    **dict.fromkeys(
        ("MaxPoolGrad", "MaxPoolGradV2", "MaxPool3DGrad", "MaxPoolGradWithArgmax"),
        Semantics(same),
    ),
    **dict.fromkeys(("AvgPoolGrad", "AvgPool3DGrad"), Semantics(_spelled_out, (0,))),
    "Conv3DBackpropFilter": Semantics(_conv_filter_gradient_v1),
    "Conv3DBackpropInput": Semantics(_conv_input_gradient_v1),
    "Dilation2D": Semantics(_dilation),
    "ExtractImagePatches": Semantics(_patches),
    "ExtractVolumePatches": Semantics(_patches),
    "FusedDepthwiseConv2dNative": Semantics(_depthwise),
    "MaxPoolV2": Semantics(_pool_v2, (1, 2)),
    "MaxPoolWithArgmax": Semantics(_pool_with_argmax),
    "_FusedConv2D": Semantics(_fused_conv),
}
