"""TensorArrays: which element was written where, and what must not be followed."""

from __future__ import annotations

import pytest
from carried import lines, reads, refused, result

NEW = "n = Const : int32[] = {0}\nt = TensorArrayV3(n) {{dtype=float32{1}}}\n"
PLACES = "".join(f"k{index} = Const : int32[] = {index}\n" for index in range(4))
TWO = "x: float32[2]; z: float32[2]"


def array(rest, size=3, more=""):
    return NEW.format(size, more) + PLACES + rest


def test_what_was_written_is_read_again():
    outcome = result(
        array(
            "w = TensorArrayWriteV3(t, k1, x, t:1)\nv = TensorArrayWriteV3(t, k0, z, w)\n"
            "a = TensorArrayReadV3(t, k0, v) {dtype=float32}\n"
            "b = TensorArrayReadV3(t, k1, v) {dtype=float32}\ns = TensorArraySizeV3(t, v)\n"
            "d = TensorArrayCloseV3(t)"
        ),
        "a:0",
        "b:0",
        "s:0",
        inputs=TWO,
    )
    assert reads(outcome) == ["z", "x", 3]
    assert lines(outcome) == []


def test_rows_are_scattered_to_their_places_and_gathered_in_any_order():
    outcome = result(
        array(
            "p = Const : int32[3] = [2, 0, 1]\ns = TensorArrayScatterV3(t, p, x, t:1)\n"
            "a = TensorArrayReadV3(t, k2, s) {dtype=float32}\n"
            "q = Const : int32[2] = [0, 2]\ng = TensorArrayGatherV3(t, q, s) {dtype=float32}"
        ),
        "a:0",
        "g:0",
    )
    assert reads(outcome) == ["c/Unpack", "c/g"]
    assert lines(outcome) == [
        "c/Unpack = Unpack(x) {axis=0, num=3}",
        "c/g = Pack(c/Unpack:1, c/Unpack) {axis=0}",
    ]


def test_all_rows_in_their_order_are_the_tensor_itself():
    text = "p = Const : int32[3] = [0, 1, 2]\ns = TensorArrayScatterV3(t, p, x, t:1)\n"
    text += "g = TensorArrayGatherV3(t, {}, s) {{dtype=float32}}"
    whole = result(array(text.format("p")), "g:0")
    assert (reads(whole), lines(whole)) == (["x"], [])
    for order, name in (("[0, 2, 1]", "q"), ("[0, 1]", "q")):
        count = order.count(",") + 1
        part = text.replace("g =", f"q = Const : int32[{count}] = {order}\ng =").format(name)
        assert reads(result(array(part), "g:0")) == ["c/g"]


def test_a_tensor_is_split_by_lengths_and_joined_again():
    outcome = result(
        array(
            "l = Const : int64[3] = [1, 0, 2]\ns = TensorArraySplitV3(t, x, l, t:1)\n"
            "a = TensorArrayReadV3(t, k2, s) {dtype=float32}\n"
            "j = TensorArrayConcatV3(t, s) {dtype=float32}"
        ),
        "a:0",
        "j:0",
        "j:1",
    )
    assert reads(outcome) == ["c/s:2", "c/j", (1, 0, 2)]
    assert [line.partition(" {")[0] for line in lines(outcome)] == [
        "c/s = SplitV(x, c/const_1_0_2, c/const_0)",
        "c/j = ConcatV2(c/s, c/s:1, c/s:2, c/const_0)",
    ]


def test_one_element_needs_no_joining():
    outcome = result(
        array(
            "w = TensorArrayWriteV3(t, k0, x, t:1)\nj = TensorArrayConcatV3(t, w) {dtype=float32}",
            1,
        ),
        "j:0",
        "j:1",
    )
    assert reads(outcome) == ["x", (3,)]
    assert lines(outcome) == []


def test_nothing_gathered_is_a_tensor_of_no_rows():
    text = "q = Const : int32[0] = []\ng = TensorArrayGatherV3(t, q, t:1) {dtype=float32"
    outcome = result(array(text + ", element_shape=shape(2)}"), "g:0")
    assert reads(outcome) == [()]
    assert "no known shape" in refused(array(text + "}"), "g:0")


@pytest.mark.parametrize("more", [", element_shape=shape(2)", ""])
def test_an_element_that_nobody_wrote_is_zero_if_its_shape_is_known(more):
    text = array("a = TensorArrayReadV3(t, k1, t:1) {dtype=float32}", more=more)
    if more:
        assert reads(result(text, "a:0")) == [(0.0, 0.0)]
    else:
        assert "no known shape" in refused(text, "a:0")


def test_the_shape_that_a_gather_names_is_that_of_its_elements():
    outcome = result(
        array(
            "q = Const : int32[0] = []\ng = TensorArrayGatherV3(t, q, t:1) "
            "{dtype=float32, element_shape=shape(?,3)}",
            more=", element_shape=shape(2,?)",
        ),
        "g:0",
    )
    (key,) = [node.name for node in outcome.model.main if node.op == "Const"]
    assert outcome.model.main[key].attrs["value"].shape == (0, 2, 3)


@pytest.mark.parametrize("place", [3, 7])
def test_an_array_grows_where_it_may(place):
    text = f"f = Const : int32[] = {place}\nw = TensorArrayWriteV3(t, f, x, t:1)\n"
    text += "s = TensorArraySizeV3(t, w)\na = TensorArrayReadV3(t, f, w) {dtype=float32}"
    outcome = result(array(text, more=", dynamic_size=true"), "s:0", "a:0")
    assert reads(outcome) == [place + 1, "x"]
    assert refused(array(text), "s:0", "a:0") == f"it writes element {place} of 3"


def test_an_array_does_not_grow_beyond_all_bounds():
    text = "f = Const : int32[] = {0}\nw = TensorArrayWriteV3(t, f, x, t:1)\n"
    text += "s = TensorArraySizeV3(t, w)"
    grows = ", dynamic_size=true"
    assert reads(result(array(text.format(19_999), more=grows), "s:0")) == [20_000]
    assert "element 20000 of 3" in refused(array(text.format(20_000), more=grows), "s:0")


@pytest.mark.parametrize(
    ("rest", "reason"),
    [
        ("a = TensorArrayReadV3(t, k3, t:1) {dtype=float32}", "it reads element 3 of 3"),
        ("m = Const : int32[] = -1\na = TensorArrayReadV3(t, m, t:1) {dtype=float32}",
         "it reads element -1 of 3"),
        (("m = Const : int32[] = -1\nw = TensorArrayWriteV3(t, m, x, t:1)\n"
         "a = TensorArrayReadV3(t, k0, w) {dtype=float32}"), "it writes element -1 of 3"),
        (("w = TensorArrayWriteV3(t, k0, x, t:1)\nv = TensorArrayWriteV3(t, k0, x, w)\n"
         "a = TensorArrayReadV3(t, k0, v) {dtype=float32}"), "it writes element 0 a second time"),
        (("p = Const : int32[2] = [0, 1]\ns = TensorArrayScatterV3(t, p, x, t:1)\n"
         "a = TensorArrayReadV3(t, k0, s) {dtype=float32}"), "2 places are no places for 3 rows"),
        (("j = Size(x)\nr = Cast(x) {DstT=int32}\nm = Max(r, q)\nq = Const : int32[2] = [0, 1]\n"
         "a = TensorArrayReadV3(t, m, t:1) {dtype=float32}"),
         "input 1 of TensorArrayReadV3 is not known"),
        ("p = Const : int32[2] = [0, 1]\na = TensorArrayReadV3(t, p, t:1) {dtype=float32}",
         "input 1 of TensorArrayReadV3 is no scalar"),
        ("w = TensorArrayWriteV3(t, k0, t, t:1)\na = TensorArrayReadV3(t, k0, w) {dtype=float32}",
         "input 2 of TensorArrayWriteV3 is no tensor"),
        ("a = TensorArrayReadV3(t, k0, x) {dtype=float32}",
         "what was written to the TensorArray of a is not known"),
        ("a = TensorArrayConcatV3(u, u:1) {dtype=float32}\nu = TensorArrayV3(k0) {dtype=float32}",
         "a joins no elements"),
        (("u = TensorArrayV3(k1) {dtype=float32}\nd = Unheard2(x)\n"
         "w = TensorArrayWriteV3(u, k0, x, u:1)\na = Abs(w)"), "Abs reads a TensorArray or list"),
    ],
)  # fmt: skip
def test_arrays_that_are_not_followed(rest, reason):
    assert refused(array(rest), "a:0") == reason


def test_an_array_that_is_too_long_is_not_followed():
    text = "a = TensorArraySizeV3(t, t:1)"
    assert reads(result(array(text, 20_000), "a:0")) == [20_000]
    assert "20001 elements are more than the 20000" in refused(array(text, 20_001), "a:0")
    assert "-1 elements" in refused(array(text, -1), "a:0")


def test_rows_of_an_unknown_number_are_not_taken_apart():
    text = array(
        "p = Const : int32[3] = [0, 1, 2]\ns = TensorArrayScatterV3(t, p, x, t:1)\n"
        "a = TensorArrayReadV3(t, k0, s) {dtype=float32}"
    )
    assert "number of rows" in refused(text, "a:0", inputs="x: float32[?,2]")
    assert "number of rows" in refused(text, "a:0", inputs="x: float32[]")
    assert reads(result(text, "a:0", inputs="x: float32[3,?]")) == ["c/Unpack"]


def test_lengths_of_what_is_joined_must_be_known():
    text = array("w = TensorArrayWriteV3(t, k0, x, t:1)\na = TensorArrayConcatV3(t, w) "
                 "{dtype=float32}", 1)  # fmt: skip
    assert "a length in a is not known" in refused(text, "a:0", inputs="x: float32[?,2]")
