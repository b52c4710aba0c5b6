"""Flags of the compilers: which are taken into account, and which sizes they leave open."""

from __future__ import annotations

import pytest

from linter.process.compiler.effects import (
    _DEFAULTS,
    _MODELLED,
    _WITHOUT_EFFECT,
    not_modelled,
    opened_sizes,
    scope_passes_of_flags,
)
from linter.process.compiler.flags import ATC_FLAGS, OMG_FLAGS


def test_every_name_is_a_flag_of_its_compiler():
    for tool, known in (("atc", ATC_FLAGS), ("omg", OMG_FLAGS)):
        assert set(_WITHOUT_EFFECT[tool].split()) <= known
        assert _MODELLED[tool] <= known
        assert not _MODELLED[tool] & set(_WITHOUT_EFFECT[tool].split())
    assert set(_DEFAULTS) <= ATC_FLAGS


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("--log=info", "--precision_mode=force_fp16"), ()),
        (("--insert_op_conf", "a.cfg", "--output_type=FP32"), ("insert_op_conf",)),
        (("--input-format=NCHW", "-keep_dtype=k"), ("input_format", "keep_dtype")),
        (("--input_format=NHWC", "--core_type=AiCore"), ()),
        (("--core_type=VectorCore",), ("core_type",)),
        (("--dynamic_batch_size=1,2",), ()),
        (("--enable_scope_fusion_passes=A",), ()),
        (("--flag_of_tomorrow=1",), ("flag_of_tomorrow",)),
    ],
)
def test_flags_of_atc_that_are_not_modelled(words, named):
    assert not_modelled("atc", words) == named


def test_flags_of_omg_that_are_not_modelled():
    assert not_modelled("omg", ("--input_format=NHWC", "--check_report=r")) == ("input_format",)


@pytest.mark.parametrize(
    ("flags", "rank", "opened"),
    [
        ({}, 4, ()),
        ({"dynamic_batch_size": "1,2"}, 4, (0,)),
        ({"dynamic_batch_size": "1,2"}, 0, ()),
        ({"dynamic_image_size": "2,2;4,4"}, 4, (1, 2)),
        ({"dynamic_image_size": "2,2;4,4", "input_format": "NCHW"}, 4, (2, 3)),
        ({"dynamic_image_size": "2,2;4,4"}, 3, ()),
        ({"dynamic_dims": "1,2;2,4"}, 3, (0, 1, 2)),
        ({"input_shape_range": "x:[1~4,3]"}, 2, (0, 1)),
        ({"input_shape_range": "y:[1~4,3]"}, 2, ()),
    ],
)
def test_sizes_that_flags_leave_open(flags, rank, opened):
    assert opened_sizes(flags, "x", rank) == frozenset(opened)


def test_passes_are_named_once():
    assert scope_passes_of_flags({"enable_scope_fusion_passes": "A, B,,A"}) == ("A", "B")
    assert scope_passes_of_flags({}) == ()
