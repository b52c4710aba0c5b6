"""The casts that the compiler inserts under each precision mode."""

from __future__ import annotations

import pytest

from linter.judge.precision import DEFAULT_MODE, MODES, bridged, mode_of_flags

LOWER = ("float16", "bfloat16")


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("dtype", ["bool", "int32", "float16", "bfloat16", "float32", "float64"])
def test_what_is_listed_needs_no_cast(mode, dtype):
    assert bridged(dtype, (dtype,), mode)
    assert not bridged(dtype, (), mode)


@pytest.mark.parametrize("mode", MODES)
def test_only_floats_of_32_bits_and_less_are_cast(mode):
    for dtype in ("float64", "int8", "int32", "int64", "bool", "complex64", "string"):
        assert not bridged(dtype, ("float32", "float16", "bfloat16"), mode)


@pytest.mark.parametrize("mode", MODES)
def test_raising_is_always_allowed(mode):
    for dtype in LOWER:
        assert bridged(dtype, ("float32",), mode)


@pytest.mark.parametrize(
    ("mode", "half", "brain"),
    [
        ("force_fp16", True, True),
        ("force_fp32", True, True),
        ("cube_fp16in_fp32out", True, True),
        ("allow_mix_precision", True, False),
        ("allow_mix_precision_fp16", True, False),
        ("allow_mix_precision_bf16", False, True),
        ("allow_fp32_to_fp16", True, False),
        ("allow_fp32_to_bf16", False, True),
        ("must_keep_origin_dtype", False, False),
    ],
)
def test_what_a_float32_may_be_lowered_to(mode, half, brain):
    assert bridged("float32", ("float16",), mode) is half
    assert bridged("float32", ("bfloat16",), mode) is brain


@pytest.mark.parametrize(
    ("mode", "half", "brain"),
    [
        ("force_fp16", True, True),
        ("force_fp32", False, False),
        ("allow_mix_precision", False, False),
        ("allow_mix_precision_fp16", False, False),
        ("allow_mix_precision_bf16", False, False),
        ("allow_fp32_to_fp16", True, False),
        ("allow_fp32_to_bf16", False, True),
    ],
)
def test_the_black_list_of_a_kernel_holds_where_the_mode_minds_it(mode, half, brain):
    assert bridged("float32", ("float16",), mode, precision_reduce=False) is half
    assert bridged("float32", ("bfloat16",), mode, precision_reduce=False) is brain


def test_the_two_short_floats_go_one_way_only():
    assert bridged("bfloat16", ("float16",))
    assert not bridged("float16", ("bfloat16",))


def test_the_default_is_that_of_a_conversion_without_flags():
    assert DEFAULT_MODE == "force_fp16"
    assert mode_of_flags({}) == DEFAULT_MODE
    assert mode_of_flags({"precision_mode": "", "precision_mode_v2": ""}) == DEFAULT_MODE


@pytest.mark.parametrize("mode", MODES)
def test_the_first_flag_names_a_mode(mode):
    assert mode_of_flags({"precision_mode": mode}) == mode


@pytest.mark.parametrize(
    ("value", "mode"),
    [
        ("fp16", "force_fp16"),
        ("origin", "must_keep_origin_dtype"),
        ("cube_fp16in_fp32out", "cube_fp16in_fp32out"),
        ("mixed_float16", "allow_mix_precision_fp16"),
        ("mixed_bfloat16", "allow_mix_precision_bf16"),
        ("force_fp16", None),
    ],
)
def test_the_second_flag_has_names_of_its_own(value, mode):
    assert mode_of_flags({"precision_mode_v2": value}) == mode
    assert mode_of_flags({"precision_mode": "force_fp32", "precision_mode_v2": value}) == (
        "force_fp32"
    )
