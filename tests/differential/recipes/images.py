"""Image ops: resizing, crops, boxes, blocks of pixels."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Mapping

import numpy as np

from harness.draft import Draft
from linter.graph import Value

__all__ = ["RECIPES"]

Recipe = Callable[[Draft], None]


def _pixels(d: Draft) -> tuple[int, ...]:
    return (d.pick((1, 2, 0)), d.integer(1, 4), d.integer(1, 4), d.integer(1, 3))


def resized(d: Draft) -> None:
    image = d.data(_pixels(d), d.dtype("T", among=("float32", "uint8", "int32")), 0, 9)
    size = d.argument([d.integer(1, 5), d.integer(1, 5)])
    if d.op == "ScaleAndTranslate":
        rest = [d.data((2,), "float32", 1, 2), d.data((2,), "float32", 0, 1)]
        d.node(d.op, image, size, *rest)
        return
    attrs = {"align_corners": d.chance(50)}
    if d.op != "ResizeArea":
        attrs["half_pixel_centers"] = not attrs["align_corners"] and d.chance(50)
    d.node(d.op, image, size, **attrs)


def resized_gradient(d: Draft) -> None:
    batch, height, width, depth = _pixels(d)
    gradient = d.data((batch, d.integer(1, 4), d.integer(1, 4), depth), "float32")
    original = d.data((batch, height, width, depth), d.dtype("T", among=("float32", "float64")))
    d.node(d.op, gradient, original, align_corners=d.chance(50), half_pixel_centers=False)


def cropped(d: Draft) -> None:
    shape, count = _pixels(d), d.integer(0, 3)
    image = d.data(shape, d.dtype("T", among=("float32", "uint8", "int32")), 0, 9)
    boxes = d.data((count, 4), "float32", 0, 1)
    which = d.tensor(np.zeros(count, "int32"), "int32")
    d.node(d.op, image, boxes, which, d.argument([d.integer(1, 3), d.integer(1, 3)]))


def drawn(d: Draft) -> None:
    batch, height, width, _ = _pixels(d)
    dtype = d.dtype("T", among=("float32", "float16"))
    inputs = [d.data((batch, height, width, d.pick((1, 3, 4))), dtype, 0, 1)]
    inputs.append(d.data((batch, d.integer(0, 2), 4), "float32", 0, 1))
    if d.op.endswith("V2"):
        inputs.append(d.data((2, 4), "float32", 0, 1))
    d.node(d.op, *inputs)


def distorted(d: Draft) -> None:
    dtype = d.dtype("T", among=("int32", "int64", "uint8"))
    inputs = [d.tensor(np.array([9, 9, 3], dtype), dtype), d.data((1, 1, 4), "float32", 0, 0)]
    if d.op.endswith("V2"):
        inputs.append(d.const(0.1, "float32"))
    d.outputs(d.op, *inputs, use_image_if_no_bounding_boxes=True)


def suppressed(d: Draft) -> None:
    count, most = d.integer(0, 4), d.argument(d.integer(0, 4))
    dtype = "float32" if "T" not in d.definition(d.op).attrs else d.dtype(among=("float32",))
    shape = (count, count) if d.op.endswith("Overlaps") else (count, 4)
    scores = d.data((count,), dtype, 0, 1)
    limits = d.definition(d.op).inputs[3:]
    thresholds: list[Value] = [d.const(0.5, "float32") for _ in limits]
    d.outputs(d.op, d.data(shape, dtype, 0, 1), scores, most, *thresholds)


def blocks_of_pixels(d: Draft) -> None:
    text, block = d.pick(("NHWC", "NHWC", "NCHW")), d.integer(2, 3)
    batch, height, width, depth = _pixels(d)
    if d.chance(5):
        depth, height = depth + 1, height * block + 1
    elif d.op == "SpaceToDepth":
        height, width = height * block, width * block
    else:
        depth *= block * block
    shape = (batch, height, width, depth) if text == "NHWC" else (batch, depth, height, width)
    x = d.data(shape, d.dtype("T", among=("float32", "int32", "uint8")))
    d.node(d.op, x, block_size=block, data_format=text)


def into_batch(d: Draft) -> None:
    count = 2 if d.op == "SpaceToBatch" else d.integer(0, 2)
    block = [d.integer(2, 3)] * 2 if d.op == "SpaceToBatch" else [d.integer(1, 3)] * count
    pads = [[d.integer(0, 2), d.integer(0, 2)] for _ in range(count)]
    extents = []
    for size, pad in zip(block, pads, strict=False):
        whole = size * (d.integer(0, 2) + -(-sum(pad) // size))
        extents.append(whole - sum(pad))
    rest = d.dims(1, 1) if d.op == "SpaceToBatch" else d.dims(0, 2)
    x = d.data((d.pick((1, 2, 0)), *extents, *rest), d.dtype("T", "Identity"))
    _with_blocks(d, x, block, pads)


def out_of_batch(d: Draft) -> None:
    count = 2 if d.op == "BatchToSpace" else d.integer(0, 2)
    block = [d.integer(2, 3)] * 2 if d.op == "BatchToSpace" else [d.integer(1, 3)] * count
    extents = [d.integer(1, 3) for _ in range(count)]
    crops = []
    for size, extent in zip(block, extents, strict=False):
        first = d.integer(0, min(2, size * extent))
        crops.append([first, d.integer(0, min(2, size * extent - first))])
    batch = d.pick((1, 2, 0)) * int(np.prod(block)) + d.chance(4)
    rest = d.dims(1, 1) if d.op == "BatchToSpace" else d.dims(0, 2)
    x = d.data((batch, *extents, *rest), d.dtype("T", "Identity"))
    _with_blocks(d, x, block, crops)


def _with_blocks(d: Draft, x: Value, block: list[int], pairs: list[list[int]]) -> None:
    found = np.array(pairs, "int32").reshape(len(pairs), 2)
    if d.op in ("SpaceToBatch", "BatchToSpace"):
        d.node(d.op, x, d.argument(found), block_size=block[0])
        return
    d.node(d.op, x, d.argument(np.array(block, "int32")), d.argument(found))


def decoded(d: Draft) -> None:
    d.runs = d.op == "DecodePng"
    text = d.tensor(np.array(_png(d.integer(1, 3), d.integer(1, 3)), object), "string")
    attrs = {"dtype": d.dtype("dtype")} if d.op == "DecodePng" else {}
    d.node(d.op, text, channels=d.pick((0, 1, 3)), **attrs)


def _png(height: int, width: int) -> bytes:
    """A black picture of three channels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress((b"\0" + bytes(3 * width)) * height)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )


RECIPES: Mapping[str, Recipe] = {
    **dict.fromkeys(
        ("ResizeArea", "ResizeBicubic", "ResizeBilinear", "ResizeNearestNeighbor",
         "ScaleAndTranslate"), resized,
    ),
    **dict.fromkeys(
        ("NonMaxSuppression", "NonMaxSuppressionV2", "NonMaxSuppressionV3", "NonMaxSuppressionV4",
         "NonMaxSuppressionV5", "NonMaxSuppressionWithOverlaps"), suppressed,
    ),
    **dict.fromkeys(("ResizeBicubicGrad", "ResizeBilinearGrad"), resized_gradient),
    **dict.fromkeys(("DecodeBmp", "DecodeJpeg", "DecodePng"), decoded),
    **dict.fromkeys(("DepthToSpace", "SpaceToDepth"), blocks_of_pixels),
    **dict.fromkeys(("DrawBoundingBoxes", "DrawBoundingBoxesV2"), drawn),
    **dict.fromkeys(("SampleDistortedBoundingBox", "SampleDistortedBoundingBoxV2"), distorted),
    **dict.fromkeys(("SpaceToBatch", "SpaceToBatchND"), into_batch),
    **dict.fromkeys(("BatchToSpace", "BatchToSpaceND"), out_of_batch),
    "CropAndResize": cropped,
}  # fmt: skip
