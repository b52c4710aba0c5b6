"""Which check looks at which GE type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from linter.judge.atc.inference import (
    control_flow,
    convolution,
    detection,
    elementwise,
    joining,
    linear_algebra,
    matrices,
    pooling,
    random,
    reducing,
    shapes,
    slicing,
    space,
)
from linter.judge.atc.inference.operator import Check, GeOperator, Refused

__all__ = ["CHECKS", "Entry", "refused"]


class Entry(NamedTuple):
    """How a type is checked.

    Attributes:
        check: the check.
        inputs: number of inputs that it needs; the parser has refused a node with fewer.
        dtypes_only: it looks at the dtypes of single inputs and at nothing else.
    """

    check: Check
    inputs: int = 1
    dtypes_only: bool = False


def _equal_and_broadcasting(op: GeOperator) -> Refused | None:
    return elementwise.equal(0, 1)(op) or elementwise.spreads(op)


CHECKS: Mapping[str, Entry] = {
    **{
        type_: Entry(elementwise.equal(*places), dtypes_only=True)
        for type_, places in elementwise.EQUAL.items()
    },
    **dict.fromkeys(elementwise.BROADCASTING, Entry(elementwise.spreads, 2)),
    **dict.fromkeys(elementwise.EQUAL_AND_BROADCASTING, Entry(_equal_and_broadcasting, 2)),
    "AccumulateNV2": Entry(elementwise.equal_group),
    "ArgMaxV2": Entry(reducing.arg_extreme, 2),
    "AvgPool": Entry(pooling.avg_pool),
    "BatchMatMul": Entry(matrices.batch_matmul, 2),
    "BatchMatMulV2": Entry(matrices.batch_matmul_v2, 2),
    "BatchToSpace": Entry(space.blocks_of_images),
    "BatchToSpaceND": Entry(space.blocks_by_input, 3),
    "Cholesky": Entry(linear_algebra.square),
    "CombinedNonMaxSuppression": Entry(detection.combined_suppression, 6),
    "Concat": Entry(joining.concat_axis_first),
    "ConcatD": Entry(joining.concat_with_attribute),
    "ConcatV2": Entry(joining.concat_v2),
    "ConcatV2D": Entry(joining.concat_with_attribute),
    "Conv2D": Entry(convolution.conv2d, 2),
    "Conv2DBackpropInput": Entry(convolution.conv2d_backprop_input, 3),
    "Conv3D": Entry(convolution.conv3d, 2),
    "CropAndResize": Entry(detection.crop_and_resize, 4),
    "DepthToSpace": Entry(space.depth_and_space),
    "DepthwiseConv2D": Entry(convolution.depthwise_conv2d, 2),
    "ExpandDims": Entry(shapes.expand_dims, 2),
    "ExtractImagePatches": Entry(space.extract_image_patches),
    "Fill": Entry(shapes.fill, 2),
    "Gather": Entry(slicing.gather),
    "GatherNd": Entry(slicing.gather_nd, 2),
    "GatherV2": Entry(slicing.gather_v2, 2),
    "HistogramFixedWidth": Entry(random.histogram, 3),
    "LogMatrixDeterminant": Entry(linear_algebra.square),
    "LogUniformCandidateSampler": Entry(random.candidate_sampler),
    "LoopCond": Entry(control_flow.loop_cond),
    "Lu": Entry(linear_algebra.square),
    "MatMul": Entry(matrices.matmul, 2),
    "MatMulV2": Entry(matrices.matmul, 2),
    "MatrixDeterminant": Entry(linear_algebra.square),
    "MatrixInverse": Entry(linear_algebra.square),
    "MatrixSolve": Entry(linear_algebra.solve, 2),
    "MatrixTriangularSolve": Entry(linear_algebra.solve, 2),
    "MaxPool": Entry(pooling.max_pool),
    "MaxPool3D": Entry(pooling.max_pool_3d),
    "MaxPoolWithArgmax": Entry(pooling.max_pool_with_argmax),
    "Merge": Entry(control_flow.merge),
    "MirrorPad": Entry(shapes.pad, 2),
    "Multinomial": Entry(random.multinomial, 2),
    "NonMaxSuppression": Entry(detection.suppression(1), 3),
    "NonMaxSuppressionV2": Entry(detection.suppression(2), 4),
    "NonMaxSuppressionV3": Entry(detection.suppression(3), 5),
    "NonMaxSuppressionV4": Entry(detection.suppression(3), 5),
    "NonMaxSuppressionV5": Entry(detection.suppression(4), 6),
    "NthElement": Entry(random.nth_element, 2),
    "OneHot": Entry(slicing.one_hot),
    "Pack": Entry(joining.pack),
    "Pad": Entry(shapes.pad, 2),
    "PadV2": Entry(shapes.pad, 2),
    "Qr": Entry(linear_algebra.matrix),
    "RaggedRange": Entry(linear_algebra.ragged_range, 3),
    "RandomPoisson": Entry(random.random_poisson),
    "RandomStandardNormal": Entry(random.random_floats),
    "RandomUniform": Entry(random.random_floats),
    "RandomUniformInt": Entry(random.random_uniform_int, 3),
    "ReduceAllD": Entry(reducing.reduce_by_attribute),
    "ReduceAnyD": Entry(reducing.reduce_by_attribute),
    "ReduceMaxD": Entry(reducing.reduce_by_attribute),
    "ReduceMeanD": Entry(reducing.reduce_by_attribute),
    "ReduceMinD": Entry(reducing.reduce_by_attribute),
    "ReduceProdD": Entry(reducing.reduce_by_attribute),
    "ReduceSumD": Entry(reducing.reduce_by_attribute),
    "RefMerge": Entry(control_flow.merge),
    "RefSwitch": Entry(control_flow.switch, 2),
    "Reshape": Entry(shapes.reshape, 2),
    "ResizeArea": Entry(space.resize_on_cpu),
    "ResizeBicubic": Entry(space.resize_on_cpu),
    "ResizeBilinearV2": Entry(space.resize_bilinear, 2),
    "ResizeNearestNeighborV2": Entry(space.resize, 2),
    "ReverseSequence": Entry(slicing.reverse_sequence, 2),
    "SelfAdjointEig": Entry(linear_algebra.square),
    "SoftmaxCrossEntropyWithLogits": Entry(pooling.softmax_cross_entropy, 2),
    "SpaceToBatch": Entry(space.blocks_of_images),
    "SpaceToBatchND": Entry(space.blocks_by_input, 3),
    "SpaceToDepth": Entry(space.depth_and_space),
    "Split": Entry(slicing.split),
    "SplitV": Entry(slicing.split_v),
    "Squeeze": Entry(shapes.squeeze),
    "StatelessRandomUniformInt": Entry(random.stateless_random_uniform_int, 4),
    "StridedSlice": Entry(slicing.strided_slice, 4),
    "Svd": Entry(linear_algebra.matrix),
    "Switch": Entry(control_flow.switch, 2),
    "Tile": Entry(shapes.tile, 2),
    "TopK": Entry(slicing.top_k),
    "TopKV2": Entry(slicing.top_k),
    "Transpose": Entry(shapes.transpose, 2),
    "Unpack": Entry(slicing.unpack),
    "Where": Entry(detection.where),
}
"""By GE type; ``linter.judge.atc.inference.unchecked`` has the types that were read and refuse
nothing."""


def refused(op: GeOperator) -> Refused | None:
    """What Verify or InferShape refuses of an operator; ``None`` when nothing is known to be."""
    entry = CHECKS.get(op.type)
    if entry is None or len(op.inputs) < entry.inputs:
        return None
    return entry.check(op)
