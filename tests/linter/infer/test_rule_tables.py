"""The tables of shape rules name real ops, each once."""

from __future__ import annotations

from linter.infer.calls import CALL_OPS
from linter.infer.ops import (
    arithmetic,
    arrays,
    containers,
    convolution,
    elementwise,
    folds,
    images,
    joining,
    matrices,
    reductions,
    selection,
    slicing,
    sources,
    structure,
)
from linter.infer.ops.registry import HANDLE_RULES, RULES, VALUE_RULES
from opdb.tf_ops import load_op_table

FAMILIES = (
    arrays, containers, convolution, elementwise, images, joining, matrices, reductions, slicing,
    sources,
)  # fmt: skip
VALUE_FAMILIES = (arithmetic, folds, selection, structure)

OF_OTHER_FRAMEWORKS = {"FusedDepthwiseConv2dNative"}
"""Written by tfjs converters; no TensorFlow registers it."""


def test_every_op_has_one_rule() -> None:
    assert sum(len(family.RULES) for family in FAMILIES) == len(RULES)
    assert sum(len(family.RULES) for family in VALUE_FAMILIES) == len(VALUE_RULES)


def test_every_rule_is_for_a_known_op() -> None:
    known = load_op_table().known_names | OF_OTHER_FRAMEWORKS
    assert {*RULES, *VALUE_RULES, *HANDLE_RULES, *CALL_OPS} <= known


def test_elements_are_followed_only_where_shapes_are() -> None:
    assert set(VALUE_RULES) <= set(RULES)


def test_calls_have_no_rule_of_their_own() -> None:
    assert not CALL_OPS & set(RULES)
