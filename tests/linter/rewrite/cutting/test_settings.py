"""Inputs that become constants."""

from __future__ import annotations

import pytest

from linter.io.graphtext import parse
from linter.results.errors import UsageError
from linter.rewrite.cutting.settings import set_inputs

TEXT = """
x = Placeholder : float32[2,3]
flag = Placeholder : bool[]
rate = PlaceholderWithDefault(kept) {dtype=float32, shape=shape()}
kept = Identity(half)
half = Const : float32[] = 0.5
ids = Placeholder : int32[?,2]
name = Placeholder : string[]
any = Placeholder : float32[...]
table = Placeholder {dtype=resource, shape=shape()}
y = Mul(x, rate)
"""


def constant(name: str, text: str, source: str = TEXT):
    node = set_inputs(parse(source), {name: text}).main[name.removesuffix(":0")]
    assert (node.op, node.inputs) == ("Const", ())
    value = node.attrs["value"]
    return str(node.attrs["dtype"]), value.shape, value.values()


@pytest.mark.parametrize(
    ("name", "text", "wanted"),
    [
        ("flag", "false", ("bool", (), (False,))),
        ("flag:0", "True", ("bool", (), (True,))),
        ("flag", "0", ("bool", (), (False,))),
        ("rate", "1", ("float32", (), (1.0,))),
        ("x", "0.5", ("float32", (2, 3), (0.5,) * 6)),
        ("x", "[[1,2,3],[4,5,6]]", ("float32", (2, 3), (1.0, 2.0, 3.0, 4.0, 5.0, 6.0))),
        ("ids", "[[1,-2]]", ("int32", (1, 2), (1, -2))),
        ("name", "some text", ("string", (), (b"some text",))),
        ("name", '"a;b"', ("string", (), (b"a;b",))),
        ("any", "2.5", ("float32", (), (2.5,))),
        ("any", "[1, 2]", ("float32", (2,), (1.0, 2.0))),
    ],
)
def test_a_literal_fits_the_input(name, text, wanted):
    assert constant(name, text) == wanted


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("flag", "maybe", r"flag=maybe: no value of bool\[\]"),
        ("flag", "2", "no value of bool"),
        ("rate", "high", "no value of float32"),
        ("rate", "true", "no value of float32"),
        ("rate", "1 2", "no value of float32"),
        ("ids", "[[0.5,1]]", r"no value of int32\[\?,2\]"),
        ("ids", "3", r"has the shape \[\?,2\]; give all elements"),
        ("ids", "[1,2,3]", "has the shape"),
        ("x", "[1,2,3]", r"no value of float32\[2,3\]"),
        ("table", "1", "holds no numbers, but resource"),
        ("y", "1", "is no input, but a Mul; --cut-inputs makes one of it"),
        ("flga", "1", "has no node 'flga'; near it: flag"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(name, text, reason):
    with pytest.raises(UsageError, match=reason):
        set_inputs(parse(TEXT), {name: text})


def test_a_default_goes_with_its_input_and_the_model_stays_as_it_was():
    model = parse(TEXT)
    changed = set_inputs(model, {"rate": "1.0"})
    assert {"half", "kept"} <= set(model.main.nodes)
    assert not {"half", "kept"} & set(changed.main.nodes)
    read = parse(TEXT + "z = Neg(half)\n")
    assert set(set_inputs(read, {"rate": "1.0"}).main.nodes) == set(read.main.nodes) - {"kept"}


def test_a_missing_input_is_left_out_where_that_is_allowed():
    model = parse(TEXT)
    assert set_inputs(model, {"gone": "1"}, lenient=True) is model
    assert set_inputs(model, {}) is model
