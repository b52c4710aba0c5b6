"""Shapes through v1 loops and branches, and through functions."""

from __future__ import annotations

from collections.abc import Callable

from linter.graph import DType, FuncRef, Graph, Node, Shape, Value
from linter.infer.inference import Inference
from opdb.tf_ops import load_op_table

Infer = Callable[..., Inference]
TABLE = load_op_table()

LOOP = """
x = Placeholder : float32[2,3]
e = Enter(x) {frame_name="f"}
m = Merge(e, n)
c = Placeholder : bool[]
l = LoopCond(c)
s = Switch(m, l)
i = Identity(s:1)
b = %s
n = NextIteration(b)
o = Exit(s)
"""


def test_a_loop_that_keeps_its_shape(infer: Infer) -> None:
    inference = infer(LOOP % "Relu(i)")
    assert inference.shape(Value("m")) == (2, 3)
    assert inference.shape(Value("m", 1)) == ()
    assert inference.shape(Value("o")) == (2, 3)


def test_a_loop_that_grows_one_axis(infer: Infer) -> None:
    inference = infer("a = Const : int32[] = 0\n" + LOOP % "ConcatV2(i, i, a)")
    assert inference.shape(Value("b")) == (None, 3)
    assert inference.shape(Value("o")) == (None, 3)


def test_a_loop_that_changes_its_rank(infer: Infer) -> None:
    inference = infer("a = Const : int32[] = 0\n" + LOOP % "ExpandDims(i, a)")
    assert inference.shape(Value("m")) is None
    assert inference.shape(Value("o")) is None


def test_no_number_survives_a_round(infer: Infer) -> None:
    inference = infer(
        """
        x = Const : int32[] = 0
        k = Const : int32[] = 1
        e = Enter(x) {frame_name="f"}
        h = Enter(k) {frame_name="f", is_constant=true}
        m = Merge(e, n)
        b = Add(m, h)
        n = NextIteration(b)
        """
    )
    assert inference.shape(Value("b")) == ()
    assert inference.constant(Value("m")) is None
    assert inference.constant(Value("h")).values == (1,)


def test_branches_keep_what_they_agree_on(infer: Infer) -> None:
    inference = infer(
        """
        x = Placeholder : float32[2,3]
        p = Placeholder : bool[]
        s = Switch(x, p)
        a = Const : int32[] = 0
        f = Relu(s)
        t = ConcatV2(s:1, s:1, a)
        m = Merge(f, t)
        """
    )
    assert inference.shape(Value("m")) == (None, 3)


def test_an_edit_is_seen_downstream(infer: Infer) -> None:
    inference = infer(LOOP % "Relu(i)" + "z = Shape(o)")
    assert inference.constant(Value("z")).values == (2, 3)
    graph = inference.graph
    new = Node("x", "Placeholder", attrs={"dtype": DType("float32"), "shape": Shape((None, 9))})
    graph.replace_nodes([new if node.key == "x" else node for node in graph])
    inference.forget(["x"])
    assert inference.shape(Value("m")) == (None, 9)
    assert inference.partial(Value("z")) == (None, 9)


def argument(name: str, dtype: str = "float32") -> Node:
    return Node(name, "_Arg", attrs={"T": DType(dtype)}, virtual=True)


def constant(name: str, value: int) -> Node:
    from linter.io.tensor.values import make_tensor

    return Node(
        name,
        "Const",
        attrs={"dtype": DType("int32"), "value": make_tensor("int32", (), [value])},
    )


def relu() -> Graph:
    nodes = [argument("x"), Node("y", "Relu", (Value("x"),))]
    return Graph(nodes, function="relu", returns={"y": Value("y")})


def twice() -> Graph:
    concat = Node("y", "ConcatV2", (Value("x"), Value("x"), Value("a")), attrs={"N": 2})
    nodes = [argument("x"), constant("a", 0), concat]
    return Graph(nodes, function="twice", returns={"y": Value("y")})


def main(*nodes: Node) -> Inference:
    x = Node("x", "Placeholder", attrs={"dtype": DType("float32"), "shape": Shape((2, 3))})
    p = Node("p", "Placeholder", attrs={"dtype": DType("bool"), "shape": Shape(())})
    functions = {"relu": relu(), "twice": twice()}
    return Inference(Graph([x, p, *nodes]), TABLE, functions=functions)


FLOATS = (DType("float32"),)


def test_a_call_gives_the_shape_of_the_body() -> None:
    attrs = {"f": FuncRef("twice"), "Tin": FLOATS, "Tout": FLOATS}
    inference = main(Node("y", "PartitionedCall", (Value("x"),), attrs=attrs))
    assert inference.shape(Value("y")) == (4, 3)
    assert inference.dtype(Value("y")) == "float32"
    assert inference.call_arguments(inference.graph["y"]) == (("float32", (2, 3)),)
    assert inference.call_arguments(inference.graph["x"]) == ()


def test_if_keeps_what_its_branches_agree_on() -> None:
    attrs = {
        "then_branch": FuncRef("relu"),
        "else_branch": FuncRef("twice"),
        "Tin": FLOATS,
        "Tout": FLOATS,
    }
    inference = main(Node("y", "If", (Value("p"), Value("x")), attrs=attrs))
    assert inference.shape(Value("y")) == (None, 3)
    assert inference.call_arguments(inference.graph["y"]) == (("float32", (2, 3)),)


def test_while_keeps_what_every_round_keeps() -> None:
    attrs = {"body": FuncRef("twice"), "cond": FuncRef("none"), "T": FLOATS}
    inference = main(Node("y", "While", (Value("x"),), attrs=attrs))
    assert inference.shape(Value("y")) == (None, 3)
    assert inference.call_arguments(inference.graph["y"]) == (("float32", (None, 3)),)


def test_an_unknown_body_leaves_what_the_node_declares() -> None:
    attrs = {"f": FuncRef("none"), "Tin": FLOATS, "Tout": FLOATS, "output_shapes": (Shape((5,)),)}
    inference = main(Node("y", "StatefulPartitionedCall", (Value("x"),), attrs=attrs))
    assert inference.shape(Value("y")) == (5,)


def test_numbers_and_handles_go_through_calls() -> None:
    shaped = Graph(
        [argument("n", "int32"), Node("y", "Reshape", (Value("v"), Value("n"))), argument("v")],
        function="shaped",
        returns={"y": Value("y"), "n": Value("n")},
    )
    read = Graph(
        [
            argument("h", "resource"),
            Node("y", "ReadVariableOp", (Value("h"),), attrs={"dtype": DType("float32")}),
        ],
        function="read",
        returns={"y": Value("y")},
    )
    graph = Graph(
        [
            constant("n", 6),
            Node("k", "Pack", (Value("n"),), attrs={"N": 1}),
            Node("x", "Placeholder", attrs={"dtype": DType("float32")}),
            Node("y", "shaped", (Value("k"), Value("x"))),
            Node("h", "VarHandleOp", attrs={"dtype": DType("float32"), "shape": Shape((8, 1))}),
            Node("r", "read", (Value("h"),)),
        ]
    )
    inference = Inference(graph, TABLE, functions={"shaped": shaped, "read": read})
    assert inference.shape(Value("y")) == (6,)
    assert inference.constant(Value("y", 1)).values == (6,)
    assert inference.shape(Value("r")) == (8, 1)
