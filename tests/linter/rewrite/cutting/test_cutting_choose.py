"""Which units the device takes: against every division that there is."""

from __future__ import annotations

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from linter.rewrite.cutting.choose import Problem, Side, Tensor, largest_body, trimmed

H, B, T = Side


@st.composite
def problems(draw, most=7):
    count = draw(st.integers(1, most))
    work = tuple(draw(st.lists(st.integers(0, 9), min_size=count, max_size=count)))
    links = [
        tuple(w for w in range(unit + 1, count) if draw(st.integers(0, 3)) == 0)
        for unit in range(count)
    ]
    refused = frozenset(draw(st.sets(st.integers(0, count - 1))))
    tensors = tuple(
        Tensor(unit, readers, draw(st.integers(0, 9)), draw(st.booleans()))
        for unit, readers in enumerate(links)
    )
    return Problem(work, tuple(links), refused, tensors)


def is_valid(problem, sides):
    apart = all(sides[unit] is not B for unit in problem.refused)
    return apart and all(
        sides[unit] <= sides[other]
        for unit, others in enumerate(problem.follows)
        for other in others
    )


def divisions(problem):
    for sides in product(Side, repeat=len(problem.work)):
        if is_valid(problem, sides):
            yield sides


def gain(problem, sides):
    return sum(w + 1 for w, side in zip(problem.work, sides, strict=True) if side is B)


@given(problems())
@settings(deadline=None, max_examples=60)
def test_no_body_computes_more(problem):
    sides = largest_body(problem)
    assert is_valid(problem, sides)
    assert gain(problem, sides) == max(gain(problem, other) for other in divisions(problem))


def cost(problem, sides, side):
    """What ``trimmed`` says it minimises, with the other side of the body as it is."""
    found = -sum(8 * w + 1 for w, s in zip(problem.work, sides, strict=True) if s is B)
    for one in problem.tensors:
        price = 2 * one.size
        readers = [sides[unit] for unit in one.readers]
        if sides[one.producer] is B and (one.fetched or T in readers):
            found += price
        if sides[one.producer] is H and B in readers:
            found += price
    return found


@given(problems(6))
@settings(deadline=None, max_examples=60)
def test_trimming_finds_the_cheapest_edges(problem):
    start = largest_body(problem)
    sides = start
    for side in (T, H):
        allowed = [
            other
            for other in divisions(problem)
            if all(a is b or (a is B and b is side) for a, b in zip(sides, other, strict=True))
        ]
        best = min(cost(problem, other, side) for other in allowed)
        sides = min(allowed, key=lambda other: (cost(problem, other, side), other.count(B)))
        assert cost(problem, sides, side) == best
    result = trimmed(problem, start)
    assert is_valid(problem, result)
    assert cost(problem, result, H) == cost(problem, sides, H)


def test_nothing_refused_is_all_body():
    assert largest_body(Problem((1, 2), ((1,), ()), frozenset())) == (B, B)


def test_many_small_tensors_are_cut_before_they_are_made():
    work = (100_000, *[10] * 50, 0)
    follows = (tuple(range(1, 51)), *[(51,)] * 50, ())
    tensors = (Tensor(0, tuple(range(1, 51)), 500), *(Tensor(u, (51,), 10) for u in range(1, 51)))
    problem = Problem(work, follows, frozenset({51}), tensors)
    sides = largest_body(problem)
    assert sides.count(B) == 51
    assert trimmed(problem, sides) == (B, *[T] * 51)


def test_a_large_graph_with_many_refused_units():
    count = 6000
    follows = (*((unit + 1,) for unit in range(count - 1)), ())
    refused = frozenset(range(0, count, 100))
    work = tuple(5 if 3000 < unit < 3100 else 1 for unit in range(count))
    sides = largest_body(Problem(work, follows, refused))
    assert [unit for unit, side in enumerate(sides) if side is B] == list(range(3001, 3100))
