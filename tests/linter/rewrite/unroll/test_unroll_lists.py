"""Lists of tensors: what is set, pushed and taken, and what must not be followed."""

from __future__ import annotations

import pytest
from carried import lines, reads, refused, result

TWO = "x: float32[2]; z: float32[2]"
PLACES = "".join(f"k{index} = Const : int32[] = {index}\n" for index in range(4)) + (
    "e = Const : int32[1] = [2]\nq = Const : int32[] = -1\n"
)
FLOAT = "{element_dtype=float32}"
RESERVED = PLACES + f"h = TensorListReserve(e, k3) {FLOAT}\n"
EMPTY = PLACES + f"h = EmptyTensorList(e, k0) {FLOAT}\n"
GET = "{0} = TensorListGetItem({1}, {2}, e) {{element_dtype=float32}}\n"


def test_what_was_set_is_got_and_may_be_set_again():
    outcome = result(
        RESERVED + "a = TensorListSetItem(h, k1, x)\nb = TensorListSetItem(a, k1, z)\n"
        + GET.format("g", "b", "k1") + GET.format("f", "a", "k1") + GET.format("o", "b", "k2")
        + "l = TensorListLength(b)",
        "g:0", "f:0", "o:0", "l:0",
        inputs=TWO,
    )  # fmt: skip
    assert reads(outcome) == ["z", "x", (0.0, 0.0), 3]
    assert lines(outcome) == []


def test_rows_of_a_tensor_are_elements():
    outcome = result(
        PLACES + f"h = TensorListFromTensor(x, e) {FLOAT}\n" + GET.format("g", "h", "k2")
        + f"s = TensorListStack(h, e) {FLOAT}\nl = TensorListLength(h)",
        "g:0", "s:0", "l:0",
    )  # fmt: skip
    assert reads(outcome) == ["c/Unpack:2", "x", 3]


def test_a_stack_has_a_row_an_element():
    outcome = result(
        RESERVED + "a = TensorListSetItem(h, k1, x)\nb = TensorListSetItem(a, k0, z)\n"
        f"s = TensorListStack(b, e) {FLOAT}",
        "s:0",
        inputs=TWO,
    )
    assert lines(outcome) == ["c/s = Pack(z, x, c/zeros) {axis=0}"]
    none = result(EMPTY + f"s = TensorListStack(h, e) {FLOAT}", "s:0")
    assert reads(none) == [()]


def test_what_is_pushed_last_is_popped_first():
    outcome = result(
        EMPTY + "a = TensorListPushBack(h, x)\nb = TensorListPushBack(a, z)\n"
        f"p = TensorListPopBack(b, e) {FLOAT}\nr = TensorListPopBack(p, e) {FLOAT}\n"
        "l = TensorListLength(p)\nm = TensorListLength(r)",
        "p:1", "r:1", "l:0", "m:0",
        inputs=TWO,
    )  # fmt: skip
    assert reads(outcome) == ["z", "x", 1, 0]


@pytest.mark.parametrize(("size", "length"), [(0, 0), (1, 1), (2, 2), (3, 3)])
def test_a_list_is_cut_or_filled_up(size, length):
    text = EMPTY + "a = TensorListPushBack(h, x)\nb = TensorListPushBack(a, z)\n"
    text += f"d = TensorListResize(b, k{size})\nl = TensorListLength(d)\n"
    outcome = result(text, "l:0", inputs=TWO)
    assert reads(outcome) == [length]
    for place, element in enumerate(("x", "z", (0.0, 0.0))[:size]):
        got = result(text + GET.format("g", "d", f"k{place}"), "g:0", inputs=TWO)
        assert reads(got) == [element]


@pytest.mark.parametrize(("count", "length"), [("k3", 3), ("q", 3), ("k2", None)])
def test_rows_are_scattered_to_their_places(count, length):
    text = PLACES + (
        f"p = Const : int32[3] = [2, 0, 1]\nh = TensorListScatterV2(x, p, e, {count}) {FLOAT}\n"
        "l = TensorListLength(h)\n" + GET.format("g", "h", "k2")
    )
    if length is None:
        assert refused(text, "l:0", "g:0") == "it sets element 2 of 2"
    else:
        assert reads(result(text, "l:0", "g:0")) == [length, "c/Unpack"]


def test_rows_scattered_into_a_list_take_the_places_of_others():
    text = PLACES + (
        f"h = TensorListReserve(e, k3) {FLOAT}\np = Const : int32[2] = [2, 0]\n"
        "s = TensorListScatterIntoExistingList(h, x, p)\n" + GET.format("g", "s", "k0")
        + GET.format("o", "s", "k1") + "l = TensorListLength(s)"
    )  # fmt: skip
    outcome = result(text, "g:0", "o:0", "l:0", inputs="x: float32[2,2]")
    assert reads(outcome) == ["c/Unpack:1", (0.0, 0.0), 3]


def test_elements_are_gathered_in_the_order_of_the_places():
    text = PLACES + (
        f"h = TensorListFromTensor(x, e) {FLOAT}\np = Const : int32[2] = [2, 0]\n"
        f"g = TensorListGather(h, p, e) {FLOAT}"
    )
    assert lines(result(text, "g:0"))[-1] == "c/g = Pack(c/Unpack:2, c/Unpack) {axis=0}"
    none = text.replace("int32[2] = [2, 0]", "int32[0] = []")
    assert reads(result(none, "g:0")) == [()]


@pytest.mark.parametrize("op", ["TensorListConcat", "TensorListConcatV2"])
def test_elements_are_joined_along_their_first_axis(op):
    inputs = "h, e, w" if op.endswith("V2") else "h"
    text = EMPTY + (
        "w = Const : int64[0] = []\na = TensorListPushBack(h, x)\nb = TensorListPushBack(a, z)\n"
        f"s = {op}({inputs.replace('h', 'b')}) {{element_dtype=float32}}"
    )
    outcome = result(text, "s:0", "s:1", inputs="x: float32[2]; z: float32[5]")
    assert reads(outcome) == ["c/s", (2, 5)]
    assert lines(outcome)[0].startswith("c/s = ConcatV2(x, z, c/const_0)")


def test_a_list_grows_where_it_may():
    text = RESERVED + "f = Const : int32[] = {1}\na = TensorListSetItem(h, f, x) {{{0}}}\n"
    text += "l = TensorListLength(a)"
    grows = "resize_if_index_out_of_bounds=true"
    text = text.replace("{element_dtype=float32}", "{{element_dtype=float32}}")
    assert reads(result(text.format(grows, 3), "l:0")) == [4]
    assert reads(result(text.format(grows, 19_999), "l:0")) == [20_000]
    assert "element 20000 of 3" in refused(text.format(grows, 20_000), "l:0")
    assert refused(text.format("", 3), "l:0") == "it sets element 3 of 3"


@pytest.mark.parametrize(
    ("rest", "reason"),
    [
        (GET.format("a", "h", "k3"), "it reads element 3 of 3"),
        (GET.format("a", "h", "q"), "it reads element -1 of 3"),
        ("z = TensorListSetItem(h, q, x)\n" + GET.format("a", "z", "k0"),
         "it sets element -1 of 3"),
        (f"z = EmptyTensorList(e, k0) {FLOAT}\na = TensorListPopBack(z, e) {FLOAT}",
         "it takes from an empty list"),
        (f"a = TensorListStack(x, e) {FLOAT}", "the list of a is not known"),
        ("z = TensorListSetItem(h, k0, h)\n" + GET.format("a", "z", "k0"),
         "input 2 of TensorListSetItem is no tensor"),
        ((f"w = Const : int32[2] = [0, 1]\nz = TensorListReserve(e, w) {FLOAT}\n"
         "a = TensorListLength(z)"), "input 1 of TensorListReserve is no scalar"),
    ],
)  # fmt: skip
def test_lists_that_are_not_followed(rest, reason):
    assert refused(RESERVED + rest, "a:0") == reason


@pytest.mark.parametrize(
    ("shape", "known"),
    [
        ("e = Const : int32[1] = [2]", True),
        ("e = Const : int32[1] = [-1]", False),
        ("e = Const : int32[] = -1", False),
        ("e = Const : int32[] = 2", False),
    ],
)
def test_shapes_that_are_spelled_out_make_zeros(shape, known):
    text = PLACES.replace("e = Const : int32[1] = [2]", shape) + (
        f"h = TensorListReserve(e, k3) {FLOAT}\n" + GET.format("a", "h", "k1")
    )
    if known:
        assert reads(result(text, "a:0")) == [(0.0, 0.0)]
    else:
        assert "no known shape" in refused(text, "a:0")


def test_a_shape_that_is_open_is_filled_by_what_the_list_knows():
    text = RESERVED + "w = Const : int32[1] = [-1]\n"
    text += "a = TensorListGetItem(h, k1, w) {element_dtype=float32}"
    assert reads(result(text, "a:0")) == [(0.0, 0.0)]


def test_a_scattered_list_does_not_grow_beyond_all_bounds():
    text = PLACES + (
        f"p = Const : int32[3] = [0, 1, {{0}}]\nh = TensorListScatterV2(x, p, e, q) {FLOAT}\n"
        "l = TensorListLength(h)\n"
    ).replace("{element", "{{element").replace("32}", "32}}")  # fmt: skip
    assert reads(result(text.format(19_999), "l:0")) == [20_000]
    assert "20001 elements are too many" in refused(text.format(20_000), "l:0")
