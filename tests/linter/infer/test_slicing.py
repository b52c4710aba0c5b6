"""Slices take what Python takes; gathers, segments and counts give the axes that are left."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest

from linter.graph import Value
from linter.infer.inference import Inference

Infer = Callable[..., Inference]


def shape(infer: Infer, text: str, name: str = "y", port: int = 0) -> tuple[int | None, ...] | None:
    return infer(text).shape(Value(name, port))


def vector(name: str, values: object) -> str:
    listed = list(values) if isinstance(values, (tuple, list)) else values
    dims = f"[{len(listed)}]" if isinstance(listed, list) else "[]"
    return f"{name} = Const : int32{dims} = {listed}\n"


def strided(dims: str, first: object, last: object, strides: object, **masks: int) -> str:
    attrs = ", ".join(f"{name}_mask={value}" for name, value in masks.items())
    return (
        f"x = Placeholder : float32[{dims}]\n{vector('a', first)}{vector('b', last)}"
        f"{vector('c', strides)}y = StridedSlice(x, a, b, c) {{{attrs}}}"
    )


@pytest.mark.parametrize("stride", [1, 2, 3, 7, -1, -2, -3, -7])
def test_a_strided_slice_takes_as_many_as_python(infer: Infer, stride: int) -> None:
    """Also beyond both ends, from either side."""
    places = [-9, -5, -4, -1, 0, 1, 3, 4, 9]
    lines = ["x = Placeholder : float32[4]", vector("c", [stride])]
    lines += [vector(f"p{place}".replace("-", "m"), [place]) for place in places]
    expected = {}
    for first, last in itertools.product(places, places):
        name = f"y_{first}_{last}".replace("-", "m")
        inputs = f"p{first}, p{last}".replace("-", "m")
        lines.append(f"{name} = StridedSlice(x, {inputs}, c)")
        expected[name] = (len(range(4)[first:last:stride]),)
    inference = infer("\n".join(lines))
    assert {name: inference.shape(Value(name)) for name in expected} == expected


@pytest.mark.parametrize("stride", [1, 2, -1, -3])
def test_open_ends_reach_to_the_ends(infer: Infer, stride: int) -> None:
    for place in (-9, -2, 0, 2, 9):
        text = strided("5", [place], [place], [stride], begin=1)
        assert shape(infer, text) == (len(range(5)[:place:stride]),)
        text = strided("5", [place], [place], [stride], end=1)
        assert shape(infer, text) == (len(range(5)[place::stride]),)
        text = strided("5", [place], [place], [stride], begin=1, end=1)
        assert shape(infer, text) == (len(range(5)[::stride]),)


def test_axes_that_are_made_dropped_and_skipped(infer: Infer) -> None:
    ones = [1, 1, 1]
    assert shape(infer, strided("4,5,6", [0] * 3, [2] * 3, ones, shrink_axis=2)) == (2, 2)
    assert shape(infer, strided("4,5,6", [0] * 3, [2] * 3, ones, new_axis=2)) == (2, 1, 2, 6)
    assert shape(infer, strided("4,5,6,7", [0] * 3, [2] * 3, ones, ellipsis=2)) == (2, 5, 6, 2)
    assert shape(infer, strided("4,5", [0] * 3, [2] * 3, ones, ellipsis=1)) == (2, 2)
    both = strided("4,5", [0] * 4, [2] * 4, [1] * 4, ellipsis=2, new_axis=5)
    assert shape(infer, both) == (1, 4, 1, 2)
    assert shape(infer, strided("4,5", [0], [2], [1])) == (2, 5)


@pytest.mark.parametrize(
    "text",
    [
        strided("4", [0, 0], [1, 1], [1, 1]),
        strided("4", [0], [1, 1], [1]),
        strided("4", [0, 0], [1], [1]),
        strided("4", [0], [1], [0]),
        strided("4,5,6", [0] * 3, [2] * 3, [1] * 3, ellipsis=3),
        strided("...", [0], [1], [1]),
    ],
    ids=["more than axes", "more ends", "more starts", "no stride", "two ellipses", "no rank"],
)
def test_a_slice_that_makes_no_sense_says_nothing(infer: Infer, text: str) -> None:
    assert shape(infer, text) is None


def test_sizes_that_are_not_known_stay_open(infer: Infer) -> None:
    assert shape(infer, strided("?,4", [0, 1], [2, 3], [1, 1])) == (None, 2)
    assert shape(infer, strided("?,4", [0, 1], [2, 3], [1, 1], shrink_axis=1)) == (2,)
    fed = "x = Placeholder : float32[4]\na = Placeholder : int32[1]\n" + vector("b", [2])
    fed += vector("c", [1])
    assert shape(infer, fed + "y = StridedSlice(x, a, b, c)") == (None,)
    assert shape(infer, fed + "y = StridedSlice(x, b, a, c)") == (None,)
    assert shape(infer, fed + "y = StridedSlice(x, a, b, c) {begin_mask=1}") == (2,)
    assert shape(infer, fed + "y = StridedSlice(x, b, a, c) {end_mask=1}") == (2,)
    assert shape(infer, fed + "y = StridedSlice(x, b, c, a)") is None
    assert shape(infer, fed + "y = StridedSlice(x, a, b, c) {shrink_axis_mask=1}") == ()


@pytest.mark.parametrize(("stride", "places"), [(1, (3, 4)), (2, (3, 5)), (-1, (3, 2, 1, 0))])
def test_elements_of_a_slice_of_a_constant(
    infer: Infer, stride: int, places: tuple[int, ...]
) -> None:
    mask = "begin_mask=0, end_mask=1" if stride < 0 else "begin_mask=0"
    text = vector("x", [10, 11, 12, 13, 14, 15]) + vector("a", [3]) + vector("b", [-1])
    text += vector("c", [stride]) + f"y = StridedSlice(x, a, b, c) {{{mask}}}"
    if stride == 2:
        text = text.replace("= [-1]", "= [9]")
    found = infer(text).constant(Value("y"))
    assert found is not None
    assert found.values == tuple(10 + place for place in places)


def sliced(dims: str, begin: object, size: object) -> str:
    return f"x = Placeholder : float32[{dims}]\n{vector('a', begin)}{vector('b', size)}"


def test_a_slice_of_the_rest(infer: Infer) -> None:
    text = "y = Slice(x, a, b)"
    assert shape(infer, sliced("4,5", [1, 2], [-1, 2]) + text) == (3, 2)
    assert shape(infer, sliced("?,5", [1, 2], [-1, -1]) + text) == (None, 3)
    assert shape(infer, sliced("4,5", [1, 2, 3], [1, 2]) + text) is None
    assert shape(infer, sliced("4,5", [1, 2], [1, 2, 3]) + text) is None
    fed = "x = Placeholder : float32[{}]\na = Placeholder : int32[2]\n" + vector("b", [3, -1])
    assert shape(infer, fed.format("4,5") + text) == (3, None)
    assert shape(infer, fed.format("4,5") + "y = Slice(x, b, a)") == (None, None)
    assert shape(infer, fed.format("...") + text) == (3, None)
    assert shape(infer, fed.format("...") + "y = Slice(x, b, a)") == (None, None)
    lone = fed.format("...") + "k = Placeholder : int32[300]\n"
    assert shape(infer, lone + "y = Slice(x, a, a)") == (None, None)
    assert shape(infer, lone + "y = Slice(x, k, k)") is None


GATHER = (
    "x = Placeholder : float32[{0}]\ni = Placeholder : int32[{1}]\nk = Const : int32[] = {2}\n"
    "y = GatherV2(x, i, k) {{batch_dims={3}}}"
)


@pytest.mark.parametrize(
    ("dims", "indices", "axis", "batch", "expected"),
    [
        ("4,5,6", "2,3", 0, 0, (2, 3, 5, 6)),
        ("4,5,6", "2,3", 1, 0, (4, 2, 3, 6)),
        ("4,5,6", "2,3", -1, 0, (4, 5, 2, 3)),
        ("4,5,6", "4,3", 1, 1, (4, 3, 6)),
        ("4,5,6", "4,3", 2, 1, (4, 5, 3)),
        ("4,5,6", "4,3", 1, -1, (4, 3, 6)),
        ("4,5,6", "4,3", 0, 1, None),
        ("4,5,6", "", 1, 0, (4, 6)),
        ("4,5,6", "4", 3, 0, None),
        ("4,5,6", "4,5", 2, 2, (4, 5)),
        ("4,5,6", "4", 2, 2, None),
        ("...", "2", 0, 0, None),
        ("4", "...", 0, 0, None),
    ],
)
def test_gathered_axes(
    infer: Infer, dims: str, indices: str, axis: int, batch: int, expected: object
) -> None:
    assert shape(infer, GATHER.format(dims, indices, axis, batch)) == expected


def test_an_axis_that_is_fed_leaves_the_rank(infer: Infer) -> None:
    text = GATHER.replace("Const : int32[] = {2}", "Placeholder : int32[]")
    assert shape(infer, text.format("4,5,6", "2,3", 0, 0)) == (None,) * 4
    assert shape(infer, text.format("4,5,6", "2,3", 0, 1)) == (None,) * 3


PARTS = "x = Placeholder : float32[4,5]\ni = Placeholder : int32[4]\nj = Placeholder : int32[4,5]\n"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("y = Gather(x, j)", (4, 5, 5)),
        ("y = GatherNd(x, j)", None),
        ("k = Placeholder : int32[3,2]\ny = GatherNd(x, k)", (3,)),
        ("k = Placeholder : int32[3,1]\ny = GatherNd(x, k)", (3, 5)),
        ("k = Placeholder : int32[3,?]\ny = GatherNd(x, k)", None),
        ("y = SegmentMax(x, i)", (None, 5)),
        ("k = Const : int32[] = 3\ny = UnsortedSegmentSum(x, i, k)", (3, 5)),
        ("k = Const : int32[] = 3\ny = UnsortedSegmentSum(x, j, k)", (3,)),
        ("k = Const : int32[] = 3\ny = UnsortedSegmentSum(i, j, k)", None),
        ("k = Const : int32[] = 3\ny = SparseSegmentSumWithNumSegments(x, i, i, k)", (3, 5)),
        ("y = DynamicPartition(x, i) {num_partitions=2}", (None, 5)),
        ("y = DynamicPartition(x, j) {num_partitions=2}", (None,)),
        ("y = DynamicPartition(i, j) {num_partitions=2}", None),
        ("y = NthElement(x, k)\nk = Const : int32[] = 1", (4,)),
        ("y = InTopK(x, i) {k=2}", (4,)),
        ("y = TopK(x) {k=2}", (4, 2)),
        ("k = Const : int32[] = 2\ny = TopKV2(x, k)", (4, 2)),
        ("k = Placeholder : int32[]\ny = TopKV2(x, k)", (4, None)),
        ("y = Unique(i)", (None,)),
        ("k = Const : int32[1] = [0]\ny = UniqueV2(x, k)", (None, None)),
        ("y = Where(x)", (None, 2)),
    ],
)
def test_what_parts_of_a_tensor_leave(infer: Infer, line: str, expected: object) -> None:
    assert shape(infer, PARTS + line) == expected


def test_second_outputs(infer: Infer) -> None:
    assert shape(infer, PARTS + "y = Unique(i)", port=1) == (4,)
    assert shape(infer, PARTS + "y = UniqueWithCounts(i)", port=2) == (None,)
    assert shape(infer, PARTS + "k = Const : int32[1] = [0]\ny = UniqueV2(x, k)", port=1) == (None,)
    two = PARTS + "y = DynamicPartition(x, i) {num_partitions=2}"
    assert shape(infer, two, port=1) == (None, 5)
    assert shape(infer, two, port=2) is None


def test_a_stitch_is_as_long_as_its_highest_index(infer: Infer) -> None:
    text = PARTS + vector("a", [0, 3]) + vector("b", [1])
    text += "p = Placeholder : float32[2,5]\nq = Placeholder : float32[1,?]\n"
    assert shape(infer, text + "y = DynamicStitch(a, b, p, q) {N=2}") == (4, 5)
    assert shape(infer, text + "y = DynamicStitch(b, a, q, p) {N=2}") == (4, 5)
    assert shape(
        infer, text + "f = Placeholder : int32[1]\ny = DynamicStitch(a, f, p, q) {N=2}"
    ) == (
        None,
        5,
    )
    empty = text + "e = Const : int32[0] = []\nn = Placeholder : float32[0,5]\n"
    assert shape(infer, empty + "y = DynamicStitch(e, n) {N=1}") == (0, 5)


def test_a_difference_of_lists_is_counted_when_both_are_known(infer: Infer) -> None:
    text = vector("a", [1, 2, 3, 2]) + vector("b", [2, 9]) + "y = ListDiff(a, b)\n"
    assert shape(infer, text) == (2,)
    assert shape(infer, text, port=1) == (2,)
    fed = "f = Placeholder : int32[2]\n"
    assert shape(infer, text.replace("a, b", "a, f") + fed) == (None,)
    assert shape(infer, text.replace("a, b", "f, b") + fed) == (None,)


@pytest.mark.parametrize(
    ("axis", "expected"), [(-1, (4, 9)), (0, (9, 4)), (1, (4, 9)), (2, None), (-2, (9, 4))]
)
def test_where_a_one_hot_puts_its_axis(infer: Infer, axis: int, expected: object) -> None:
    text = PARTS + "k = Const : int32[] = 9\nf = Const : float32[] = 0.0\n"
    assert shape(infer, text + f"y = OneHot(i, k, f, f) {{axis={axis}}}") == expected
