"""Image ops: resizing, crops, boxes, blocks of pixels."""

from __future__ import annotations

from collections.abc import Mapping

from linter.infer.axes import replaced
from linter.infer.dims import Outputs, refine_axis, unknown_of_rank
from linter.infer.numbers import INTEGERS
from linter.infer.ops.elementwise import same
from linter.infer.view import Semantics, View
from linter.infer.windows import blocks_to_batch, blocks_to_depth, layout_of

__all__ = ["OPS"]


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
    layout = layout_of(view.text("data_format") or "NHWC")
    if block is None or block < 1 or layout is None or not len(dims) == layout.rank == 4:
        return ()
    return (blocks_to_depth(dims, block, layout, into_depth=into_depth),)


def _space_to_batch_nd(view: View) -> Outputs:
    return _batch_blocks(view, view.integers(1), 2, to_batch=True)


def _batch_to_space_nd(view: View) -> Outputs:
    return _batch_blocks(view, view.integers(1), 2, to_batch=False)


def _space_to_batch(view: View) -> Outputs:
    return _batch_blocks(view, (view.integer("block_size"),) * 2, 1, to_batch=True)


def _batch_to_space(view: View) -> Outputs:
    return _batch_blocks(view, (view.integer("block_size"),) * 2, 1, to_batch=False)


def _batch_blocks(
    view: View, block: tuple[int | None, ...] | None, slot: int, *, to_batch: bool
) -> Outputs:
    dims = view.shape(0)
    if dims is None:
        return ()
    if block is None:
        return (unknown_of_rank(len(dims)),)
    return (blocks_to_batch(dims, block, _pairs(view, slot), to_batch=to_batch),)


def _pairs(view: View, slot: int) -> tuple[int | None, ...] | None:
    """Paddings or crops, two for each axis."""
    known = view.value(slot)
    if known is None or known.shape[1:] != (2,) or known.dtype not in INTEGERS:
        return None
    return known.values


def _decoded_image(view: View) -> Outputs:
    channels = view.integer("channels") or None
    return ((None, None, channels),)


def _distorted_box(_: View) -> Outputs:
    return ((3,), (3,), (1, 1, 4))


def _resize_gradient(view: View) -> Outputs:
    """The gradient has the pixels of the original image, second input."""
    dims = view.shape(1)
    if dims is None or len(dims) != 4:
        return ()
    return (replaced(dims, 0, refine_axis(dims[0], view.axis(0, 0))),)


OPS: Mapping[str, Semantics] = {
    **dict.fromkeys(
        (
            "ResizeArea",
            "ResizeBicubic",
            "ResizeBilinear",
            "ResizeNearestNeighbor",
            "ScaleAndTranslate",
        ),
        Semantics(_resize, (1,)),
    ),
    **dict.fromkeys(
        (
            "NonMaxSuppression",
            "NonMaxSuppressionV2",
            "NonMaxSuppressionV3",
            "NonMaxSuppressionWithOverlaps",
        ),
        Semantics(_selected_boxes),
    ),
    **dict.fromkeys(("ResizeBicubicGrad", "ResizeBilinearGrad"), Semantics(_resize_gradient)),
    "BatchToSpace": Semantics(_batch_to_space, (1,)),
    "BatchToSpaceND": Semantics(_batch_to_space_nd, (1, 2)),
    "CropAndResize": Semantics(_crop_and_resize, (3,)),
    "DecodeBmp": Semantics(_decoded_image),
    "DecodeJpeg": Semantics(_decoded_image),
    "DecodePng": Semantics(_decoded_image),
    "DepthToSpace": Semantics(_depth_to_space),
    "DrawBoundingBoxes": Semantics(same),
    "DrawBoundingBoxesV2": Semantics(same),
    "NonMaxSuppressionV4": Semantics(_selected_boxes_v4, (2,)),
    "NonMaxSuppressionV5": Semantics(_selected_boxes_v5, (2,)),
    "SampleDistortedBoundingBox": Semantics(_distorted_box),
    "SampleDistortedBoundingBoxV2": Semantics(_distorted_box),
    "SpaceToBatch": Semantics(_space_to_batch, (1,)),
    "SpaceToBatchND": Semantics(_space_to_batch_nd, (1, 2)),
    "SpaceToDepth": Semantics(_space_to_depth),
}
