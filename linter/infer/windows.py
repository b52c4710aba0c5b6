"""Windows that slide along axes, blocks of them, and the layouts that name the axes.

Sizes in, sizes out: nothing here knows of nodes. ``None`` is what is not known.

Source: TensorFlow, framework/common_shape_fns.cc (GetWindowedOutputSizeVerbose).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from linter.infer.dims import Dims

__all__ = [
    "Geometry",
    "Layout",
    "blocks_to_batch",
    "blocks_to_depth",
    "channel_axis",
    "covered",
    "layout_of",
    "placed",
    "reach",
    "same_padding",
    "window_places",
]


class Layout(NamedTuple):
    """Where the batch, the channels and the spatial axes are."""

    batch: int
    channel: int
    spatial: tuple[int, ...]

    @property
    def rank(self) -> int:
        """Number of axes."""
        return 2 + len(self.spatial)


@lru_cache(maxsize=16)
def layout_of(text: str) -> Layout | None:
    """The layout that a ``data_format`` names, e.g. NHWC; ``None`` for packed or unknown ones."""
    if sorted(text) not in (sorted("NHWC"), sorted("NDHWC")):
        return None
    spatial = tuple(index for index, letter in enumerate(text) if letter in "DHW")
    return Layout(text.index("N"), text.index("C"), spatial)


def channel_axis(text: str, rank: int) -> int:
    """The axis of the channels in a tensor of the ``data_format``, which may have fewer axes.

    Source: TensorFlow op docs of BiasAdd.
    """
    return 1 if text.startswith("NC") and rank > 2 else rank - 1


def placed(
    layout: Layout, batch: int | None, spatial: Sequence[int | None], channels: int | None
) -> Dims:
    """The shape with these sizes at the places of the layout."""
    sizes: list[int | None] = [None] * layout.rank
    sizes[layout.batch], sizes[layout.channel] = batch, channels
    for axis, size in zip(layout.spatial, spatial, strict=True):
        sizes[axis] = size
    return tuple(sizes)


def reach(window: int, dilation: int) -> int:
    """Elements from the first that a dilated window reads to its last."""
    return (window - 1) * dilation + 1


def window_places(
    extent: int | None, window: int | None, stride: int, dilation: int, padding: str | int
) -> int | None:
    """Places of a window along one axis; ``padding`` is the sum of explicit ones or a name."""
    if padding == "SAME":
        return None if extent is None or stride < 1 else -(-extent // stride)
    if extent is None or window is None or stride < 1 or dilation < 1:
        return None
    if isinstance(padding, int):
        return (extent + padding - reach(window, dilation)) // stride + 1
    return (extent - reach(window, dilation)) // stride + 1 if padding == "VALID" else None


class Geometry(NamedTuple):
    """How a window slides: strides and dilations by axis, paddings by spatial axis.

    A padding is the sum of explicit ones or a name.
    """

    layout: Layout
    strides: tuple[int, ...]
    dilations: tuple[int, ...]
    paddings: tuple[str | int, ...]

    def places(self, dims: Sequence[int | None], window: Sequence[int | None]) -> list[int | None]:
        """Places of the window along each spatial axis.

        Args:
            dims: what it slides over, in the layout.
            window: its sizes along the spatial axes.
        """
        spans = zip(self.layout.spatial, window, self.paddings, strict=False)
        return [
            window_places(dims[axis], size, self.strides[axis], self.dilations[axis], padding)
            for axis, size, padding in spans
        ]


def covered(places: int, reached: int, stride: int) -> int:
    """Elements from the first that the window reads at its first place to its last at the last."""
    return (places - 1) * stride + reached


def same_padding(extent: int, reached: int, stride: int) -> tuple[int, int]:
    """Elements in front and behind that SAME adds along an axis; the odd one goes behind.

    Args:
        extent: size of the axis.
        reached: elements from the first that the window reads to its last.
        stride: distance of two places.
    """
    total = max(covered(-(-extent // stride), reached, stride) - extent, 0)
    return total // 2, total - total // 2


def blocks_to_depth(
    dims: Sequence[int | None], block: int, layout: Layout, *, into_depth: bool
) -> Dims:
    """The shape with square blocks of an image moved to the channels, or back from there.

    Source: TensorFlow op docs of SpaceToDepth and DepthToSpace.
    """
    sizes = list(dims)
    for axis in layout.spatial:
        sizes[axis] = _scaled(dims[axis], block, down=into_depth)
    sizes[layout.channel] = _scaled(dims[layout.channel], block * block, down=not into_depth)
    return tuple(sizes)


def blocks_to_batch(
    dims: Sequence[int | None],
    block: Sequence[int | None],
    pairs: Sequence[int | None] | None,
    *,
    to_batch: bool,
) -> Dims:
    """The shape with blocks of the axes behind the first moved to the first, or back from there.

    Args:
        dims: ``[n, b..., rest...]``.
        block: size of the blocks of each blocked axis, ``[m]``.
        pairs: paddings or crops, two for each blocked axis, ``[2 m]``.
        to_batch: into the first axis, after padding; else out of it, and then cropped.

    Source: TensorFlow op docs of SpaceToBatchND and BatchToSpaceND.
    """
    if len(dims) < 1 + len(block) or (pairs is not None and len(pairs) != 2 * len(block)):
        return None
    sizes = list(dims)
    for k, factor in enumerate(block):
        if factor is not None and factor < 1:
            return None
        sizes[0] = None if factor is None else _scaled(sizes[0], factor, down=not to_batch)
        before, after = (None, None) if pairs is None else (pairs[2 * k], pairs[2 * k + 1])
        extent = dims[1 + k]
        if extent is None or factor is None or before is None or after is None:
            sizes[1 + k] = None
        elif to_batch:
            sizes[1 + k] = _scaled(extent + before + after, factor, down=True)
        else:
            sizes[1 + k] = extent * factor - before - after
    return tuple(sizes)


def _scaled(size: int | None, factor: int, *, down: bool) -> int | None:
    if size is None:
        return None
    if not down:
        return size * factor
    return size // factor if size % factor == 0 else None
