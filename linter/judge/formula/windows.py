"""Sliding windows: kernel, strides, dilations and computed pads of convolutions and poolings.

Pads are resolved the TensorFlow way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from linter.graph.op_families import TRANSPOSED_CONVOLUTIONS
from linter.infer.windows import reach, same_padding
from linter.judge.formula.node_view import NodeView

__all__ = ["Window", "WindowedNode"]

Extents = Mapping[str, int | None]

_FILTER_OPS = frozenset(
    {
        "Conv2D",
        "Conv3D",
        "Conv2DBackpropInput",
        "Conv3DBackpropInputV2",
        "DepthwiseConv2dNative",
        "Dilation2D",
    }
)
_POOL_OPS = frozenset({"AvgPool", "MaxPool", "MaxPoolWithArgmax", "AvgPool3D", "MaxPool3D"})


@dataclass(frozen=True, slots=True)
class Window:
    """Extents by axis letter (``n``, ``d``, ``h``, ``w``, ``c``); ``None`` is unknown.

    Attributes:
        kernel, stride, dilation: window, step and spread along each axis.
        pads: padding before and after, by spatial letter.
        filter_num, filter_c: the two channel extents of a filter.
        gradient: extents of the incoming gradient of a transposed convolution.
    """

    kernel: Extents
    stride: Extents
    dilation: Extents
    pads: Mapping[str, tuple[int | None, int | None]]
    filter_num: int | None = None
    filter_c: int | None = None
    gradient: Extents | None = None

    def get(self, name: str) -> int | None:
        """A quantity under its name in a formula, ``None`` when unknown."""
        if name in ("filter_num", "filter_c"):
            return self.filter_num if name == "filter_num" else self.filter_c
        if name == "max_pad":
            return _largest(pad for pair in self.pads.values() for pad in pair)
        if name == "max_dilation":
            return _largest(self.dilation.values())
        group, letter = name.split("_", 1)
        if group == "dy":
            return None if self.gradient is None else self.gradient.get(letter)
        if group == "pad":
            axis, index = _PADS[letter]
            return self.pads.get(axis, (None, None))[index]
        extents = {
            "k": self.kernel,
            "kernel": self.kernel,
            "ksize": self.kernel,
            "s": self.stride,
            "stride": self.stride,
        }.get(group, self.dilation)
        return extents.get(letter)


_PADS = {
    "t": ("h", 0),
    "top": ("h", 0),
    "b": ("h", 1),
    "bottom": ("h", 1),
    "l": ("w", 0),
    "left": ("w", 0),
    "r": ("w", 1),
    "right": ("w", 1),
}


class WindowedNode(NodeView):
    """A node with its window, which only some quantities need."""

    @cached_property
    def window(self) -> Window | None:
        """Kernel, strides, dilations and computed pads of a convolution or pooling."""
        return _window_of(self)


def _window_of(q: NodeView) -> Window | None:
    """The window of a convolution or pooling node, ``None`` for other ops."""
    op = q.node.op
    if op not in _FILTER_OPS and op not in _POOL_OPS:
        return None
    letters = _letters(q)
    stride = _by_letter(q.attr("strides"), letters)
    dilation = _by_letter(q.attr("dilations") or q.attr("rates"), letters, default=1)
    filter_num = filter_c = None
    if op in _FILTER_OPS:
        dims = q.shape(1)
        spatial = [letter for letter in letters if letter not in "nc"]
        channels = 1 if op == "Dilation2D" else 2
        known = dims if dims is not None and len(dims) == len(spatial) + channels else None
        kernel: dict[str, int | None] = {
            letter: None if known is None else known[index] for index, letter in enumerate(spatial)
        }
        if known is not None and channels == 2:
            filter_num, filter_c = known[-1], known[-2]
    else:
        kernel = _by_letter(q.attr("ksize"), letters)
    forward = op not in TRANSPOSED_CONVOLUTIONS
    source = q.in_shape if forward else q.out_shape
    result = q.out_shape if forward else q.in_shape
    pads = {
        letter: _pads(q, letter, _span(kernel, dilation, letter), stride.get(letter), source)
        for letter in letters
        if letter not in "nc"
    }
    gradient = None if forward else {letter: q.size(result, letter) for letter in letters}
    return Window(kernel, stride, dilation, pads, filter_num, filter_c, gradient)


def _letters(q: NodeView) -> str:
    layout = q.data_format.lower()
    if q.node.op in ("Conv3D", "Conv3DBackpropInputV2", "AvgPool3D", "MaxPool3D"):
        return layout if len(layout) == 5 else "ndhwc"
    return layout if len(layout) == 4 else "nhwc"


def _by_letter(value: Any, letters: str, default: int | None = None) -> dict[str, int | None]:
    if not isinstance(value, tuple) or len(value) != len(letters):
        return dict.fromkeys(letters, default)
    return dict(zip(letters, value, strict=True))


def _span(kernel: Extents, dilation: Extents, letter: str) -> int | None:
    size, spread = kernel.get(letter), dilation.get(letter)
    return None if size is None or spread is None else reach(size, spread)


def _pads(
    q: NodeView,
    letter: str,
    span: int | None,
    stride: int | None,
    source: tuple[int | None, ...] | None,
) -> tuple[int | None, int | None]:
    padding = q.attr("padding")
    if padding == "VALID":
        return (0, 0)
    if padding == "EXPLICIT":
        explicit = q.attr("explicit_paddings")
        letters = _letters(q)
        at = letters.index(letter) * 2
        if isinstance(explicit, tuple) and len(explicit) == 2 * len(letters):
            return (explicit[at], explicit[at + 1])
        return (None, None)
    size = q.size(source, letter)
    if padding != "SAME" or size is None or span is None or not stride:
        return (None, None)
    return same_padding(size, span, stride)


def _largest(values: Any) -> int | None:
    known = list(values)
    return None if not known or None in known else max(known)
