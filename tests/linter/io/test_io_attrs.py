"""Attributes: decoding, laziness, encoding."""

from __future__ import annotations

import pytest

from linter.graph import DType, FuncRef, Placeholder, Shape
from linter.io.attrs import NodeAttrs, decode_attr, encode_attr, same_value
from linter.io.messages import AttrValue, NodeDef
from linter.io.tensor.values import StoredTensor, make_tensor

VALUES = [
    "text",
    b"\xff\x00",
    "",
    0,
    -(1 << 63),
    1.5,
    True,
    DType("float32"),
    DType("int32_ref"),
    DType("dtype#99"),
    Shape(None),
    Shape(()),
    Shape((1, None, 3)),
    Placeholder("T"),
    None,
    (),
    (1, 2),
    (True, False),
    (0.5,),
    ("a", b"\xff"),
    (DType("float32"), DType("string")),
    (Shape(None), Shape((2,))),
]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_round_trip(value):
    message = AttrValue.FromString(encode_attr(value).SerializeToString())
    found = decode_attr(message)
    assert found == value
    assert type(found) is type(value)
    assert same_value(found, value)


def test_function_round_trip_keeps_bound_attributes():
    value = FuncRef("f", {"T": DType("float32"), "g": FuncRef("h", {"n": 1})})
    found = decode_attr(encode_attr(value))
    assert found.name == "f"
    assert found.attrs["T"] == "float32"
    assert found.attrs["g"].attrs["n"] == 1
    assert same_value(found, value)
    assert not same_value(found, FuncRef("f", {"T": DType("float64"), "g": found.attrs["g"]}))
    listed = decode_attr(encode_attr((value, FuncRef("k"))))
    assert [item.name for item in listed] == ["f", "k"]


def test_tensor_round_trip():
    value = make_tensor("int32", (2,), [1, 2])
    assert decode_attr(encode_attr(value)).values() == (1, 2)
    assert [t.values() for t in decode_attr(encode_attr((value,)))] == [(1, 2)]


def test_integers_among_floats_become_floats():
    assert decode_attr(encode_attr((1, 0.5))) == (1.0, 0.5)


@pytest.mark.parametrize(
    "value",
    [object(), (1, "a"), (Placeholder("T"),), {"a": 1}, (None,)],
    ids=["object", "mixed", "placeholder", "dict", "none"],
)
def test_values_that_no_attribute_has(value):
    with pytest.raises(TypeError):
        encode_attr(value)


@pytest.mark.parametrize("value", [1 << 63, DType("float33")])
def test_values_out_of_range(value):
    with pytest.raises(ValueError, match=r"out of range|no dtype"):
        encode_attr(value)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, True),
        (1, 1.0),
        ("float32", DType("float32")),
        ((1,), (1, 2)),
        (make_tensor("int32", (), 1), make_tensor("int32", (), 1)),
        (float("nan"), float("nan")),
    ],
)
def test_not_surely_the_same(one, other):
    assert not same_value(one, other)


def test_attributes_are_a_lazy_mapping():
    node = NodeDef()
    node.attr["b"].i = 1
    node.attr["a"].s = b"x"
    node.attr["t"].tensor.dtype = 3
    node.attr["none"].SetInParent()
    attrs = NodeAttrs(node)
    assert list(attrs) == ["a", "b", "none", "t"]
    assert len(attrs) == 4
    assert "a" in attrs
    assert "q" not in attrs
    assert 5 not in attrs
    assert attrs.get("q") is None
    assert attrs.get("q", 7) == 7
    assert "q" not in node.attr
    with pytest.raises(KeyError):
        attrs["q"]
    assert attrs["none"] is None
    assert attrs["t"] is attrs["t"]
    assert isinstance(attrs["t"], StoredTensor)
    assert dict(attrs)["b"] == 1
    assert "x" in repr(attrs)
