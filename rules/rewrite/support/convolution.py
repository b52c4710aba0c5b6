"""Convolutions along one axis whose filter is constant and whose padding is VALID.

Source: TensorFlow op docs of Conv2D, padding VALID: output i reads inputs i * stride and following.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rules.rewrite.support.folding import folded, is_foldable

if TYPE_CHECKING:
    from linter.rules.match import BoundValue, Match

__all__ = ["PlainConvolution", "read_convolution"]


@dataclass(frozen=True, slots=True)
class PlainConvolution:
    """A Conv2D in NHWC with padding VALID, no dilation, known shapes and a constant filter.

    Attributes:
        source: the image.
        image: its shape.
        kernel: shape of the filter, height first.
        strides: along height and width.
        output: shape of the result.
        weight: the filter.
    """

    source: BoundValue
    image: tuple[int, ...]
    kernel: tuple[int, ...]
    strides: tuple[int, int]
    output: tuple[int, ...]
    weight: BoundValue

    @property
    def array(self) -> Any:
        """The filter's elements."""
        return folded(self.weight)


def read_convolution(m: Match) -> PlainConvolution | str:
    """What a match of ``Conv2D(x, w)`` says, or why it is not such a convolution."""
    attrs = m.root.attrs
    if attrs["padding"] != "VALID" or attrs["data_format"] != "NHWC":
        return "its padding is not VALID, or its layout not NHWC"
    if any(step != 1 for step in attrs["dilations"]):
        return "it is dilated"
    image, kernel, output = m["x"].static_shape, m["w"].static_shape, m.root.static_shape
    if image is None or kernel is None or output is None:
        return "its shapes are not known"
    if image[3] != kernel[2]:
        return "its channels are grouped"
    if not is_foldable(m["w"]):
        return "its filter is not constant"
    _, down, right, _ = attrs["strides"]
    return PlainConvolution(m["x"], image, kernel, (down, right), output, m["w"])
