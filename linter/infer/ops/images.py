"""Image ops: resizing, crops, boxes, blocks of pixels."""

from __future__ import annotations

from collections.abc import Mapping

from linter.infer.dims import Dims, Outputs, refine_axis, replaced
from linter.infer.view import Rule, View

__all__ = ["RULES"]


def _resize(view: View) -> Outputs:
    dims, size = view.shape(0), view.integers(1)
    if dims is not None and len(dims) != 4:
        return ()
    batch, channels = (None, None) if dims is None else (dims[0], dims[3])
    if size is None:
        size = (None, None)
    return ((batch, *size, channels),) if len(size) == 2 else ()


def _crop_and_resize(view: View) -> Outputs:
    boxes = refine_axis(view.axis(1, 0), view.axis(2, 0))
    size = view.integers(3) or (None, None)
    dims = view.shape(0)
    depth = dims[3] if dims is not None and len(dims) == 4 else None
    return ((boxes, *size, depth),) if len(size) == 2 else ()


def _selected_boxes(_: View) -> Outputs:
    return ((None,),)


def _selected_boxes_v4(view: View) -> Outputs:
    return ((_boxes_kept(view),), ())


def _selected_boxes_v5(view: View) -> Outputs:
    kept = _boxes_kept(view)
    return ((kept,), (kept,), ())


def _boxes_kept(view: View) -> int | None:
    return view.scalar(2) if view.flag("pad_to_max_output_size") else None


def _space_to_depth(view: View) -> Outputs:
    return _blocks(view, into_depth=True)


def _depth_to_space(view: View) -> Outputs:
    return _blocks(view, into_depth=False)


def _blocks(view: View, *, into_depth: bool) -> Outputs:
    dims, block = view.shape(0) or (None, None, None, None), view.integer("block_size")
    text = view.text("data_format") or "NHWC"
    if len(dims) != 4 or block is None or block < 1 or text not in _PIXELS:
        return ()
    channel, spatial = _PIXELS[text]
    sizes = list(dims)
    for axis in spatial:
        sizes[axis] = _scaled(dims[axis], block, down=into_depth)
    sizes[channel] = _scaled(dims[channel], block * block, down=not into_depth)
    return (tuple(sizes),)


_PIXELS = {"NHWC": (3, (1, 2)), "NCHW": (1, (2, 3))}


def _scaled(size: int | None, factor: int, *, down: bool) -> int | None:
    if size is None:
        return None
    if not down:
        return size * factor
    return size // factor if size % factor == 0 else None


def _space_to_batch_nd(view: View) -> Outputs:
    block = view.integers(1)
    return (_batch_blocks(view.shape(0), block, _pairs(view, 2), to_batch=True),)


def _batch_to_space_nd(view: View) -> Outputs:
    block = view.integers(1)
    return (_batch_blocks(view.shape(0), block, _pairs(view, 2), to_batch=False),)


def _space_to_batch(view: View) -> Outputs:
    size = view.integer("block_size")
    return (_batch_blocks(view.shape(0), (size, size), _pairs(view, 1), to_batch=True),)


def _batch_to_space(view: View) -> Outputs:
    size = view.integer("block_size")
    return (_batch_blocks(view.shape(0), (size, size), _pairs(view, 1), to_batch=False),)


def _pairs(view: View, slot: int) -> tuple[int | None, ...] | None:
    """Paddings or crops, two for each axis."""
    known = view.value(slot)
    if known is None or len(known.shape) != 2 or known.shape[1] != 2:
        return None
    return known.values


def _batch_blocks(
    dims: Dims,
    block: tuple[int | None, ...] | None,
    pairs: tuple[int | None, ...] | None,
    *,
    to_batch: bool,
) -> Dims:
    if dims is None:
        return None
    if block is None:
        return (None,) * len(dims)
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


def _decoded_image(view: View) -> Outputs:
    channels = view.integer("channels") or None
    return ((None, None, channels),)


def _drawn_boxes(view: View) -> Outputs:
    return (view.shape(0),)


def _distorted_box(_: View) -> Outputs:
    return ((3,), (3,), (1, 1, 4))


def _resize_gradient(view: View) -> Outputs:
    """The gradient has the pixels of the original image, second input."""
    dims = view.shape(1)
    if dims is None or len(dims) != 4:
        return ()
    return (replaced(dims, 0, refine_axis(dims[0], view.axis(0, 0))),)


RULES: Mapping[str, Rule] = {
    **dict.fromkeys(
        (
            "ResizeArea",
            "ResizeBicubic",
            "ResizeBilinear",
            "ResizeNearestNeighbor",
            "ScaleAndTranslate",
        ),
        Rule(_resize, values=(1,)),
    ),
    **dict.fromkeys(
        (
            "NonMaxSuppression",
            "NonMaxSuppressionV2",
            "NonMaxSuppressionV3",
            "NonMaxSuppressionWithOverlaps",
        ),
        Rule(_selected_boxes),
    ),
    **dict.fromkeys(("ResizeBicubicGrad", "ResizeBilinearGrad"), Rule(_resize_gradient)),
    "BatchToSpace": Rule(_batch_to_space, values=(1,)),
    "BatchToSpaceND": Rule(_batch_to_space_nd, values=(1, 2)),
    "CropAndResize": Rule(_crop_and_resize, values=(3,)),
    "DecodeBmp": Rule(_decoded_image),
    "DecodeJpeg": Rule(_decoded_image),
    "DecodePng": Rule(_decoded_image),
    "DepthToSpace": Rule(_depth_to_space),
    "DrawBoundingBoxes": Rule(_drawn_boxes),
    "DrawBoundingBoxesV2": Rule(_drawn_boxes),
    "NonMaxSuppressionV4": Rule(_selected_boxes_v4, values=(2,)),
    "NonMaxSuppressionV5": Rule(_selected_boxes_v5, values=(2,)),
    "SampleDistortedBoundingBox": Rule(_distorted_box),
    "SampleDistortedBoundingBoxV2": Rule(_distorted_box),
    "SpaceToBatch": Rule(_space_to_batch, values=(1,)),
    "SpaceToBatchND": Rule(_space_to_batch_nd, values=(1, 2)),
    "SpaceToDepth": Rule(_space_to_depth),
}
