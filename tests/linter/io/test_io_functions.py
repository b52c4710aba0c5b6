"""The function library: arguments, flat ports, returns."""

from __future__ import annotations

import pytest

from linter.graph import DType, Placeholder, Value
from linter.io.messages import GraphDef
from linter.io.reader import from_bytes
from linter.results.errors import GraphError


def library(build, *, name="f"):
    """A graph with one function that ``build`` fills."""
    message = GraphDef()
    message.node.add(name="x", op="Placeholder")
    function = message.library.function.add()
    function.signature.name = name
    build(function)
    return message


def body(build):
    return from_bytes(library(build).SerializeToString()).functions["f"]


def split_user(function):
    """``f(x) -> y``: an unstack, and readers of its outputs in all spellings."""
    function.signature.input_arg.add(name="x", type=1)
    function.signature.output_arg.add(name="y", type=1)
    node = function.node_def.add(name="u", op="Unpack", input=["x"])
    node.attr["num"].i = 3
    node.attr["T"].type = 1
    function.node_def.add(name="one", op="Relu", input=["u:output:1"])
    function.node_def.add(name="all", op="Pack", input=["u:output", "^one"]).attr["N"].i = 3
    function.node_def.add(name="arg", op="Relu", input=["x:0"])
    function.ret["y"] = "one:activations:0"


def test_inputs_become_flat_ports():
    graph = body(split_user)
    assert list(graph.nodes) == ["x", "u", "one", "all", "arg"]
    assert graph["u"].inputs == (Value("x"),)
    assert graph["one"].inputs == (Value("u", 1),)
    assert graph["all"].inputs == (Value("u", 0), Value("u", 1), Value("u", 2))
    assert graph["all"].controls == ("one",)
    assert graph["arg"].inputs == (Value("x"),)
    assert dict(graph.returns) == {"y": Value("one")}
    assert not graph.dangling
    assert graph.function == "f"


def test_arguments_are_virtual_nodes():
    def build(function):
        function.signature.input_arg.add(name="a", type=1)
        function.signature.input_arg.add(name="b", type_attr="T")
        function.arg_attr[0].attr["_output_shapes"].list.shape.add().dim.add(size=3)
        function.attr["_noinline"].b = True
        function.node_def.add(name="n", op="Relu", input=["b"])
        function.signature.control_output.append("c")
        function.control_ret["c"] = "n"

    graph = body(build)
    a, b, n = graph
    assert (a.op, a.virtual, a.position) == ("_Arg", True, -2)
    assert a.attrs["T"] == DType("float32")
    assert a.attrs["index"] == 0
    assert a.attrs["_output_shapes"][0].dims == (3,)
    assert b.attrs["T"] == Placeholder("T")
    assert (b.position, n.position, n.virtual) == (-1, 0, False)
    assert graph.signature_attrs == {"_noinline": True}
    assert graph.return_controls == ("n",)


def test_second_output_argument_starts_after_the_first():
    def build(function):
        function.signature.input_arg.add(name="x", type=1)
        node = function.node_def.add(name="b", op="FusedBatchNormV3", input=["x"] * 5)
        node.attr["T"].type = node.attr["U"].type = 1
        function.node_def.add(name="r", op="Relu", input=["b:batch_variance:0"])

    assert body(build)["r"].inputs == (Value("b", 2),)


def test_calls_of_library_functions_use_their_signature():
    def build(function):
        split_user(function)
        function.signature.output_arg.add(name="z", type=1)
        function.ret["z"] = "u:output:2"

    message = library(build)
    caller = message.library.function.add()
    caller.signature.name = "g"
    caller.signature.input_arg.add(name="x", type=1)
    caller.node_def.add(name="c", op="f", input=["x"])
    caller.node_def.add(name="r", op="Relu", input=["c:z:0"])
    graph = from_bytes(message.SerializeToString()).functions["g"]
    assert graph["r"].inputs == (Value("c", 1),)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("odd:out:2", Value("odd", 2)),
        ("odd:anything", Value("odd", 0)),
        ("odd:3", Value("odd", 3)),
        ("odd", Value("odd", 0)),
    ],
)
def test_unknown_op_falls_back_to_the_index(text, expected):
    def build(function):
        function.node_def.add(name="odd", op="NoOneKnowsThis")
        function.node_def.add(name="r", op="Relu", input=[text])

    assert body(build)["r"].inputs == (expected,)


@pytest.mark.parametrize("text", ["gone", "gone:y:0", "u:nope:0", "u:output:x", "x:q", ""])
def test_bad_references_dangle(text):
    def build(function):
        split_user(function)
        function.node_def.add(name="bad", op="Relu", input=[text, "^gone"])

    graph = body(build)
    assert [(d.node, d.slot, d.text) for d in graph.dangling] == [
        ("bad", 0, text),
        ("bad", -1, "^gone"),
    ]


def test_functions_of_one_name_get_keys_and_two_library_records_are_merged():
    one = library(split_user)
    other = GraphDef()
    other.library.CopyFrom(one.library)
    data = one.SerializeToString() + other.SerializeToString()
    model = from_bytes(data)
    assert list(model.functions) == ["f", "f#2"]
    assert [graph.function for graph in model.graphs] == [None, "f", "f#2"]
    assert list(model.functions["f#2"].nodes) == list(model.functions["f"].nodes)


def test_damaged_function_has_an_offset():
    message = library(split_user)
    good = message.SerializeToString()
    bad = good.replace(b"activations", b"\xff" * 11)
    with pytest.raises(GraphError) as caught:
        from_bytes(bad)
    assert caught.value.offset


def test_node_with_very_many_outputs_does_not_explode():
    def build(function):
        node = function.node_def.add(name="u", op="Unpack")
        node.attr["num"].i = 1 << 40
        function.node_def.add(name="r", op="Relu", input=["u:output", "u:output:7"])

    graph = body(build)
    assert graph["r"].inputs == (Value("u", 0), Value("u", 7))


def test_large_constant_in_a_function_stays_in_the_file():
    def build(function):
        node = function.node_def.add(name="c", op="Const")
        tensor = node.attr["value"].tensor
        tensor.dtype = 1
        tensor.tensor_shape.dim.add(size=50_000)
        tensor.tensor_content = bytes(200_000)

    value = body(build)["c"].attrs["value"]
    assert value.payload is not None
    assert value.array().shape == (50_000,)
