"""Every rule there is, and the order in which rules run.

The order is written down here, by hand, and follows from no id and no name of a file: it decides
results. Rewrites of an early phase run until they find nothing more, then those of the later ones
are tried; where several can replace one node, the first whose result the target takes has it, so
that the one that makes less stands first and a comment names the others. A list that is found by
walking the packages would have to be sorted by something, and so hide a decision; that no file is
forgotten is for a test to say.

Rules are named as they are called, which is also how their modules are: a list imports nothing, and
a check of a model that the target takes loads no rewrite.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import TypeVar

from linter.rules import LintRule, RewriteRule

__all__ = ["LINT_RULES", "PHASES", "Phase", "lint_rules", "rewrite_rules"]

_AnyRule = TypeVar("_AnyRule", LintRule, RewriteRule)


@dataclass(frozen=True, slots=True)
class Phase:
    """Rewrites that stand together.

    Attributes:
        name: what they do, in a word or two.
        reason: why they stand where they stand.
        folder: where they are under ``rules.rewrite``.
        rules: their names, in the order in which they are tried.
    """

    name: str
    reason: str
    folder: str
    rules: tuple[str, ...]


LINT_RULES: Mapping[str, tuple[str, ...]] = {
    "atr": (
        "newer-attribute",
        "explicit-padding",
        "undefined-attribute",
        "xla-hint",
        "layout-conflict",
        "refused-attribute",
        "missing-attribute",
    ),
    "ctl": (
        "v1-control-flow",
        "function-library",
        "missing-function",
        "recursive-function",
        "incomplete-frame",
    ),
    "dty": (
        "refused-dtype",
        "wide-dtype",
        "input-dtype",
        "half-range",
        "inference-dtype",
    ),
    "grf": (
        "duplicate-name",
        "missing-producer",
        "cycle",
        "unfrozen-variable",
        "port-out-of-range",
        "dead-node",
        "text-format",
        "malformed-attribute",
        "valueless-constant",
        "input-count",
        "unusable-name",
        "unusable-path",
        "edge-dtype",
    ),
    "iox": (
        "no-input",
        "guessed-output",
        "pinned-default",
        "stray-leaf",
        "training-batch-norm",
        "random-result",
        "host-processing",
        "constant-output",
        "unused-input",
        "unfeedable-input",
        "untyped-cut",
        "training-input",
    ),
    "ops": (
        "unknown-op",
        "no-kernel",
        "no-data",
        "outside-limits",
    ),
    "prf": (
        "cpu-fallback",
        "layout-transpose",
        "cast-pair",
        "unfused-scope",
    ),
    "shp": (
        "unknown-input-dimension",
        "data-dependent-shape",
        "empty-tensor",
        "shape-conflict",
        "batch-mismatch",
        "refused-shape",
    ),
}
"""Lint rules by the folder of their family.
Reports are sorted, and so no result depends on this order."""

PHASES = (
    Phase(
        "leftovers",
        "what computes nothing goes first, so that nothing is replaced that would go",
        "delete",
        (
            "unneeded-node",
            "assertion",
            "no-op-node",
            "print-node",
            "print-leaf",
            "inactive-dropout",  # before active-dropout: an exact change before one of inference
            "active-dropout",
            "check-numerics",
            "gradient-barrier",
            "pass-through",
            "awaited-node",
        ),
    ),
    Phase(
        "true dtypes",
        "what freezing left of variables, and inputs of a dtype that no reader takes: TensorFlow "
        "loads the graph after these, and what a branch passes on is what its readers take",
        "substitute",
        (
            "mistyped-input",
            "plain-flow",
            "value-flow",
            "settled-read",
            "settled-assignment",
        ),
    ),
    Phase(
        "settled flow",
        "branches that never run, and inputs that are none or are given: what hangs on them may go",
        "substitute",
        (
            "constant-merge",
            "constant-switch",
            "unfed-default",  # before fed-node, which is for the defaults that stay inputs
            "fed-node",
        ),
    ),
    Phase(
        "known values",
        "what is the same on every run, as far as shapes and NumPy tell",
        "substitute",
        (
            "known-value",
            "computed-operand",
            "folded-operand",
            "folded-node",
        ),
    ),
    Phase(
        "loops and calls",
        "bodies come to lie where they run, when sizes and conditions are as known as they get",
        "substitute",
        (
            "unrolled-loop",
            "unrolled-while",
            "collapsed-branch",
            "inlined-call",
        ),
    ),
    Phase(
        "evaluated values",
        "TensorFlow is asked last, for what none of the others could compute",
        "substitute",
        (
            "evaluated-node",
            "evaluated-operand",
        ),
    ),
    Phase(
        "layers",
        "the op of another release, or weights laid out as the target wants them",
        "substitute",
        (
            "add-v2",
            "add-n-pair",  # before add-n-chain, which is for more than two
            "add-n-chain",
            "fused-batch-norm-v3",
            "even-split-v",  # before uneven-split-v, which takes any sizes in more nodes
            "uneven-split-v",
            "fused-convolution",
            "full-width-filter",  # then strided-filter, wide-filter: one convolution before several
            "strided-filter",
            "wide-filter",
            "transposed-weight",  # then weight-first: no new node before two
            "weight-first",
            "batched-weight",
        ),
    ),
    Phase(
        "operands",
        "operands and axes brought into a form that the target takes",
        "substitute",
        (
            "mean-of-axes",
            "global-pool",
            "squared-difference",  # before squared-broadcast, which is for operands of two shapes
            "squared-broadcast",
            "flattened-constant",  # then broadcast-constant, -operand: the smallest operand first
            "broadcast-constant",
            "broadcast-operand",
            "low-rank-pad",
            "extremum-of-axes",  # before extremum-by-axis, which makes several
            "extremum-by-axis",
        ),
    ),
    Phase(
        "elements",
        "one op written out in a few others",
        "substitute",
        (
            "less-equal",
            "not-equal",
            "logical-and",
            "any-of",
            "floor-of",
            "ceil-of",
            "div-no-nan",
            "one-hot",
            "constant-select",  # before finite-select and gathered-select: no node before some
            "finite-select",
            "log-one-plus",
            "exp-minus-one",
            "sign-of",
            "filled-like",
            "is-nan",
            "arg-min",
            "leaky-relu",
            "log-softmax",
            "lstm-block-cell",
            "gru-block-cell",
            "multiplied-depth",
            "wide-deconvolution",
            "broadcast-to",
            "is-finite",
            "fake-quant-args",
            "half-squared-norm",
        ),
    ),
    Phase(
        "double precision",
        "a node in float32 between Casts, before whole formulas are written out",
        "substitute",
        ("double-arithmetic",),
    ),
    Phase(
        "formulas",
        "formulas and products, of many nodes or with bounds on the error; then other integers",
        "substitute",
        (
            "error-function",
            "half-angle",
            "direction-angle",
            "constant-power",
            "synonym",  # before truncated-quotient and truncated-remainder: one node before several
            "bias-sum",
            "product-version",  # before product-by-sum and matrix-each: one node before several
            "reversed-comparison",
            "approximate-equal",
            "truncated-quotient",
            "truncated-remainder",
            "zero-factor",
            "euclidean-norm",
            "is-inf",
            "product-by-sum",
            "matrix-each",
            "triangular-product",  # before masked-accumulation, which makes copies
            "masked-accumulation",
            "cross-product",
            "einsum",
            "half-arithmetic",
            "small-integers",  # before integer-magnitude and long-integers: fewer bits first
            "integer-magnitude",
            "long-integers",
            "cross-entropy",
        ),
    ),
    Phase(
        "structure",
        "what moves, joins or windows elements, in gathers, slices and concatenations",
        "substitute",
        (
            "rearranged-elements",
            "gathered-select",
            "folded-batch-norm",  # then constant- and live-batch-norm: the fewest nodes first
            "constant-batch-norm",
            "live-batch-norm",
            "fused-batch-norm-ex",
            "plain-transpose",
            "transpose-in-steps",
            "reversed-axes",
            "parallel-concat",
            "unreduced-value",
            "whole-top-k",
            "nearest-by-gather",
            "resize-by-matrix",
            "unchanged-size",
            "rolled-axes",
            "dilated-convolution",  # before batch-to-space, which has the end of it
            "batch-to-space",
            "depth-and-space",
            "padded-fused-convolution",
            "space-to-batch",
            "convolution-by-planes",
            "pooling-by-axes",
            "plain-max-pool",
            "constant-segments",
            "constant-scatter",
            "constant-stitch",
            "constant-partition",
            "local-response",
            "written-padding",  # before pool-in-two and spread-filter
            "stated-axis",
            "nested-concat",
            "pool-in-two",
            "padding-by-concat",
            "unpacked-by-slices",
            "set-diagonal",
            "spread-filter",
            "bare-quantization",
            "training-flag",
        ),
    ),
)
"""All rewrites, in the order in which they run."""


@cache
def lint_rules() -> tuple[LintRule, ...]:
    """All lint rules, family by family."""
    return tuple(
        _made(f"rules.lint.{family}", name, LintRule)
        for family, names in LINT_RULES.items()
        for name in names
    )


@cache
def rewrite_rules() -> tuple[RewriteRule, ...]:
    """All rewrites, in the order in which they run."""
    return tuple(
        _made(f"rules.rewrite.{phase.folder}", name, RewriteRule)
        for phase in PHASES
        for name in phase.rules
    )


def _made(package: str, name: str, base: type[_AnyRule]) -> _AnyRule:
    """The rule of that name, from the module of that name."""
    module = import_module(f"{package}.{name.replace('-', '_')}")
    for found in vars(module).values():
        if isinstance(found, type) and issubclass(found, base) and vars(found).get("name") == name:
            return found()
    raise LookupError(f"{module.__name__} defines no rule of the name {name!r}")
