"""One window over one image: as the op states it, and over an image that is padded by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from harness.draft import Draft
from linter.graph import Value
from recipes.convolution import Window, window

__all__ = ["BACKPROP", "OPS", "Image", "Pads"]

Pads = Mapping[str, tuple[int, int]]
"""Padding before and after, by letter of the axis."""

OPS = (
    "Conv2D", "Conv2DBackpropInput", "Conv3D", "Conv3DBackpropInputV2", "DepthwiseConv2dNative",
    "Dilation2D", "MaxPool", "MaxPool3D", "MaxPoolWithArgmax",
)  # fmt: skip
BACKPROP = ("Conv2DBackpropInput", "Conv3DBackpropInputV2")
_LOWEST = -1e6
"""Less than any element: what a maximum does not see."""


class Image:
    """A window and the elements that it is tried on; whole numbers, so that sums are exact."""

    def __init__(self, d: Draft) -> None:
        self.d = d
        self.op = d.op
        spatial = 3 if "3D" in d.op else 2
        explicit = d.op in ("Conv2D", "Conv2DBackpropInput", "DepthwiseConv2dNative", "MaxPool")
        pools = "Pool" in d.op
        # Kernels of the third dimension have no dilation.
        dilates = not pools and spatial == 2
        self.window: Window = window(d, spatial=spatial, dilates=dilates, explicit=explicit)
        order = [self.window.text.index(c) for c in self.letters]
        sizes = [max(1, self.window.image[k]) for k in order]
        self.sizes = tuple(sizes)
        self.filters = 2
        self.kernel = self._numbers(self._kernel_shape())

    def __repr__(self) -> str:
        return f"{self.op} over {self.sizes} with {self.attrs(self.letters)}"

    @property
    def leaves_none_out(self) -> bool:
        """Whether the last window reaches the end of the image.

        Where it does not, TensorFlow's kernels of the third dimension begin with SAME behind the
        first element, as if the padding were negative; all others begin with the first.
        """
        attrs = self.attrs(self.letters)
        strides, dilations = attrs["strides"][1:-1], attrs.get("dilations", (1,) * 5)[1:]
        spans = [(k - 1) * r + 1 for k, r in zip(self.window.kernel, dilations, strict=False)]
        reached = [
            (-(-size // step) - 1) * step + span >= size
            for size, step, span in zip(self.sizes[1:-1], strides, spans, strict=True)
        ]
        return all(reached)

    @property
    def letters(self) -> str:
        """The layout that kernels take on a processor."""
        return "NDHWC" if "3D" in self.op else "NHWC"

    def attrs(self, letters: str, **changes: Any) -> dict[str, Any]:
        """Attributes of the op in a layout."""
        found = dict(self.window.attrs)
        order = [self.window.text.index(c) for c in letters]
        for name in ("strides", "dilations"):
            if name in found:
                found[name] = tuple(found[name][k] for k in order)
        if "explicit_paddings" in found:
            flat = found["explicit_paddings"]
            found["explicit_paddings"] = tuple(flat[2 * k + side] for k in order for side in (0, 1))
        found["data_format"] = letters
        if "Pool" in self.op:
            kernel = dict(zip(self.letters[1:-1], self.window.kernel, strict=True))
            found["ksize"] = tuple(kernel.get(c, 1) for c in letters)
        if self.op == "Dilation2D":
            found["rates"] = found.pop("dilations")
        if self.op in ("Dilation2D", "MaxPoolWithArgmax"):
            found.pop("data_format")
        return {**found, **changes}

    def stated(self, letters: str) -> Value:
        """The op with its padding as it is stated."""
        attrs = self.attrs(letters)
        return self._node(self._image(letters), self._sizes(letters), attrs)

    def by_hand(self, pads: Pads) -> Value:
        """The op without padding over an image that has it."""
        attrs = self.attrs(self.letters, padding="VALID")
        attrs.pop("explicit_paddings", None)
        table = [pads.get(c.lower(), (0, 0)) for c in self.letters]
        if self.op not in BACKPROP:
            lowest = _LOWEST if "Pool" in self.op or self.op == "Dilation2D" else 0.0
            inputs = [self._image(self.letters), self.d.const(table, "int32")]
            padded = self.d.node("PadV2", *inputs, self.d.const(lowest, "float32"))
            return self._node(padded, None, attrs)
        sizes = [size + sum(pair) for size, pair in zip(self.sizes, table, strict=True)]
        whole = self._node(self._image(self.letters), tuple(sizes), attrs)
        begin = self.d.const([pair[0] for pair in table], "int32")
        return self.d.node("Slice", whole, begin, self.d.const(self.sizes, "int32"))

    def _kernel_shape(self) -> tuple[int, ...]:
        depth = self.sizes[-1]
        return (*self.window.kernel, depth) if self.op == "Dilation2D" else (
            *self.window.kernel, depth, self.filters
        )  # fmt: skip

    def _image(self, letters: str) -> Value:
        """What is given: the image, or the gradient of a transposed convolution."""
        shape = self.sizes
        if self.op in BACKPROP:
            shape = (self.sizes[0], *self._result(), self.filters)
        array = self._numbers(shape)
        order = [self.letters.index(c) for c in letters]
        return self.d.const(np.transpose(array, order), "float32")

    def _result(self) -> tuple[int, ...]:
        return self.window.result

    def _sizes(self, letters: str) -> tuple[int, ...]:
        return tuple(self.sizes[self.letters.index(c)] for c in letters)

    def _node(self, image: Value, sizes: tuple[int, ...] | None, attrs: dict[str, Any]) -> Value:
        d = self.d
        if self.op in BACKPROP:
            return d.node(self.op, d.const(sizes, "int32"), d.const(self.kernel, "float32"), image,
                          **attrs)  # fmt: skip
        if "Pool" in self.op:
            return d.node(self.op, image, **attrs)
        return d.node(self.op, image, d.const(self.kernel, "float32"), **attrs)

    def _numbers(self, shape: tuple[int, ...]) -> Any:
        """The same numbers whenever they are asked for."""
        return np.random.default_rng(7).integers(-4, 5, shape).astype("float32")
