"""Arithmetic on shapes of which only part is known."""

from __future__ import annotations

import itertools

import pytest

from linter.infer.axes import axis_in, replaced
from linter.infer.dims import (
    MAX_DIM,
    MAX_RANK,
    Dims,
    broadcast,
    cleaned,
    concat,
    join,
    product,
    refine,
    refine_axis,
    unknown_of_rank,
)
from linter.infer.tensors import Constant

SIZES = (None, 0, 1, 2, 3)
SHAPES: list[Dims] = [None, (), *((a,) for a in SIZES), *itertools.product(SIZES, SIZES)]


def allowed(dims: Dims, shape: tuple[int, ...]) -> bool:
    """Whether a tensor of that shape agrees with what is known."""
    return dims is None or (
        len(dims) == len(shape)
        and all(a is None or a == b for a, b in zip(dims, shape, strict=True))
    )


WHOLE: list[tuple[int, ...]] = [
    (), *((a,) for a in range(4)), *itertools.product(range(4), range(4)),
]  # fmt: skip


@pytest.mark.parametrize("left", SHAPES)
def test_a_join_allows_whatever_either_side_allows(left: Dims) -> None:
    for right in SHAPES:
        joined = join(left, right)
        for shape in WHOLE:
            if allowed(left, shape) or allowed(right, shape):
                assert allowed(joined, shape)
        assert joined == join(right, left)
    assert join(left, left) == left
    assert join((2, 3), (2, 4)) == (2, None)


@pytest.mark.parametrize("left", SHAPES)
def test_a_refinement_allows_what_both_sides_allow(left: Dims) -> None:
    for right in SHAPES:
        refined = refine(left, right)
        both = [shape for shape in WHOLE if allowed(left, shape) and allowed(right, shape)]
        if both:
            assert [shape for shape in WHOLE if allowed(refined, shape)] == both
        else:
            assert refined == left
    assert refine((2, None), (None, 3)) == (2, 3)


def numpy_shape(left: tuple[int, ...], right: tuple[int, ...]) -> tuple[int, ...] | None:
    rank = max(len(left), len(right))
    pairs = zip((1,) * (rank - len(left)) + left, (1,) * (rank - len(right)) + right, strict=True)
    sizes = [a if b == 1 else b if a in (1, b) else None for a, b in pairs]
    return None if None in sizes else tuple(size for size in sizes if size is not None)


@pytest.mark.parametrize("left", SHAPES)
def test_a_broadcast_allows_every_result(left: Dims) -> None:
    for right in SHAPES:
        found = broadcast(left, right)
        for a, b in itertools.product(WHOLE, WHOLE):
            if allowed(left, a) and allowed(right, b) and (result := numpy_shape(a, b)) is not None:
                assert allowed(found, result)


@pytest.mark.parametrize(
    ("left", "right", "result"),
    [
        ((2, 3), (2, 3), (2, 3)),
        ((2, 3), (3,), (2, 3)),
        ((3,), (2, 3), (2, 3)),
        ((2, 1), (1, 3), (2, 3)),
        ((None,), (1,), (None,)),
        ((1,), (None,), (None,)),
        ((None,), (4,), (4,)),
        ((4,), (None,), (4,)),
        ((None,), (None,), (None,)),
        ((None,), (0,), (None,)),
        ((2,), (3,), None),
        ((2, 3), (), (2, 3)),
        (None, (2,), None),
        ((2,), None, None),
    ],
)
def test_what_a_broadcast_tells(left: Dims, right: Dims, result: Dims) -> None:
    assert broadcast(left, right) == result


@pytest.mark.parametrize(
    ("dims", "found"),
    [
        (None, None),
        ((2, None), (2, None)),
        ((0, MAX_DIM), (0, MAX_DIM)),
        ((-1, 3), (None, 3)),
        ((2, MAX_DIM + 1, None), (2, None, None)),
        ((1,) * MAX_RANK, (1,) * MAX_RANK),
        ((1,) * (MAX_RANK + 1), None),
    ],
)
def test_sizes_that_no_tensor_has_are_unknown(dims: Dims, found: Dims) -> None:
    assert cleaned(dims) == found


@pytest.mark.parametrize(
    ("rank", "dims"),
    [
        (None, None),
        (0, ()),
        (2, (None, None)),
        (-1, None),
        (MAX_RANK, (None,) * MAX_RANK),
        (MAX_RANK + 1, None),
    ],
)
def test_a_rank_alone(rank: int | None, dims: Dims) -> None:
    assert unknown_of_rank(rank) == dims


def test_the_number_of_elements() -> None:
    assert product(()) == 1
    assert product((2, 3, 4)) == 24
    assert product((2, None)) is None
    assert product((0, None)) is None


@pytest.mark.parametrize(
    ("left", "right", "found"),
    [(2, 2, 2), (2, None, 2), (None, 2, 2), (None, None, None), (2, 3, None)],
)
def test_one_axis_from_two_sources(left: int | None, right: int | None, found: int | None) -> None:
    assert refine_axis(left, right) == found


def test_shapes_one_after_the_other() -> None:
    assert concat() == ()
    assert concat((2,), (), (3, None)) == (2, 3, None)
    assert concat((2,), None) is None


@pytest.mark.parametrize(
    ("axis", "rank", "found"),
    [
        (0, 2, 0), (1, 2, 1), (-1, 2, 1), (-2, 2, 0), (2, 2, None), (-3, 2, None), (0, 0, None),
        (None, 2, None), (0, None, None),
    ],
)  # fmt: skip
def test_an_axis_counts_from_the_front(
    axis: int | None, rank: int | None, found: int | None
) -> None:
    assert axis_in(axis, rank) == found


def test_one_axis_of_another_size() -> None:
    assert replaced((2, 3, 4), 1, None) == (2, None, 4)
    assert replaced((2, 3, 4), 2, 9) == (2, 3, 9)


def test_a_constant_is_complete_when_all_its_elements_are_known() -> None:
    assert Constant("int32", (2,), (1, 2)).complete
    assert Constant("int32", (0,), ()).complete
    assert not Constant("int32", (2,), (1, None)).complete
