"""What callers ask of the inference of one body."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from linter.graph import DType, Graph, Node, Shape, Value
from linter.infer.inference import Inference
from linter.infer.view import Handle
from linter.io.graphtext import parse
from opdb.tf_ops import load_op_table

Infer = Callable[..., Inference]

TEXT = """
x = Placeholder : float32[?,224,224,3]
s = Shape(x)
c = Const : int32[2] = [4, 5]
f = Const : float32[2] = [1.5, 2.5]
w = Const : int32[2,2] = [[1, 2], [3, 4]]
u = Unpack(x) {num=3, axis=3}
y = Split(k, x) {num_split=2}
k = Const : int32[] = 1
"""


def test_a_value_is_a_constant_when_all_of_it_is_known(infer: Infer) -> None:
    inference = infer(TEXT)
    assert inference.constant(Value("s")) is None
    assert inference.partial(Value("s")) == (None, 224, 224, 3)
    constant = inference.constant(Value("c"))
    assert constant is not None
    assert (constant.dtype, constant.shape, constant.values) == ("int32", (2,), (4, 5))
    assert inference.partial(Value("c")) == (4, 5)
    assert inference.partial(Value("k")) == (1,)


def test_parts_are_of_whole_numbers_in_a_row(infer: Infer) -> None:
    inference = infer(TEXT)
    assert inference.constant(Value("f")) is not None
    assert inference.partial(Value("f")) is None
    assert inference.constant(Value("w")) is not None
    assert inference.partial(Value("w")) is None
    assert inference.partial(Value("x")) is None


def test_outputs_that_are_not_there_are_unknown(infer: Infer) -> None:
    inference = infer(TEXT)
    for value in (Value("gone"), Value("c", 1), Value("c", -1), Value("u", 3)):
        assert inference.shape(value) is None
        assert inference.constant(value) is None
        assert inference.dtype(value) is None


def test_ports_and_arguments(infer: Infer) -> None:
    text = TEXT + "z = f(x)\nn = Unheard(x)\ndef f(a: float32) -> (r: s:0, q: a:0):\n  s = Neg(a)\n"
    inference = infer(text)
    graph = inference.graph
    counts = {key: inference.output_count(graph[key]) for key in "xuyzn"}
    assert counts == {"x": 1, "u": 3, "y": 2, "z": 2, "n": None}
    assert [(arg.name, first, n) for arg, first, n in inference.arg_ports(graph["y"]) or ()] == [
        ("split_dim", 0, 1), ("value", 1, 1),
    ]  # fmt: skip
    assert [(arg.name, first, n) for arg, first, n in inference.out_args(graph["u"]) or ()] == [
        ("output", 0, 3)
    ]
    assert inference.arg_ports(graph["n"]) is inference.out_args(graph["n"]) is None
    assert inference.input_dtypes(graph["y"]) == ("int32", "float32")
    assert inference.output_dtypes(graph["y"]) == ("float32", "float32")
    assert inference.output_dtypes(graph["n"]) == ()


def test_an_argument_of_a_body_has_one_output_and_what_is_said_of_it() -> None:
    model = parse("def f(a: float32, b: int32) -> (r: s:0):\n  s = Neg(a)\n  t = Fill(b, a)\n")
    body = model.functions["f"]
    inference = Inference(body, load_op_table(), arguments={"a": ("float32", (2, None))})
    assert inference.output_count(body["a"]) == 1
    assert inference.shape(Value("s")) == (2, None)
    assert inference.shape(Value("b")) is None
    assert inference.dtype(Value("b")) == "int32"


def test_a_given_shape_replaces_the_shape_and_the_elements(infer: Infer) -> None:
    inference = infer(TEXT + "r = Reshape(x, c)\n", input_shapes={"c": (2,)})
    assert inference.constant(Value("c")) is None
    assert inference.shape(Value("r")) == (None, None)


@pytest.mark.parametrize(("count", "known"), [(1024, True), (1025, False)])
def test_large_constants_are_data(infer: Infer, count: int, known: bool) -> None:
    inference = infer(f"c = Const : int32[{count}] = 3\nd = Identity(c)\n")
    assert (inference.constant(Value("c")) is not None) is known
    assert (inference.constant(Value("d")) is not None) is known


def test_facts_tell_all_at_once(infer: Infer) -> None:
    inference = infer(TEXT + "h = VarHandleOp {dtype=float32, shape=shape(2)}\n")
    whole = inference.fact(Value("c"))
    assert (whole.dtype, whole.dims) == ("int32", (2,))
    assert whole.constant is not None
    assert whole.handle is None
    assert inference.fact(Value("f")).constant is None  # no numbers that could be sizes
    assert inference.fact(Value("h")).handle == Handle("float32", (2,))


def test_what_is_malformed_is_unknown() -> None:
    nodes = [
        Node("a", "Add", (Value("b"), Value("a"))),
        Node("b", "Add", (Value("a"), Value("gone"))),
        Node("r", "Reshape", (Value("a"),)),
        Node("p", "Placeholder", attrs={"shape": Shape((-5, 3))}),
    ]
    inference = Inference(Graph(nodes), load_op_table())
    assert [inference.shape(Value(key)) for key in "abr"] == [None] * 3
    assert inference.shape(Value("p")) == (None, 3)


def test_depth_does_not_matter(infer: Infer) -> None:
    lines = ["n0 = Const : int32[2] = [4, 5]"]
    lines += [f"n{index} = Add(n{index - 1}, n0)" for index in range(1, 3000)]
    constant = infer("\n".join(lines)).constant(Value("n2999"))
    assert constant is not None
    assert constant.values == (12000, 15000)


def asked(text: str) -> Inference:
    model = parse(text)
    inference = Inference(model.main, load_op_table(), functions=model.functions)
    for node in model.main:
        inference.fact(Value(node.key))
    return inference


def test_a_node_that_was_taken_back_is_looked_at_anew() -> None:
    inference = asked("x = Placeholder : float32[2]\ny = Neg(x)\n")
    graph = inference.graph
    graph.patch([Node("y", "Shape", (Value("x"),), attrs={"T": DType("float32")})])
    inference.discard(["y"])
    assert inference.shape(Value("y")) == (1,)
    assert inference.dtype(Value("y")) == "int32"
    constant = inference.constant(Value("y"))
    assert constant is not None
    assert constant.values == (2,)


def test_what_stands_behind_a_handle_is_forgotten_with_it() -> None:
    inference = asked(
        "h = VarHandleOp {dtype=float32, shape=shape(2)}\ni = Identity(h)\n"
        "y = ReadVariableOp(i) {dtype=float32}\n"
    )
    graph = inference.graph
    graph.patch([graph["h"].replace(attrs={**graph["h"].attrs, "shape": Shape((7,))})])
    assert inference.forget(["h"]) == {"h", "i", "y"}
    assert inference.shape(Value("y")) == (7,)


def test_a_node_that_went_has_no_readers_left() -> None:
    inference = asked("x = Placeholder : float32[2]\na = Neg(x)\nb = Neg(a)\ny = Neg(b)\n")
    graph = inference.graph
    graph.patch([graph["y"].replace(inputs=(Value("x"),))], drop=["a", "b"])
    assert inference.forget(["a", "b", "y"]) == {"a", "b", "y"}
    assert inference.shape(Value("y")) == (2,)


def test_another_dtype_alone_is_a_change() -> None:
    inference = asked("x = Placeholder : float32[2]\na = Neg(x)\ny = Neg(a) {-T}\n")
    graph = inference.graph
    graph.patch(
        [Node("a", "Cast", (Value("x"),), attrs={"SrcT": DType("float32"), "DstT": DType("int32")})]
    )
    assert inference.forget(["a"]) == {"a", "y"}
    assert inference.dtype(Value("a")) == "int32"


def test_readers_by_a_control_edge_are_not_concerned() -> None:
    inference = asked("x = Placeholder : float32[2]\na = Neg(x)\ny = Neg(x, ^a)\n")
    graph = inference.graph
    graph.patch([Node("a", "Shape", (Value("x"),), attrs={"T": DType("float32")})])
    assert inference.forget(["a"]) == {"a"}
