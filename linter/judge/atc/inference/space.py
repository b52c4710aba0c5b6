"""Images: blocks, patches and other sizes.

Source: canndev, ops/built-in/op_proto/transformation_ops.cc and image_ops.cc.
"""

from __future__ import annotations

from linter.infer.windows import layout_of
from linter.judge.atc.inference.demands import (
    AICPU,
    LOGGED,
    VECTOR,
    at_least,
    misshapen,
    ranked,
    shown,
    stated,
    wrong,
)
from linter.judge.atc.inference.operator import Aspect, GeOperator, Refused

__all__ = [
    "blocks_by_input",
    "blocks_of_images",
    "depth_and_space",
    "extract_image_patches",
    "resize",
    "resize_bilinear",
    "resize_on_cpu",
]

_LAYOUTS = ("NHWC", "NCHW", "NC1HWC0")


def depth_and_space(op: GeOperator) -> Refused | None:
    """DepthToSpace and SpaceToDepth: their Verify; sizes are divided without a look."""
    refused = at_least(op.inputs[:1], 4, VECTOR) or stated(op, "block_size", VECTOR)
    if refused is not None:
        return refused
    if (op.integer("block_size") or 0) < 2:
        return wrong(op, "block_size", "it must be 2 or more", VECTOR)
    layout = op.text("data_format")
    if layout is None or layout in _LAYOUTS:
        return None
    return wrong(op, "data_format", "it must be NHWC or NCHW", VECTOR)


def blocks_of_images(op: GeOperator) -> Refused | None:
    """BatchToSpace and SpaceToBatch: their Verify and InferShape."""
    refused = at_least(op.inputs[:1], 4, AICPU) or stated(op, "block_size", AICPU)
    if refused is None and (op.integer("block_size") or 0) < 2:
        refused = wrong(op, "block_size", "it must be 2 or more", AICPU)
    found = op.inputs[1].integers if len(op.inputs) > 1 else None
    if refused is not None or found is None or len(found) == 4:
        return refused
    seen = f"input {op.inputs[1].name!r} is {shown(found)}"
    return misshapen(op.inputs[1], "it must have 4 elements", AICPU, seen=seen)


def blocks_by_input(op: GeOperator) -> Refused | None:
    """BatchToSpaceND and SpaceToBatchND: BatchToSpaceNDInferShape, SpaceToBatchNDInferShape."""
    data, block, pairs = op.inputs[:3]
    sizes, borders, rank = block.integers, pairs.integers, data.rank
    if sizes is None or borders is None or rank is None:
        return None
    if len(borders) != 2 * len(sizes):
        seen = f"inputs {block.name!r} and {pairs.name!r} are {shown(sizes)} and {shown(borders)}"
        return misshapen(pairs, "there must be a pair for each block size", LOGGED, seen=seen)
    if rank > len(sizes):
        return None
    seen = f"input {data.name!r} has the shape {shown(data.dims)} and there are {len(sizes)} blocks"
    return misshapen(data, "its rank must be greater", LOGGED, seen=seen)


def extract_image_patches(op: GeOperator) -> Refused | None:
    """ExtractImagePatches: ExtractImagePatchesVerify, ExtractImagePatchesInferShape."""
    for name in ("ksizes", "strides", "rates"):
        if not op.integers(name):
            return wrong(op, name, "a list of integers must be there", LOGGED)
    if op.text("padding") not in ("SAME", "VALID"):
        return wrong(op, "padding", "it must be SAME or VALID", VECTOR)
    strides, layout = op.integers("strides") or (), layout_of(op.inputs[0].layout)
    if layout is None or len(strides) != layout.rank or all(strides[k] for k in layout.spatial):
        return None
    return wrong(op, "strides", "its spatial entries must not be 0", VECTOR)


def resize(op: GeOperator) -> Refused | None:
    """ResizeBilinearV2 and ResizeNearestNeighborV2: ResizeConstInferShape."""
    data, size = op.inputs[:2]
    refused = ranked((data,), (4,), VECTOR)
    found = size.integers
    if refused is not None or found is None or len(found) == 2:
        return refused
    seen = f"input {size.name!r} is {shown(found)}"
    return misshapen(size, "it must have 2 elements", VECTOR, seen=seen)


def resize_bilinear(op: GeOperator) -> Refused | None:
    """ResizeBilinearV2; without ``align_corners`` the plugin leaves the layout open.

    Source of the latter: atc's own refusal of such a node.
    """
    if not op.facts.stated("align_corners"):
        seen, accepted = "attribute 'align_corners' is missing", "it must be there"
        return Refused(Aspect.ATTRIBUTE, VECTOR, seen, accepted)
    return resize(op)


def resize_on_cpu(op: GeOperator) -> Refused | None:
    """ResizeArea and ResizeBicubic: ResizeShapeFn."""
    return ranked(op.inputs[:1], (4,), AICPU)
