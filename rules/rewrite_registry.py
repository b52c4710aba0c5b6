"""Every rewrite, in the order in which the engine tries them: by id."""

from __future__ import annotations

from linter.rules import RewriteRule
from rules.arithmetic_registry import ARITHMETIC_RULES
from rules.rewrite.delete.active_dropout import ActiveDropout
from rules.rewrite.delete.assertion import Assertion
from rules.rewrite.delete.awaited_node import AwaitedNode
from rules.rewrite.delete.check_numerics import CheckNumerics
from rules.rewrite.delete.gradient_barrier import GradientBarrier
from rules.rewrite.delete.inactive_dropout import InactiveDropout
from rules.rewrite.delete.no_op_node import NoOpNode
from rules.rewrite.delete.pass_through import PassThrough
from rules.rewrite.delete.print_leaf import PrintLeaf
from rules.rewrite.delete.print_node import PrintNode
from rules.rewrite.delete.unneeded_node import UnneededNode
from rules.rewrite.substitute.add_n_chain import AddNChain
from rules.rewrite.substitute.add_n_pair import AddNPair
from rules.rewrite.substitute.add_v2 import AddV2
from rules.rewrite.substitute.any_of import AnyOf
from rules.rewrite.substitute.arg_min import ArgMin
from rules.rewrite.substitute.batched_weight import BatchedWeight
from rules.rewrite.substitute.broadcast_constant import BroadcastConstant
from rules.rewrite.substitute.broadcast_operand import BroadcastOperand
from rules.rewrite.substitute.broadcast_to import BroadcastTo
from rules.rewrite.substitute.ceil_of import CeilOf
from rules.rewrite.substitute.collapsed_branch import CollapsedBranch
from rules.rewrite.substitute.computed_operand import ComputedOperand
from rules.rewrite.substitute.constant_merge import ConstantMerge
from rules.rewrite.substitute.constant_select import ConstantSelect
from rules.rewrite.substitute.constant_switch import ConstantSwitch
from rules.rewrite.substitute.div_no_nan import DivNoNan
from rules.rewrite.substitute.double_arithmetic import DoubleArithmetic
from rules.rewrite.substitute.even_split_v import EvenSplitV
from rules.rewrite.substitute.exp_minus_one import ExpMinusOne
from rules.rewrite.substitute.extremum_by_axis import ExtremumByAxis
from rules.rewrite.substitute.extremum_of_axes import ExtremumOfAxes
from rules.rewrite.substitute.fake_quant_args import FakeQuantArgs
from rules.rewrite.substitute.fed_node import FedNode
from rules.rewrite.substitute.filled_like import FilledLike
from rules.rewrite.substitute.finite_select import FiniteSelect
from rules.rewrite.substitute.flattened_constant import FlattenedConstant
from rules.rewrite.substitute.floor_of import FloorOf
from rules.rewrite.substitute.folded_node import FoldedNode
from rules.rewrite.substitute.folded_operand import FoldedOperand
from rules.rewrite.substitute.full_width_filter import FullWidthFilter
from rules.rewrite.substitute.fused_batch_norm_v3 import FusedBatchNormV3
from rules.rewrite.substitute.fused_convolution import FusedConvolution
from rules.rewrite.substitute.global_pool import GlobalPool
from rules.rewrite.substitute.gru_block_cell import GRUBlockCell
from rules.rewrite.substitute.half_squared_norm import HalfSquaredNorm
from rules.rewrite.substitute.inlined_call import InlinedCall
from rules.rewrite.substitute.is_finite import IsFinite
from rules.rewrite.substitute.is_nan import IsNan
from rules.rewrite.substitute.known_value import KnownValue
from rules.rewrite.substitute.leaky_relu import LeakyRelu
from rules.rewrite.substitute.less_equal import LessEqual
from rules.rewrite.substitute.log_one_plus import LogOnePlus
from rules.rewrite.substitute.log_softmax import LogSoftmax
from rules.rewrite.substitute.logical_and import LogicalAnd
from rules.rewrite.substitute.low_rank_pad import LowRankPad
from rules.rewrite.substitute.lstm_block_cell import LSTMBlockCell
from rules.rewrite.substitute.mean_of_axes import MeanOfAxes
from rules.rewrite.substitute.multiplied_depth import MultipliedDepth
from rules.rewrite.substitute.not_equal import NotEqual
from rules.rewrite.substitute.one_hot import OneHot
from rules.rewrite.substitute.sign_of import SignOf
from rules.rewrite.substitute.squared_broadcast import SquaredBroadcast
from rules.rewrite.substitute.squared_difference import SquaredDifference
from rules.rewrite.substitute.strided_filter import StridedFilter
from rules.rewrite.substitute.transposed_weight import TransposedWeight
from rules.rewrite.substitute.uneven_split_v import UnevenSplitV
from rules.rewrite.substitute.unfed_default import UnfedDefault
from rules.rewrite.substitute.unrolled_loop import UnrolledLoop
from rules.rewrite.substitute.unrolled_while import UnrolledWhile
from rules.rewrite.substitute.weight_first import WeightFirst
from rules.rewrite.substitute.wide_deconvolution import WideDeconvolution
from rules.rewrite.substitute.wide_filter import WideFilter
from rules.structural_registry import STRUCTURAL_RULES

__all__ = ["REWRITE_RULES"]

FIRST_RULES: tuple[type[RewriteRule], ...] = (
    UnneededNode,
    Assertion,
    NoOpNode,
    PrintNode,
    PrintLeaf,
    InactiveDropout,
    ActiveDropout,
    CheckNumerics,
    GradientBarrier,
    PassThrough,
    AwaitedNode,
    ConstantMerge,
    ConstantSwitch,
    UnfedDefault,
    FedNode,
    KnownValue,
    ComputedOperand,
    FoldedOperand,
    FoldedNode,
    AddV2,
    AddNPair,
    AddNChain,
    FusedBatchNormV3,
    EvenSplitV,
    UnevenSplitV,
    FusedConvolution,
    FullWidthFilter,
    StridedFilter,
    WideFilter,
    TransposedWeight,
    WeightFirst,
    BatchedWeight,
    MeanOfAxes,
    GlobalPool,
    SquaredDifference,
    SquaredBroadcast,
    FlattenedConstant,
    BroadcastConstant,
    BroadcastOperand,
    LowRankPad,
    ExtremumOfAxes,
    ExtremumByAxis,
    LessEqual,
    NotEqual,
    LogicalAnd,
    AnyOf,
    FloorOf,
    CeilOf,
    DivNoNan,
    OneHot,
    ConstantSelect,
    FiniteSelect,
    LogOnePlus,
    ExpMinusOne,
    SignOf,
    FilledLike,
    IsNan,
    ArgMin,
    LeakyRelu,
    LogSoftmax,
    LSTMBlockCell,
    GRUBlockCell,
    MultipliedDepth,
    WideDeconvolution,
    BroadcastTo,
    IsFinite,
    FakeQuantArgs,
    HalfSquaredNorm,
    DoubleArithmetic,
    UnrolledLoop,
    UnrolledWhile,
    CollapsedBranch,
    InlinedCall,
)

REWRITE_RULES: tuple[type[RewriteRule], ...] = (
    *FIRST_RULES,
    *ARITHMETIC_RULES,
    *STRUCTURAL_RULES,
)
