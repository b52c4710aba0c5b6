"""What the unrolling of loops and the rewrites compute ahead is what TensorFlow computes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.answers import Array, Outcome
from harness.comparing import infer, unlike_arrays, unlike_elements
from harness.draft import Case
from harness.examples import VALUED, cases, few, many
from harness.oracle import Oracle
from linter.graph import Model, Value
from linter.infer.ops.registry import OPS
from linter.infer.tensors import Constant
from linter.infer.view import Fact
from linter.io.reader import from_bytes
from linter.rewrite.unroll.fold import EXACT, fold
from linter.rules.match import MatchContext
from opdb.tf_ops import load_op_table
from recipes.chains import follow
from recipes.registry import RECIPES
from rules.rewrite.support.folding import folded, is_foldable

Check = Callable[[Model, Outcome], list[str]]

WHOLE = frozenset(op for op, semantics in OPS.items() if semantics.whole is not None)
"""Ops that are computed of arrays of any size."""


def check(case: Case, oracle: Oracle, unlike: Check) -> None:
    """Compare what is computed of a graph without inputs."""
    _, outcome = oracle.infer(case.data, case.feeds)
    assert unlike(from_bytes(case.data), outcome) == []


def unlike_folds(model: Model, outcome: Outcome) -> list[str]:
    """In what a fold of each node, given its inputs, is not what was computed."""
    found: list[str] = []
    arrays = dict(outcome.arrays)
    for node in model.main:
        inputs = [arrays.get((value.node, value.port)) for value in node.inputs]
        if node.op not in VALUED or any(array is None for array in inputs):
            continue
        facts = [fact(array) for array in inputs if array is not None]
        for port, constant in enumerate(fold(node, facts, load_op_table())):
            array = arrays.get((node.name, port))
            if constant is not None and array is not None:
                found.append(unlike_elements(constant, array))
    return [text for text in found if text]


def fact(array: Array) -> Fact:
    dtype = "string" if array.dtype == object else array.dtype.name
    if dtype not in EXACT:
        return Fact(dtype, array.shape)
    values = tuple(array.reshape(-1).tolist())
    return Fact(dtype, array.shape, Constant(dtype, array.shape, values))


def unlike_constants(model: Model, outcome: Outcome) -> list[str]:
    """In what the array of a foldable value is not what was computed."""
    table = load_op_table()
    context = MatchContext(model.main, infer(model), table, frozenset(), {})
    found: list[str] = []
    for node in model.main:
        value = context.bind(Value(node.name))
        if node.op == "Const" or not is_foldable(value):
            continue
        array = np.asarray(folded(value))  # never an error, whatever the graph
        wanted = outcome.arrays.get((node.name, 0))
        if wanted is not None and (unlike := unlike_arrays(array, wanted)):
            found.append(f"{node.name}: {unlike}")
    return found


@pytest.mark.tf
@pytest.mark.parametrize("op", sorted(VALUED))
@few(4)
@given(data=st.data())
def test_folds_of_unrolling(op: str, data: st.DataObject, oracle: Oracle) -> None:
    check(data.draw(cases(op, RECIPES[op], constant=100)), oracle, unlike_folds)


@pytest.mark.tf
@pytest.mark.parametrize("op", sorted(WHOLE))
@few(8)
@given(data=st.data())
def test_constants_of_rewrites(op: str, data: st.DataObject, oracle: Oracle) -> None:
    check(data.draw(cases(op, RECIPES[op], follow, constant=100)), oracle, unlike_constants)


@pytest.mark.tf
@pytest.mark.thorough
@pytest.mark.parametrize("op", sorted(VALUED))
@many(30)
@given(data=st.data())
def test_many_folds_of_unrolling(op: str, data: st.DataObject, oracle: Oracle) -> None:
    check(data.draw(cases(op, RECIPES[op], constant=100)), oracle, unlike_folds)


@pytest.mark.tf
@pytest.mark.thorough
@pytest.mark.parametrize("op", sorted(WHOLE))
@many(60)
@given(data=st.data())
def test_many_constants_of_rewrites(op: str, data: st.DataObject, oracle: Oracle) -> None:
    check(data.draw(cases(op, RECIPES[op], follow, constant=100)), oracle, unlike_constants)
