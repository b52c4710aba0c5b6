"""Dtypes from op definitions, attributes, defaults and inputs."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from linter.graph import DType, FuncRef, Graph, Node, Shape, Value
from linter.infer.inference import Inference
from linter.io.tensor.values import make_tensor
from opdb.tf_ops import load_op_table

TABLE = load_op_table()
FLOAT = {"dtype": DType("float32"), "shape": Shape((2,))}


def source(name: str, dtype: str = "float32") -> Node:
    return Node(name, "Placeholder", attrs={"dtype": DType(dtype), "shape": Shape((2,))})


def test_the_attribute_decides() -> None:
    graph = Graph([source("x"), Node("y", "Cast", (Value("x"),), attrs={"DstT": DType("int64")})])
    inference = Inference(graph, TABLE)
    assert inference.dtype(Value("y")) == "int64"
    assert inference.input_dtypes(graph["y"]) == ("float32",)
    assert inference.dtype(Value("y", 1)) is None


def test_a_default_stands_in() -> None:
    graph = Graph([source("x"), Node("y", "Shape", (Value("x"),)), Node("z", "NoOp")])
    inference = Inference(graph, TABLE)
    assert inference.dtype(Value("y")) == "int32"
    assert inference.output_dtypes(graph["z"]) == ()


def test_a_missing_attribute_is_read_off_the_inputs() -> None:
    graph = Graph(
        [
            source("x", "float16"),
            Node("a", "AddV2", (Value("x"), Value("x"))),
            Node("b", "Relu", (Value("a"),)),
            Node("c", "Pack", (Value("b"), Value("a"))),
            Node("d", "IdentityN", (Value("c"), Value("e"))),
            source("e", "int8"),
            Node("f", "Split", (Value("e"), Value("x")), attrs={"num_split": 3}),
        ]
    )
    inference = Inference(graph, TABLE)
    assert inference.dtype(Value("c")) == "float16"
    assert inference.output_dtypes(graph["d"]) == ("float16", "int8")
    assert inference.output_dtypes(graph["f"]) == ("float16",) * 3


def test_references_are_marked_and_read_through() -> None:
    graph = Graph(
        [
            Node("v", "VariableV2", attrs=FLOAT),
            Node("a", "Assign", (Value("v"), Value("x"))),
            Node("r", "Identity", (Value("a"),)),
            source("x"),
        ]
    )
    inference = Inference(graph, TABLE)
    assert inference.dtype(Value("v")) == "float32_ref"
    assert inference.dtype(Value("a")) == "float32_ref"
    assert inference.dtype(Value("r")) == "float32"


def test_a_constant_knows_its_dtype() -> None:
    tensor = make_tensor("int32", (1,), [3])
    graph = Graph([Node("c", "Const", attrs={"value": tensor}), Node("e", "Const")])
    inference = Inference(graph, TABLE)
    assert inference.dtype(Value("c")) == "int32"
    assert inference.dtype(Value("e")) is None


def test_unknown_stays_unknown() -> None:
    graph = Graph(
        [
            Node("a", "NoSuchOp", (Value("x"),)),
            Node("b", "Relu", (Value("a"),)),
            Node("c", "Relu", (Value("missing"),)),
            Node("d", "Split", (Value("x"), Value("x"))),
        ]
    )
    inference = Inference(graph, TABLE)
    assert inference.output_dtypes(graph["a"]) == ()
    assert inference.output_count(graph["a"]) is None
    assert inference.output_count(graph["d"]) is None
    assert inference.arg_ports(graph["a"]) is None
    for key in "abcd":
        assert inference.dtype(Value(key)) is None


def test_ports_of_arguments() -> None:
    graph = Graph(
        [
            source("x"),
            source("a", "int32"),
            Node("c", "ConcatV2", (Value("x"), Value("x"), Value("a")), attrs={"N": 2}),
            Node("d", "ConcatV2", (Value("x"), Value("x"), Value("a")), attrs={"N": 7}),
            Node("t", "TensorArrayV3", (Value("a"),), attrs={"dtype": DType("float32")}),
        ]
    )
    inference = Inference(graph, TABLE)
    ports = inference.arg_ports(graph["c"])
    assert ports is not None
    assert [(arg.name, first, count) for arg, first, count in ports] == [
        ("values", 0, 2),
        ("axis", 2, 1),
    ]
    assert inference.arg_ports(graph["d"]) is None
    outputs = inference.out_args(graph["t"])
    assert outputs is not None
    assert [arg.name for arg, _, _ in outputs] == ["handle", "flow"]
    assert inference.output_dtypes(graph["t"]) == ("resource", "float32")


def body() -> Graph:
    argument = Node("x", "_Arg", attrs={"T": DType("int32")}, virtual=True)
    shape = Node("s", "Shape", (Value("x"),), attrs={"out_type": DType("int64")})
    returns = {"first": Value("s"), "second": Value("x")}
    return Graph([argument, shape], function="f", returns=returns)


def test_calls_state_or_inherit_their_dtypes() -> None:
    listed = (DType("int64"), DType("int32"))
    graph = Graph(
        [
            source("x", "int32"),
            Node("p", "PartitionedCall", (Value("x"),), attrs={"f": FuncRef("f"), "Tout": listed}),
            Node("q", "f", (Value("x"),)),
        ]
    )
    inference = Inference(graph, TABLE, functions={"f": body()})
    assert inference.output_dtypes(graph["p"]) == ("int64", "int32")
    assert inference.output_dtypes(graph["q"]) == ("int64", "int32")
    assert inference.output_count(graph["q"]) == 2
    assert inference.shape(Value("q", 0)) == (1,)


def test_arguments_of_a_body_may_be_given() -> None:
    inference = Inference(body(), TABLE, arguments={"x": ("float32", (4, None))})
    assert inference.dtype(Value("x")) == "float32"
    assert inference.partial(Value("s")) == (4, None)
    assert Inference(body(), TABLE).dtype(Value("x")) == "int32"


@pytest.mark.parametrize("dtype", ["resource", "variant", "dtype#77"])
def test_odd_dtypes_pass(infer: Callable[..., Inference], dtype: str) -> None:
    graph = Graph([source("x", dtype), Node("y", "Identity", (Value("x"),))])
    assert Inference(graph, TABLE).dtype(Value("y")) == dtype
