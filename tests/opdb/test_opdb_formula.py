"""Conditions: their vocabulary, and what they say when not everything is known."""

from __future__ import annotations

import gzip
import json

import pytest

from opdb.formula import UNKNOWN, check_expression, evaluate, symbols
from opdb.load import DATA_DIR
from opdb.logic import align, ceil_div, flat, np_broadcast_ok, omg_broadcast_ok

TABLES = ["atc/judging.tsv.gz", "omg/hilens-2019-12.tsv.gz", "omg/hilens-2021-09.tsv.gz"]


def stored(value):
    if isinstance(value, dict):
        if isinstance(value.get("expr"), str):
            yield value["expr"]
        for item in value.values():
            yield from stored(item)
    elif isinstance(value, list):
        for item in value:
            yield from stored(item)


def all_expressions():
    found = set()
    for name in TABLES:
        for line in gzip.decompress((DATA_DIR / name).read_bytes()).split(b"\n")[1:]:
            found.update(stored(json.loads(line.split(b"\t", 2)[2])))
    return sorted(found)


EXPRESSIONS = all_expressions()

# One plausible value for each quantity: a 4-D NHWC tensor and a 3x3 window.
SCALARS = dict.fromkeys(
    [
        "k_h",
        "k_w",
        "s_h",
        "s_w",
        "dil_h",
        "dil_w",
        "dil_n",
        "dil_c",
        "rate_h",
        "rate_w",
        "in_n",
        "out_h",
        "out_w",
        "group",
        "block_size",
        "channel_multiplier",
        "kernel_h",
        "kernel_w",
        "kernel_d",
        "stride_h",
        "stride_w",
        "stride_d",
        "stride_n",
        "stride_c",
        "dilation_h",
        "dilation_w",
        "ksize_h",
        "ksize_w",
        "ksize_n",
        "ksize_c",
        "max_dilation",
        "k",
        "k_value",
        "n",
        "c",
        "h",
        "w",
        "in_h",
        "in_w",
        "in_c",
        "dy_h",
        "dy_w",
        "num_inputs",
        "filter_num",
        "filter_c",
        "power",
        "scale",
        "shift",
        "theta",
        "x_value",
        "depth_radius",
        "alpha",
        "beta",
        "clip_min",
        "clip_max",
        "min_v",
        "max_v",
        "num_elements",
        "elements",
        "last_dim",
        "outputs",
        "boxes",
        "channels",
        "crop_h",
        "crop_w",
        "len_bias",
        "len_scale",
        "len_offset",
        "len_mean",
        "len_variance",
        "len_seq_lengths",
        "max_seq_length",
    ],
    3,
)
ZEROS = dict.fromkeys(
    [
        "pad_t",
        "pad_b",
        "pad_l",
        "pad_r",
        "pad_top",
        "pad_bottom",
        "pad_left",
        "pad_right",
        "max_pad",
        "axis",
        "axis_nchw",
        "batch_dim",
        "seq_dim",
    ],
    0,
)
RANKS = dict.fromkeys(["rank", "x_rank", "y_rank", "params_rank"], 4)
ENVIRONMENT = {
    **SCALARS,
    **ZEROS,
    **RANKS,
    "in_shape": [3, 3, 3, 3],
    "x_shape": (3, 3, 3, 3),
    "y_shape": (3, 3, 3, 3),
    "indices_shape": [3, 2],
    "input_shapes": [[3, 3, 3, 3], [3, 3, 3, 3]],
    "all_input_shapes": [[3, 3, 3, 3]],
    "axes": [1, 2],
    "spatial_axes": [1, 2],
    "block_shape": [1, 1],
    "crops": [[0, 0], [0, 0]],
    "paddings": [[0, 0], [0, 0]],
    "strides": [1, 1, 1, 1],
    "rates": [1, 1, 1, 1],
    "multiples": [1, 1, 1, 1],
    "block_dtype": "int32",
    "crops_dtype": "int32",
    "mode": "CONSTANT",
    "padding": "SAME",
    "data_format": "NHWC",
    "method": "bilinear",
    "soc": "Ascend310",
    "keep_dims": True,
    "transpose_b": False,
    "dynamic_shape": False,
    "size_const": True,
    "k_const": True,
    "sorted": True,
}
ALL_KNOWN = {"is_const": lambda name: name in ("filter", "b"), "has_attr": lambda name: True}


@pytest.mark.parametrize("expr", EXPRESSIONS)
def test_every_stored_condition_is_decided_when_all_is_known(expr):
    check_expression(expr)
    missing = symbols(expr) - set(ENVIRONMENT)
    assert not missing
    assert evaluate(expr, ENVIRONMENT, ALL_KNOWN) in (True, False)


@pytest.mark.parametrize("expr", EXPRESSIONS)
def test_no_stored_condition_is_decided_when_nothing_is_known(expr):
    assert evaluate(expr, {}) is None
    assert evaluate(expr, lambda name: UNKNOWN, {"is_const": lambda name: None}) is None


@pytest.mark.parametrize("expr", EXPRESSIONS)
def test_less_knowledge_never_turns_an_answer_round(expr):
    whole = evaluate(expr, ENVIRONMENT, ALL_KNOWN)
    for name in symbols(expr):
        part = {key: value for key, value in ENVIRONMENT.items() if key != name}
        assert evaluate(expr, part, ALL_KNOWN) in (whole, None)
    assert evaluate(expr, ENVIRONMENT) in (whole, None)


@pytest.mark.parametrize(
    ("expr", "answer"),
    [
        ("a == 1", True),
        ("a == 2", False),
        ("u == 1", None),
        ("a == 1 or u == 1", True),
        ("u == 1 or a == 1", True),
        ("a == 2 and u == 1", False),
        ("u == 1 and a == 2", False),
        ("a == 1 and u == 1", None),
        ("a == 2 or u == 1", None),
        ("not u", None),
        ("not (u and a == 2)", True),
        ("1 <= a <= 3", True),
        ("a < u < 0", None),
        ("2 < a < u", False),
        ("u in (1, 2)", None),
        ("a in (1, u)", True),
        ("a in (2, u)", None),
        ("a not in (2, 3)", True),
        ("a not in (1, u)", False),
        ("text in ('x', 'y')", True),
        ("a + u > 0", None),
        ("a / 0 == 1", None),
        ("a % 0 == 1", None),
        ("-a < 0", True),
        ("7 // 2 == 3 and 7 % 2 == 1", True),
        ("(1 if a == 1 else u) == 1", True),
        ("(u if a == 1 else 1) == 1", None),
        ("(1 if u else 1) == 1", None),
        ("shape[0] == 2", True),
        ("shape[1] == 2", None),
        ("shape[-1] == 3", True),
        ("shape[7] == 3", None),
        ("shape[u] == 3", None),
        ("len(shape) == 3", True),
        ("len(u) == 3", None),
        ("shape == [2, 5, 4]", False),
        ("shape == [2, 5, 3]", None),
        ("shape == [2, 5]", False),
        ("all(d > 0 for d in shape)", None),
        ("all(d > 2 for d in shape)", False),
        ("any(d == 3 for d in shape)", True),
        ("any(d == 9 for d in shape)", None),
        ("all(d is None or d > 0 for d in shape)", True),
        ("all(d is not None and d > 0 for d in shape)", False),
        ("all(d > 0 for d in shape if d is not None)", True),
        ("all(d > 0 for d in u)", None),
        ("all(d > 0 for d in [])", True),
        ("all(i > 0 for i in range(1, 4))", True),
        ("all(x + y > 1 for x in [1, 2] for y in [1])", True),
        ("len({d for d in [1, 1, 2]}) == 2", True),
        ("len({d for d in shape}) == 2", None),
        ("sorted([2, 1]) == [1, 2]", True),
        ("sorted(shape) == [1]", None),
        ("sorted(pair) in ([3], [1, 2])", True),
        ("max(1, 5) == 5 and min(1, 5) == 1", True),
        ("max(1, u) == 5", None),
        ("sum([1, 2]) == 3", True),
        ("flag is True", True),
        ("flag is False", False),
        ("u is True", None),
        ("nothing is None", None),
        ("'x' < a", None),
        ("text > 1", None),
        ("ceil_div(7, 2) == 4 and align(17, 16) == 32", True),
        ("np_broadcast_ok(shape, [1])", True),
        ("np_broadcast_ok(shape, [2, 5, 3])", None),
        ("len(flat([[1, 2], [3]])) == 3", True),
        ("all(p >= 0 for p in flat([[0, None], [1, 2]]))", None),
    ],
)
def test_three_values(expr, answer):
    known = {
        "a": 1,
        "text": "x",
        "shape": [2, None, 3],
        "pair": (2, 1),
        "flag": True,
        "nothing": None,
    }
    assert evaluate(expr, known) is answer


def test_arguments_of_name_functions_are_names():
    asked = []

    def is_const(name):
        asked.append(name)
        return name == "filter"

    assert evaluate("is_const(filter) and not is_const(x)", {}, {"is_const": is_const}) is True
    assert asked == ["filter", "x"]
    assert evaluate("has_attr('T')", {}, {"has_attr": lambda name: name == "T"}) is True
    assert symbols("is_const(x) and x_rank == 0 and has_attr('T')") == {"x_rank"}


def test_a_quantity_may_have_the_name_of_a_function():
    assert evaluate("sorted and k <= 4", {"sorted": True, "k": 3}) is True
    assert symbols("sorted and k <= 4") == {"sorted", "k"}
    assert symbols("all(d > e for d in dims)") == {"dims", "e"}


@pytest.mark.parametrize(
    "expr",
    [
        "",
        "1 <",
        "a = 1",
        "open('x')",
        "__import__('os')",
        "a.b",
        "(lambda: 1)()",
        "a()()",
        "f'{a}'",
        "{1: 2}",
        "[*a]",
        "a ** a",
        "a << 9",
        "a[1:2]",
        "is_const(a + b)",
        "is_const()",
        "is_const(a, b)",
        "sorted(a, key=b)",
        "await a",
        "(a := 1)",
        "(" * 5000,
        "1+" * 5000 + "1",
        "1+" * 1500 + "1",
        "not " * 300 + "a",
        "[" * 90 + "]" * 90,
    ],
)
def test_what_is_not_in_the_vocabulary(expr):
    with pytest.raises(
        ValueError, match=r"not an expression|not allowed|function|name|characters|nested"
    ):
        check_expression(expr)


def test_a_long_loop_ends_undecided():
    expr = "all(x + y + z > 0 for x in range(999) for y in range(999) for z in range(1, 999))"
    assert evaluate(expr, {}) is None


@pytest.mark.parametrize(
    ("a", "b", "answer"),
    [
        ([2, 3], [2, 3], True),
        ([2, 3], [3], True),
        ([2, 3], [], True),
        ([2, 3], [4, 1, 1], True),
        ([2, 3], [2], False),
        ([2, None], [2, 3], UNKNOWN),
        ([2, None], [2, 1], True),
        ([2, None], [3, 1], False),
        ([None, None], [None, None], UNKNOWN),
    ],
)
def test_numpy_broadcasts(a, b, answer):
    assert np_broadcast_ok(a, b) is answer
    assert np_broadcast_ok(b, a) is answer


@pytest.mark.parametrize(
    ("a", "b", "answer"),
    [
        ([1, 8, 8, 4], [1, 8, 8, 4], True),
        ([1, 8, 8, 4], [], True),
        ([1, 8, 8, 4], [1, 1, 1, 1], True),
        ([1, 8, 8, 4], [4], True),
        ([1, 8, 8, 4], [8], False),
        ([8, 8, 4], [4], True),
        ([8, 4], [4], True),
        ([1, 8, 8, 4], [1, 8, 1, 4], True),
        ([1, 8, 8, 4], [1, 1, 8, 4], False),
        ([8, 8, 4], [8, 1, 4], True),
        ([8, 8, 4], [1, 8, 4], True),
        ([8, 8, 4], [8, 8, 1], False),
        ([8, 4], [8, 1], True),
        ([8, 4], [1, 4], False),
        ([1, 8, 8, 4], [8, 8, 4], False),
        ([1, 8, 8, 4], [1, 1, 1, 4], False),
        ([2, 1, 8, 8, 4], [4], False),
        ([4], [1], False),
        ([1, 8, 8, None], [4], UNKNOWN),
        ([None, 8, 8, 4], [None, 8, 1, 4], UNKNOWN),
        ([1, 8, 8, 4], [1, 1, None, 1], UNKNOWN),
        ([1, 8, 8, 4], [2, None, 8, 8], False),
    ],
)
def test_the_short_list_of_omg_broadcasts(a, b, answer):
    assert omg_broadcast_ok(a, b) is answer
    assert omg_broadcast_ok(b, a) is answer


def test_helpers():
    assert [ceil_div(n, 4) for n in (0, 1, 4, 5)] == [0, 1, 1, 2]
    assert [align(n, 16) for n in (0, 1, 16, 17)] == [0, 16, 16, 32]
    assert flat([[1, [2]], 3, ()]) == [1, 2, 3]
