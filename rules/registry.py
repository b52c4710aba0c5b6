"""Every rule there is, in the order in which it runs.

The tuples are explicit; a test holds them against the files. Rewrites are imported only when
somebody asks for them.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from linter.results.errors import UsageError
from linter.rules import LintRule, RewriteRule
from rules.lint.atr.explicit_padding import ExplicitPadding
from rules.lint.atr.layout_conflict import LayoutConflict
from rules.lint.atr.newer_attribute import NewerAttribute
from rules.lint.atr.undefined_attribute import UndefinedAttribute
from rules.lint.atr.xla_hint import XlaHint
from rules.lint.ctl.function_library import FunctionLibrary
from rules.lint.ctl.incomplete_frame import IncompleteFrame
from rules.lint.ctl.missing_function import MissingFunction
from rules.lint.ctl.recursive_function import RecursiveFunction
from rules.lint.ctl.v1_control_flow import V1ControlFlow
from rules.lint.dty.half_range import HalfRange
from rules.lint.dty.input_dtype import InputDtype
from rules.lint.dty.refused_dtype import RefusedDtype
from rules.lint.dty.wide_dtype import WideDtype
from rules.lint.grf.cycle import Cycle
from rules.lint.grf.dead_node import DeadNode
from rules.lint.grf.duplicate_name import DuplicateName
from rules.lint.grf.input_count import InputCount
from rules.lint.grf.malformed_attribute import MalformedAttribute
from rules.lint.grf.missing_producer import MissingProducer
from rules.lint.grf.port_out_of_range import PortOutOfRange
from rules.lint.grf.text_format import TextFormat
from rules.lint.grf.unfrozen_variable import UnfrozenVariable
from rules.lint.grf.unusable_name import UnusableName
from rules.lint.grf.unusable_path import UnusablePath
from rules.lint.grf.valueless_constant import ValuelessConstant
from rules.lint.iox.constant_output import ConstantOutput
from rules.lint.iox.guessed_output import GuessedOutput
from rules.lint.iox.host_processing import HostProcessing
from rules.lint.iox.no_input import NoInput
from rules.lint.iox.pinned_default import PinnedDefault
from rules.lint.iox.random_result import RandomResult
from rules.lint.iox.stray_leaf import StrayLeaf
from rules.lint.iox.training_batch_norm import TrainingBatchNorm
from rules.lint.iox.unused_input import UnusedInput
from rules.lint.ops.no_data import NoData
from rules.lint.ops.no_kernel import NoKernel
from rules.lint.ops.outside_limits import OutsideLimits
from rules.lint.ops.unknown_op import UnknownOp
from rules.lint.prf.cast_pair import CastPair
from rules.lint.prf.cpu_fallback import CpuFallback
from rules.lint.prf.layout_transpose import LayoutTranspose
from rules.lint.prf.unfused_scope import UnfusedScope
from rules.lint.shp.batch_mismatch import BatchMismatch
from rules.lint.shp.data_dependent_shape import DataDependentShape
from rules.lint.shp.empty_tensor import EmptyTensor
from rules.lint.shp.shape_conflict import ShapeConflict
from rules.lint.shp.unknown_input_dimension import UnknownInputDimension

__all__ = ["LINT_RULES", "find_rule", "lint_rules", "rewrite_rules", "rewrites_of", "select"]

LINT_RULES: tuple[type[LintRule], ...] = (
    NewerAttribute,
    ExplicitPadding,
    UndefinedAttribute,
    XlaHint,
    LayoutConflict,
    V1ControlFlow,
    FunctionLibrary,
    MissingFunction,
    RecursiveFunction,
    IncompleteFrame,
    RefusedDtype,
    WideDtype,
    InputDtype,
    HalfRange,
    DuplicateName,
    MissingProducer,
    Cycle,
    UnfrozenVariable,
    PortOutOfRange,
    DeadNode,
    TextFormat,
    MalformedAttribute,
    ValuelessConstant,
    InputCount,
    UnusableName,
    UnusablePath,
    NoInput,
    GuessedOutput,
    PinnedDefault,
    StrayLeaf,
    TrainingBatchNorm,
    RandomResult,
    HostProcessing,
    ConstantOutput,
    UnusedInput,
    UnknownOp,
    NoKernel,
    NoData,
    OutsideLimits,
    CpuFallback,
    LayoutTranspose,
    CastPair,
    UnfusedScope,
    UnknownInputDimension,
    DataDependentShape,
    EmptyTensor,
    ShapeConflict,
    BatchMismatch,
)


@cache
def lint_rules() -> tuple[LintRule, ...]:
    """All lint rules by id."""
    return tuple(rule() for rule in LINT_RULES)


@cache
def rewrite_rules() -> tuple[RewriteRule, ...]:
    """All rewrites by id, which is the order in which they are tried."""
    from rules.rewrite_registry import REWRITE_RULES

    return tuple(rule() for rule in REWRITE_RULES)


def select(
    rules: Iterable[LintRule | RewriteRule], codes: Iterable[str]
) -> tuple[LintRule | RewriteRule, ...]:
    """The rules whose id starts with one of the codes.

    Raises:
        UsageError: a code that no rule starts with.
    """
    known = tuple(rules)
    wanted = tuple(codes)
    for code in wanted:
        if not any(rule.id.startswith(code) for rule in known):
            raise UsageError(f"no rule has a code that starts with {code!r}")
    return tuple(rule for rule in known if rule.id.startswith(wanted))


def find_rule(name: str) -> LintRule | RewriteRule | None:
    """The rule of that id or name."""
    rules: tuple[LintRule | RewriteRule, ...] = (*lint_rules(), *rewrite_rules())
    return next((rule for rule in rules if name.upper() == rule.id or name == rule.name), None)


def rewrites_of(op: str) -> tuple[RewriteRule, ...]:
    """The rewrites whose pattern starts at a node of type ``op``, by id."""
    return tuple(rule for rule in rewrite_rules() if op in rule.anchors)
