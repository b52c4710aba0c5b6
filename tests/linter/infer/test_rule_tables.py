"""The one table of what ops give names real ops, each once."""

from __future__ import annotations

from linter.infer.calls import CALL_OPS
from linter.infer.ops import (
    arithmetic,
    arrays,
    containers,
    convolution,
    elementwise,
    images,
    joining,
    matrices,
    reductions,
    slicing,
    sources,
)
from linter.infer.ops.registry import OPS
from opdb.tf_ops import load_op_table

FAMILIES = (
    arithmetic, arrays, containers, convolution, elementwise, images, joining, matrices,
    reductions, slicing, sources,
)  # fmt: skip

OF_OTHER_FRAMEWORKS = {"FusedDepthwiseConv2dNative"}
"""Written by tfjs converters; no TensorFlow registers it."""


def test_every_op_has_one_home() -> None:
    assert sum(len(family.OPS) for family in FAMILIES) == len(OPS)


def test_every_entry_is_for_a_known_op() -> None:
    assert {*OPS, *CALL_OPS} <= load_op_table().known_names | OF_OTHER_FRAMEWORKS


def test_arrays_are_computed_only_where_elements_are() -> None:
    assert all(op.values is not None for op in OPS.values() if op.whole is not None)


def test_calls_have_no_entry_of_their_own() -> None:
    assert not CALL_OPS & set(OPS)
