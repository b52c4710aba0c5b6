"""What follows from known integers is computed ahead, and nothing else is."""

from __future__ import annotations

import pytest
from carried import lines, reads, result

INTS = "a = Const : {0}[] = {1}\nb = Const : {0}[] = {2}\nr = {3}(a, b)"


@pytest.mark.parametrize(
    ("op", "left", "right", "value"),
    [
        ("Add", 3, 5, 8),
        ("AddV2", 3, 5, 8),
        ("Sub", 3, 5, -2),
        ("Mul", 3, 5, 15),
        ("Greater", 3, 5, False),
        ("Greater", 5, 5, False),
        ("GreaterEqual", 5, 5, True),
        ("GreaterEqual", 3, 5, False),
        ("Less", 3, 5, True),
        ("Less", 5, 5, False),
        ("LessEqual", 5, 5, True),
        ("LessEqual", 6, 5, False),
        ("Maximum", 3, 5, 5),
        ("FloorDiv", -7, 2, -4),
    ],
)
def test_of_two_numbers(op, left, right, value):
    outcome = result(INTS.format("int32", left, right, op), "r:0")
    assert (reads(outcome), lines(outcome)) == ([value], [])


@pytest.mark.parametrize(
    ("op", "left", "right", "value"),
    [
        ("LogicalAnd", "true", "false", False),
        ("LogicalAnd", "true", "true", True),
        ("LogicalOr", "false", "true", True),
        ("LogicalOr", "false", "false", False),
    ],
)
def test_of_two_truths(op, left, right, value):
    assert reads(result(INTS.format("bool", left, right, op), "r:0")) == [value]


def test_numbers_wrap_as_those_of_their_dtype_do():
    assert reads(result(INTS.format("int32", 2147483647, 1, "Add"), "r:0")) == [-2147483648]
    assert reads(result(INTS.format("uint8", 250, 10, "Add"), "r:0")) == [4]
    assert reads(result(INTS.format("int64", 2147483647, 1, "Add"), "r:0")) == [2147483648]


def test_vectors_are_computed_as_well():
    text = "a = Const : int32[2] = [1, 2]\nb = Const : int32[2] = [10, 20]\nr = Add(a, b)"
    assert reads(result(text, "r:0")) == [(11, 22)]
    mixed = text.replace("b = Const : int32[2] = [10, 20]", "b = Const : int32[] = 10")
    assert reads(result(mixed, "r:0")) == [(11, 12)]


@pytest.mark.parametrize(
    ("line", "value"),
    [("r = Shape(x)", (3, 2)), ("r = Size(x)", 6), ("r = Rank(x)", 2), ("r = ShapeN(x)", (3, 2))],
)
def test_sizes_need_no_elements(line, value):
    outcome = result(line, "r:0")
    assert (reads(outcome), lines(outcome)) == ([value], [])
    open_ = result(line, "r:0", inputs="x: float32[?,2]")
    assert lines(open_) == ([] if "Rank" in line else [f"c/r = {line[4:-3]}(x)"])


def test_floats_are_left_to_the_model():
    assert lines(result(INTS.format("float32", 1.5, 2.5, "Add"), "r:0")) == ["c/r = Add(c/a, c/b)"]
    less = result(INTS.format("float32", 1.5, 2.5, "Less"), "r:0")
    assert lines(less) == ["c/r = Less(c/a, c/b)"]


def test_one_input_that_is_data_leaves_the_node():
    text = "a = Const : int32[] = 2\nr = Add(x, a)"
    assert lines(result(text, "r:0", inputs="x: int32[]")) == ["c/r = Add(x, c/const_2)"]


def test_all_outputs_or_none():
    text = "k = Const : int32[] = 0\nv = Const : int32[4] = [1, 2, 3, 4]\n"
    text += "s = Split(k, v) {num_split=2}"
    assert reads(result(text, "s:0", "s:1")) == [(1, 2), (3, 4)]


def test_what_is_long_is_data():
    text = "a = Const : int32[1025] = 3\nr = Neg(a)"
    assert lines(result(text, "r:0")) == ["c/r = Neg(c/a)"]
    assert lines(result(text.replace("1025", "1024"), "r:0")) == []


def test_division_by_nothing_is_left_to_the_model():
    outcome = result(INTS.format("int32", 3, 0, "FloorDiv"), "r:0")
    assert lines(outcome) == ["c/r = FloorDiv(c/const_3, c/const_0)"]
