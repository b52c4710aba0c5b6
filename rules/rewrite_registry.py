"""Every rewrite, in the order in which the engine tries them."""

from __future__ import annotations

from linter.rule import RewriteRule
from rules.rewrite.delete.active_dropout import ActiveDropout
from rules.rewrite.delete.assertion import Assertion
from rules.rewrite.delete.check_numerics import CheckNumerics
from rules.rewrite.delete.dead_node import DeadNode
from rules.rewrite.delete.gradient_barrier import GradientBarrier
from rules.rewrite.delete.inactive_dropout import InactiveDropout
from rules.rewrite.delete.no_op_node import NoOpNode
from rules.rewrite.delete.pass_through import PassThrough
from rules.rewrite.delete.print_leaf import PrintLeaf
from rules.rewrite.delete.print_node import PrintNode
from rules.rewrite.substitute.add_n_chain import AddNChain
from rules.rewrite.substitute.add_n_pair import AddNPair
from rules.rewrite.substitute.add_v2 import AddV2
from rules.rewrite.substitute.computed_operand import ComputedOperand
from rules.rewrite.substitute.constant_merge import ConstantMerge
from rules.rewrite.substitute.constant_switch import ConstantSwitch
from rules.rewrite.substitute.even_split_v import EvenSplitV
from rules.rewrite.substitute.fed_default import FedDefault
from rules.rewrite.substitute.fused_batch_norm_v3 import FusedBatchNormV3
from rules.rewrite.substitute.known_value import KnownValue
from rules.rewrite.substitute.pinned_default import PinnedDefault
from rules.rewrite.substitute.uneven_split_v import UnevenSplitV

__all__ = ["REWRITE_RULES"]

REWRITE_RULES: tuple[type[RewriteRule], ...] = (
    DeadNode,
    Assertion,
    NoOpNode,
    PrintNode,
    PrintLeaf,
    InactiveDropout,
    ActiveDropout,
    CheckNumerics,
    GradientBarrier,
    PassThrough,
    ConstantMerge,
    ConstantSwitch,
    PinnedDefault,
    FedDefault,
    KnownValue,
    ComputedOperand,
    AddV2,
    AddNPair,
    AddNChain,
    FusedBatchNormV3,
    EvenSplitV,
    UnevenSplitV,
)
