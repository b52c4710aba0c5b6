"""Convolutions, pooling and what goes with their layouts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from harness.draft import Draft
from linter.graph import Value

__all__ = ["RECIPES", "Window", "window"]

Recipe = Callable[[Draft], None]
_TYPES = ("float32", "float32", "float32", "float64", "float16")


@dataclass(frozen=True)
class Window:
    """A window over an image, and the attributes that describe it.

    Attributes:
        text: the layout.
        image: shape of what the window slides over.
        kernel: size along each spatial axis.
        attrs: layout, strides, padding, and dilations where the op has them.
        result: sizes of the result along the spatial axes.
    """

    text: str
    image: tuple[int, ...]
    kernel: tuple[int, ...]
    attrs: Mapping[str, object]
    result: tuple[int, ...]

    def placed(self, batch: int, spatial: Sequence[int], channels: int) -> tuple[int, ...]:
        """A shape in the layout."""
        sizes = iter(spatial)
        return tuple(
            batch if c == "N" else channels if c == "C" else next(sizes) for c in self.text
        )

    @property
    def batch(self) -> int:
        """Images."""
        return self.image[self.text.index("N")]

    @property
    def channels(self) -> int:
        """Channels of an image."""
        return self.image[self.text.index("C")]


def window(d: Draft, *, spatial: int = 2, dilates: bool = True, explicit: bool = True) -> Window:
    """A window that mostly fits into its image."""
    text = d.pick(("NHWC", "NHWC", "NCHW") if spatial == 2 else ("NDHWC", "NDHWC", "NCDHW"))
    kernel = tuple(d.integer(1, 3) for _ in range(spatial))
    dilation = [d.pick((1, 1, 2)) if dilates else 1 for _ in range(spatial)]
    if spatial == 3:
        # TensorFlow's shape function takes the dilation of the rows for that of the columns.
        dilation[1:] = dilation[2:] * 2
    stride = [d.pick((1, 1, 2, 3))] * spatial if d.chance(70) else [d.integer(1, 3)] * spatial
    padding = d.pick(("SAME", "VALID", "SAME", "VALID", "EXPLICIT" if explicit else "SAME"))
    pads = [(d.integer(0, 2), d.integer(0, 2)) for _ in range(spatial)]
    reach = [(size - 1) * spread + 1 for size, spread in zip(kernel, dilation, strict=True)]
    extent = [span + d.integer(-1 if d.chance(6) else 0, 4) for span in reach]
    result = []
    for size, span, step, pad in zip(extent, reach, stride, pads, strict=True):
        whole = size + sum(pad) * (padding == "EXPLICIT")
        result.append(-(-size // step) if padding == "SAME" else max(0, (whole - span) // step + 1))
    found = Window(text, (), kernel, {}, tuple(result))
    attrs: dict[str, object] = {
        "data_format": text,
        "strides": found.placed(1, stride, 1),
        "padding": padding,
    }
    if dilates:
        attrs["dilations"] = found.placed(1, dilation, 1)
    if padding == "EXPLICIT":
        each = iter(pads)
        flat = [(0, 0) if c in "NC" else next(each) for c in text]
        attrs["explicit_paddings"] = tuple(int(pad) for pair in flat for pad in pair)
    image = found.placed(d.pick((2, 1, 3, 0)), [max(0, size) for size in extent], d.integer(1, 3))
    return Window(text, image, kernel, attrs, tuple(result))


def _spatial(op: str) -> int:
    return 3 if "3D" in op else 2


def convolved(d: Draft) -> None:
    spatial = _spatial(d.op)
    w = window(d, spatial=spatial, explicit=spatial == 2 and d.op != "_FusedDepthwiseConv2dNative")
    dtype = d.dtype("T", among=_TYPES)
    filters = d.integer(1, 3)
    x = d.data(w.image, dtype, -4, 4)
    kernel = d.data((*w.kernel, w.channels, filters), dtype, -4, 4)
    if not d.op.startswith("_Fused"):
        d.node(d.op, x, kernel, **w.attrs)
        return
    count = filters * (w.channels if "Depthwise" in d.op else 1)
    rest: list[list[Value]] = [[d.data((count,), dtype, -4, 4)]]
    extra: dict[str, object] = {"num_args": 1, "fused_ops": ("BiasAdd",)}
    if d.op == "_FusedConv2D":
        rest.append([])
    d.node(d.op, x, kernel, *rest, **w.attrs, **extra)


def input_gradient(d: Draft) -> None:
    spatial = _spatial(d.op)
    w = window(d, spatial=spatial, explicit=spatial == 2)
    dtype, filters = d.dtype("T", among=_TYPES), d.integer(1, 3)
    kernel = d.data((*w.kernel, w.channels, filters), dtype, -4, 4)
    depth = filters * (w.channels if "Depthwise" in d.op else 1)
    gradient = d.data(w.placed(w.batch, w.result, depth), dtype, -4, 4)
    attrs = dict(w.attrs)
    if d.op == "Conv3DBackpropInput":
        attrs.pop("data_format")
        d.node(d.op, d.data(w.image, dtype), kernel, gradient, **attrs)
        return
    sizes: Sequence[int] = w.image
    if d.op == "Conv2DBackpropInput" and d.chance(15):
        sizes = [size for size, c in zip(w.image, w.text, strict=True) if c in "HW"]
    d.node(d.op, d.argument(np.array(sizes, "int32")), kernel, gradient, **attrs)


def filter_gradient(d: Draft) -> None:
    spatial = _spatial(d.op)
    w = window(d, spatial=spatial, explicit=spatial == 2)
    dtype, filters = d.dtype("T", among=_TYPES), d.integer(1, 3)
    depth = filters * (w.channels if "Depthwise" in d.op else 1)
    shape = (*w.kernel, w.channels, filters)
    x = d.data(w.image, dtype, -4, 4)
    gradient = d.data(w.placed(w.batch, w.result, depth), dtype, -4, 4)
    attrs = dict(w.attrs)
    if d.op == "Conv3DBackpropFilter":
        attrs.pop("data_format")
        d.node(d.op, x, d.data(shape, dtype), gradient, **attrs)
        return
    d.node(d.op, x, d.argument(np.array(shape, "int32")), gradient, **attrs)


def _pooling(d: Draft) -> tuple[Window, str, dict[str, object]]:
    """A window without dilation; of MaxPool it may also lie across the channels."""
    spatial = _spatial(d.op)
    explicit = d.op in ("MaxPool", "MaxPoolGrad")
    w = window(d, spatial=spatial, dilates=False, explicit=explicit)
    attrs = {**w.attrs, "ksize": w.placed(1, w.kernel, 1)}
    if d.op in ("MaxPool", "MaxPoolV2") and w.channels == 2 and d.chance(30):
        ones = (1,) * spatial
        attrs |= {"ksize": w.placed(1, ones, 2), "strides": w.placed(1, ones, 2)}
    return w, d.dtype("T", among=_TYPES), attrs


def pooled(d: Draft) -> None:
    w, dtype, attrs = _pooling(d)
    x = d.data(w.image, dtype)
    if d.op == "MaxPoolV2":
        read = [d.argument(np.array(attrs.pop(name))) for name in ("ksize", "strides")]
        d.node(d.op, x, *read, **attrs)
        return
    if d.op == "MaxPoolWithArgmax":
        attrs.pop("data_format")
    d.outputs(d.op, x, **attrs)


def average_gradient(d: Draft) -> None:
    w, dtype, attrs = _pooling(d)
    gradient = d.data(w.placed(w.batch, w.result, w.channels), dtype)
    d.node(d.op, d.argument(np.array(w.image, "int32")), gradient, **attrs)


def maximum_gradient(d: Draft) -> None:
    w, dtype, attrs = _pooling(d)
    shape = w.placed(w.batch, w.result, w.channels)
    x, gradient = d.data(w.image, dtype), d.data(shape, dtype)
    if d.op == "MaxPoolGradWithArgmax":
        attrs.pop("data_format")
        places = d.tensor(np.zeros(shape, "int64"), "int64")
        d.node(d.op, x, gradient, places, **attrs)
        return
    inputs = [x, d.data(shape, dtype), gradient]
    if d.op == "MaxPoolGradV2":
        inputs += [d.argument(np.array(attrs.pop(name))) for name in ("ksize", "strides")]
    d.node(d.op, *inputs, **attrs)


def dilated(d: Draft) -> None:
    w = window(d, explicit=False)
    order = [w.text.index(c) for c in "NHWC"]
    dtype = d.dtype("T", among=("float32", "int32", "float64"))
    attrs = {
        "strides": tuple(w.attrs["strides"][k] for k in order),
        "rates": tuple(w.attrs["dilations"][k] for k in order),
        "padding": w.attrs["padding"],
    }
    image = tuple(w.image[k] for k in order)
    d.node(d.op, d.data(image, dtype), d.data((*w.kernel, w.channels), dtype), **attrs)


def patches(d: Draft) -> None:
    spatial = 3 if "Volume" in d.op else 2
    w = window(d, spatial=spatial, explicit=False, dilates=spatial == 2)
    order = [w.text.index(c) for c in ("NDHWC" if spatial == 3 else "NHWC")]
    attrs = {
        "ksizes": (1, *w.kernel, 1),
        "strides": tuple(w.attrs["strides"][k] for k in order),
        "padding": w.attrs["padding"],
    }
    if spatial == 2:
        attrs["rates"] = tuple(w.attrs["dilations"][k] for k in order)
    image = tuple(w.image[k] for k in order)
    d.node(d.op, d.data(image, d.dtype("T", among=("float32", "int32", "uint8"))), **attrs)


RECIPES: Mapping[str, Recipe] = {
    **dict.fromkeys(
        ("Conv2D", "Conv3D", "DepthwiseConv2dNative", "_FusedConv2D",
         "_FusedDepthwiseConv2dNative"), convolved,
    ),
    **dict.fromkeys(
        ("Conv2DBackpropInput", "Conv3DBackpropInput", "Conv3DBackpropInputV2",
         "DepthwiseConv2dNativeBackpropInput"), input_gradient,
    ),
    **dict.fromkeys(
        ("Conv2DBackpropFilter", "Conv3DBackpropFilter", "Conv3DBackpropFilterV2",
         "DepthwiseConv2dNativeBackpropFilter"), filter_gradient,
    ),
    **dict.fromkeys(
        ("AvgPool", "AvgPool3D", "MaxPool", "MaxPool3D", "MaxPoolV2", "MaxPoolWithArgmax"), pooled
    ),
    **dict.fromkeys(("AvgPoolGrad", "AvgPool3DGrad"), average_gradient),
    **dict.fromkeys(
        ("MaxPoolGrad", "MaxPoolGradV2", "MaxPool3DGrad", "MaxPoolGradWithArgmax"),
        maximum_gradient,
    ),
    **dict.fromkeys(("ExtractImagePatches", "ExtractVolumePatches"), patches),
    "Dilation2D": dilated,
}  # fmt: skip
