"""What one op on arrays or lists may ask of its inputs, and how elements become a tensor."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from linter.graph import Node, Shape, Value
from linter.infer.inference import Constant
from linter.rewrite.unroll.limits import ELEMENT_LIMIT
from linter.rewrite.unroll.step import Step
from linter.rewrite.unroll.values import Array, Flow, Known, Made, Row, TensorList, Unresolved


def known(*values, shape=None):
    return Known(Constant("int32", (len(values),) if shape is None else shape, values))


def step(*inputs, writer=None, **attrs):
    return Step(Node("n", "Op"), inputs, attrs, writer, "label")


def test_a_number_must_be_known_and_single():
    assert step(known(7, shape=())).integer(0) == 7
    assert step(known(7)).integer(0) == 7
    for symbol in (known(1, 2), known(), Made(Value("a"))):
        with pytest.raises(Unresolved):
            step(symbol).integer(0)


@pytest.mark.parametrize(
    ("number", "fits"), [(0, True), (ELEMENT_LIMIT, True), (ELEMENT_LIMIT + 1, False), (-1, False)]
)
def test_a_number_of_elements_has_bounds(number, fits):
    asked = step(known(number))
    if fits:
        assert asked.count(0) == number
    else:
        with pytest.raises(Unresolved, match="elements are more than"):
            asked.count(0)


def test_a_shape_that_an_input_spells_out():
    assert step(known(2, -1, 0)).dims(0) == (2, None, 0)
    assert step(known()).dims(0) == ()
    assert step(known(-1, shape=())).dims(0) is None
    assert step(Made(Value("a"))).dims(0) is None


def test_a_shape_that_an_attribute_gives():
    asked = step(element_shape=Shape((2, None)), other="x")
    assert asked.attr_dims("element_shape") == (2, None)
    assert asked.attr_dims("other") is None
    assert asked.attr_dims("missing") is None


def test_arrays_and_lists_are_told_from_tensors():
    flow, listed = Flow(Array("t", "float32", None, grows=False), ()), TensorList("f", None, ())
    asked = step(flow, listed, Made(Value("a")))
    assert (asked.flow(0), asked.listed(1), asked.tensor(2)) == (flow, listed, Made(Value("a")))
    for ask, slot in ((asked.flow, 1), (asked.listed, 0), (asked.tensor, 0), (asked.flow, 2)):
        with pytest.raises(Unresolved):
            ask(slot)


class Recorder:
    """Takes down what would be written; every tensor has as many rows as it is told."""

    def __init__(self, rows):
        self.placed = []
        inference = SimpleNamespace(shape=lambda value: (rows,))
        self.context = SimpleNamespace(inference=inference)

    def value(self, symbol):
        return symbol.value if isinstance(symbol, Made) else Value("row", symbol.index)

    def place(self, op, values, attrs, name):
        self.placed.append((op, tuple(values), dict(attrs), name))
        return Value("placed")


ROWS = [Row(Value("t"), index) for index in range(3)]


@pytest.mark.parametrize(
    ("elements", "rows", "whole"),
    [
        (ROWS, 3, True),
        (ROWS, 4, False),
        (ROWS[:2], 3, False),
        ([ROWS[0], ROWS[2], ROWS[1]], 3, False),
        ([Row(Value("t"), 0), Row(Value("t", 1), 1)], 2, False),
        ([ROWS[0], Made(Value("a"))], 2, False),
        ([Made(Value("a")), ROWS[1]], 2, False),
    ],
    ids=["all", "not all", "some", "another order", "two tensors", "another end", "another start"],
)
def test_all_rows_of_a_tensor_in_their_order_are_that_tensor(elements, rows, whole):
    writer = Recorder(rows)
    found = step(writer=writer).stacked(elements, "float32", None)
    assert found == Made(Value("t" if whole else "placed"))
    assert len(writer.placed) == (0 if whole else 1)
    if not whole:
        op, values, attrs, name = writer.placed[0]
        assert (op, len(values), name) == ("Pack", len(elements), "label")
        assert (attrs["N"], attrs["axis"], attrs["T"]) == (len(elements), 0, "float32")
