"""What the judge takes for a constant does not depend on what is fed.

The compiler computes it at conversion time; TensorFlow gives the same for two different inputs.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.answers import Array
from harness.comparing import infer
from harness.draft import Case
from harness.examples import cases, few, many
from harness.oracle import Oracle
from linter.graph import Model, Value
from linter.io.reader import from_bytes
from linter.judge import JudgeOptions, make_judge
from linter.results.judgement import Placement
from opdb.query import open_database
from opdb.target import parse_target
from recipes.chains import CHAINS, follow
from recipes.registry import RECIPES

TARGETS = ("atc@8.1.RC1/Ascend310", "omg@hilens-2021-09/Ascend310")


def folded_nodes(model: Model, shapes: dict[str, tuple[int, ...]], target: str) -> set[str]:
    """Names of the nodes that the tool computes at conversion time."""
    options = JudgeOptions(shapes)
    judge = make_judge(model, open_database(parse_target(target)), options)
    return {
        node.name for _, node, found in judge.judgements() if found.placement is Placement.FOLDED
    }


def other(array: Array, dims: tuple[int | None, ...] | None) -> Array:
    """Other elements of the same kind, and other sizes where the placeholder leaves them open."""
    if dims is not None:
        sizes = [size + (dim is None) for size, dim in zip(array.shape, dims, strict=True)]
        array = np.resize(array, sizes) if array.size else np.zeros(sizes, array.dtype)
    if array.dtype == object:
        return np.full(array.shape, b"other", object)
    return ~array if array.dtype == bool else array + np.ones((), array.dtype)


def check(case: Case, target: str, oracle: Oracle, *, shaped: bool) -> None:
    """Feed twice: the shapes that the judge knows, or others as well where it knows none."""
    model = from_bytes(case.data)
    sizes = {name: tuple(map(int, array.shape)) for name, array in case.feeds.items()}
    shapes = sizes if shaped else {}
    inference = infer(model, shapes)
    values = [
        Value(name, port)
        for name in sorted(folded_nodes(model, shapes, target))
        for port, dtype in enumerate(inference.output_dtypes(model.main[name]))
        if dtype not in (None, "resource", "variant")
    ]
    names = [str(value) for value in values]
    first = oracle.compute(case.data, names, case.feeds) if names and case.runs else ""
    feeds = {
        name: other(array, None if shaped else model.main[name].attrs["shape"].dims)
        for name, array in case.feeds.items()
    }
    second = oracle.compute(case.data, names, feeds)
    if isinstance(first, str) or isinstance(second, str):
        return
    for name, one, two in zip(names, first, second, strict=True):
        assert np.array_equal(one, two, equal_nan=one.dtype.kind in "fc"), name


@pytest.mark.tf
@pytest.mark.parametrize("target", TARGETS)
@few(25)
@given(shaped=st.booleans(), data=st.data(), op=st.sampled_from(sorted(RECIPES)))
def test_any_op(target: str, op: str, data: st.DataObject, oracle: Oracle, shaped: bool) -> None:
    check(data.draw(cases(op, RECIPES[op], follow)), target, oracle, shaped=shaped)


@pytest.mark.tf
@pytest.mark.parametrize("target", TARGETS)
@few(15)
@given(shaped=st.booleans(), data=st.data())
def test_numbers(target: str, data: st.DataObject, oracle: Oracle, shaped: bool) -> None:
    check(data.draw(cases("numbers", CHAINS["numbers"])), target, oracle, shaped=shaped)


@pytest.mark.tf
@pytest.mark.thorough
@pytest.mark.parametrize("target", TARGETS)
@many(1000)
@given(shaped=st.booleans(), data=st.data(), op=st.sampled_from(sorted(RECIPES)))
def test_many_ops(target: str, op: str, data: st.DataObject, oracle: Oracle, shaped: bool) -> None:
    check(data.draw(cases(op, RECIPES[op], follow)), target, oracle, shaped=shaped)


@pytest.mark.tf
@pytest.mark.thorough
@pytest.mark.parametrize("target", TARGETS)
@many(500)
@given(shaped=st.booleans(), data=st.data())
def test_many_numbers(target: str, data: st.DataObject, oracle: Oracle, shaped: bool) -> None:
    check(data.draw(cases("numbers", CHAINS["numbers"])), target, oracle, shaped=shaped)
