"""The rewrites of structure: what moves, joins or windows elements, in the order of their ids."""

from __future__ import annotations

from linter.rules import RewriteRule
from rules.rewrite.substitute.bare_quantization import BareQuantization
from rules.rewrite.substitute.batch_to_space import BatchToSpace
from rules.rewrite.substitute.constant_batch_norm import ConstantBatchNorm
from rules.rewrite.substitute.constant_partition import ConstantPartition
from rules.rewrite.substitute.constant_scatter import ConstantScatter
from rules.rewrite.substitute.constant_segments import ConstantSegments
from rules.rewrite.substitute.constant_stitch import ConstantStitch
from rules.rewrite.substitute.convolution_by_planes import ConvolutionByPlanes
from rules.rewrite.substitute.depth_and_space import DepthAndSpace
from rules.rewrite.substitute.dilated_convolution import DilatedConvolution
from rules.rewrite.substitute.evaluated_node import EvaluatedNode
from rules.rewrite.substitute.evaluated_operand import EvaluatedOperand
from rules.rewrite.substitute.folded_batch_norm import FoldedBatchNorm
from rules.rewrite.substitute.fused_batch_norm_ex import FusedBatchNormEx
from rules.rewrite.substitute.gathered_select import GatheredSelect
from rules.rewrite.substitute.live_batch_norm import LiveBatchNorm
from rules.rewrite.substitute.local_response import LocalResponse
from rules.rewrite.substitute.nearest_by_gather import NearestByGather
from rules.rewrite.substitute.nested_concat import NestedConcat
from rules.rewrite.substitute.padded_fused_convolution import PaddedFusedConvolution
from rules.rewrite.substitute.padding_by_concat import PaddingByConcat
from rules.rewrite.substitute.parallel_concat import ParallelConcat
from rules.rewrite.substitute.plain_flow import PlainFlow
from rules.rewrite.substitute.plain_max_pool import PlainMaxPool
from rules.rewrite.substitute.plain_transpose import PlainTranspose
from rules.rewrite.substitute.pool_in_two import PoolInTwo
from rules.rewrite.substitute.pooling_by_axes import PoolingByAxes
from rules.rewrite.substitute.rearranged_elements import RearrangedElements
from rules.rewrite.substitute.resize_by_matrix import ResizeByMatrix
from rules.rewrite.substitute.reversed_axes import ReversedAxes
from rules.rewrite.substitute.rolled_axes import RolledAxes
from rules.rewrite.substitute.set_diagonal import SetDiagonal
from rules.rewrite.substitute.settled_assignment import SettledAssignment
from rules.rewrite.substitute.space_to_batch import SpaceToBatch
from rules.rewrite.substitute.spread_filter import SpreadFilter
from rules.rewrite.substitute.stated_axis import StatedAxis
from rules.rewrite.substitute.training_flag import TrainingFlag
from rules.rewrite.substitute.unchanged_size import UnchangedSize
from rules.rewrite.substitute.unpacked_by_slices import UnpackedBySlices
from rules.rewrite.substitute.unreduced_value import UnreducedValue
from rules.rewrite.substitute.whole_top_k import WholeTopK
from rules.rewrite.substitute.written_padding import WrittenPadding

__all__ = ["STRUCTURAL_RULES"]

STRUCTURAL_RULES: tuple[type[RewriteRule], ...] = (
    RearrangedElements,
    GatheredSelect,
    FoldedBatchNorm,
    ConstantBatchNorm,
    LiveBatchNorm,
    FusedBatchNormEx,
    PlainTranspose,
    ReversedAxes,
    ParallelConcat,
    UnreducedValue,
    WholeTopK,
    NearestByGather,
    ResizeByMatrix,
    UnchangedSize,
    RolledAxes,
    DilatedConvolution,
    BatchToSpace,
    DepthAndSpace,
    PaddedFusedConvolution,
    SpaceToBatch,
    ConvolutionByPlanes,
    PoolingByAxes,
    PlainMaxPool,
    ConstantSegments,
    ConstantScatter,
    ConstantStitch,
    ConstantPartition,
    LocalResponse,
    WrittenPadding,
    StatedAxis,
    NestedConcat,
    PoolInTwo,
    PaddingByConcat,
    UnpackedBySlices,
    SettledAssignment,
    PlainFlow,
    SetDiagonal,
    SpreadFilter,
    BareQuantization,
    TrainingFlag,
    EvaluatedNode,
    EvaluatedOperand,
)
