"""What inference says about small graphs of any op is what TensorFlow infers and computes.

A dtype, an axis or an element that omlint knows must be TensorFlow's; to know nothing is no fault.
Where TensorFlow does not know a shape before the graph runs, it is run. ``--differential-figures``
prints how much each of the two knows, and what is said about graphs that TensorFlow refuses.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.comparing import differences
from harness.examples import VALUED, cases, few, many
from harness.oracle import Oracle
from harness.tally import Tally
from linter.infer.ops.registry import OPS
from recipes.chains import CHAINS, follow
from recipes.registry import NOT_COVERED, RECIPES

REGISTERED = frozenset(OPS)
RICH = (
    "AvgPool", "BatchMatMulV2", "BatchToSpaceND", "Cast", "ConcatV2", "Conv2D",
    "Conv2DBackpropInput", "Einsum", "FusedBatchNormV3", "GatherV2", "MaxPool", "OneHot", "Pad",
    "Range", "Reshape", "Slice", "SpaceToBatchND", "SplitV", "Squeeze", "StridedSlice", "Sum",
    "TensorListStack", "Transpose",
)  # fmt: skip
"""Ops of which a few cases say little: there are many attributes, or many values of them."""


def test_every_registered_op_is_tried() -> None:
    assert sorted(REGISTERED - set(RECIPES) - set(NOT_COVERED)) == []


def test_nothing_else_is_tried_or_excused() -> None:
    assert set(RECIPES) <= REGISTERED
    assert set(NOT_COVERED) <= REGISTERED - set(RECIPES)


@pytest.mark.tf
@pytest.mark.parametrize("op", sorted(set(RECIPES) - VALUED - set(RICH)))
@few(3)
@given(data=st.data())
def test_shapes(op: str, data: st.DataObject, oracle: Oracle, tally: Tally) -> None:
    case = data.draw(cases(op, RECIPES[op], follow))
    assert differences(case, oracle, tally) == []


@pytest.mark.tf
@pytest.mark.parametrize("op", sorted(VALUED - set(RICH)))
@few(8)
@given(data=st.data())
def test_shapes_and_elements(op: str, data: st.DataObject, oracle: Oracle, tally: Tally) -> None:
    case = data.draw(cases(op, RECIPES[op], follow))
    assert differences(case, oracle, tally) == []


@pytest.mark.tf
@pytest.mark.parametrize("op", RICH)
@few(25)
@given(data=st.data())
def test_ops_of_many_attributes(op: str, data: st.DataObject, oracle: Oracle, tally: Tally) -> None:
    case = data.draw(cases(op, RECIPES[op], follow))
    assert differences(case, oracle, tally) == []


@pytest.mark.tf
@pytest.mark.parametrize("name", sorted(CHAINS))
@few(25)
@given(data=st.data())
def test_chains(name: str, data: st.DataObject, oracle: Oracle, tally: Tally) -> None:
    case = data.draw(cases(name, CHAINS[name]))
    assert differences(case, oracle, tally) == []


@pytest.mark.tf
@pytest.mark.thorough
@pytest.mark.parametrize("op", sorted(RECIPES))
@many(60)
@given(data=st.data())
def test_many_shapes_and_elements(
    op: str, data: st.DataObject, oracle: Oracle, tally: Tally
) -> None:
    case = data.draw(cases(op, RECIPES[op], follow))
    assert differences(case, oracle, tally) == []


@pytest.mark.tf
@pytest.mark.thorough
@pytest.mark.parametrize("name", sorted(CHAINS))
@many(1500)
@given(data=st.data())
def test_many_chains(name: str, data: st.DataObject, oracle: Oracle, tally: Tally) -> None:
    case = data.draw(cases(name, CHAINS[name]))
    assert differences(case, oracle, tally) == []
