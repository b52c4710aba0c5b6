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


def test_references_go_round_as_well(infer: Infer) -> None:
    text = LOOP % "Relu(i)"
    for op in ("Enter", "Merge", "Switch", "NextIteration", "Exit"):
        text = text.replace(f"= {op}(", f"= Ref{op}(")
    inference = infer(text)
    assert inference.shape(Value("m")) == inference.shape(Value("o")) == (2, 3)


def test_loops_that_feed_each_other_loosen_each_other(infer: Infer) -> None:
    inference = infer(
        """
        x = Placeholder : float32[2,3]
        c = Placeholder : bool[]
        a = Const : int32[] = 0
        e = Enter(x) {frame_name="f"}
        g = Enter(x) {frame_name="f"}
        m = Merge(e, n)
        k = Merge(g, o)
        b = ConcatV2(k, k, a) {N=2}
        d = Relu(m)
        n = NextIteration(b)
        o = NextIteration(d)
        """
    )
    assert inference.shape(Value("m")) == (None, 3)
    assert inference.shape(Value("k")) == (None, 3)


def test_a_loop_in_a_loop(infer: Infer) -> None:
    inference = infer(
        """
        x = Placeholder : float32[2,3]
        a = Const : int32[] = 1
        e = Enter(x) {frame_name="f"}
        m = Merge(e, n)
        g = Enter(m) {frame_name="g"}
        k = Merge(g, o)
        b = ConcatV2(k, k, a) {N=2}
        o = NextIteration(b)
        l = Exit(k)
        n = NextIteration(l)
        """
    )
    assert inference.shape(Value("k")) == inference.shape(Value("m")) == (2, None)


def test_a_merge_of_values_from_outside_is_no_loop(infer: Infer) -> None:
    inference = infer(
        """
        x = Placeholder : float32[2,3]
        y = Placeholder : float32[4,3]
        a = Const : int32[] = 7
        b = Const : int32[] = 7
        d = Const : int32[] = 8
        m = Merge(x, y, x)
        k = Merge(a, b)
        o = Merge(a, d)
        i = Placeholder : int32[]
        p = Merge(a, i)
        q = Merge(i, a)
        """
    )
    assert inference.shape(Value("m")) == (None, 3)
    assert inference.constant(Value("k")).values == (7,)
    assert [inference.constant(Value(key)) for key in "opq"] == [None] * 3


def heads(count: int) -> str:
    """Loop heads each of which takes over what the one before had; the first one grows."""
    text = "x = Placeholder : float32[2,3]\na = Const : int32[] = 0\n"
    for index in range(count):
        source = "g" if index == 0 else f"m{index - 1}"
        text += f'e{index} = Enter(x) {{frame_name="f"}}\nm{index} = Merge(e{index}, n{index})\n'
        text += f"n{index} = NextIteration({source})\n"
    return text + "g = ConcatV2(m0, m0, a) {N=2}\n"


def test_what_grows_is_followed_from_head_to_head(infer: Infer) -> None:
    inference = infer(heads(12))
    assert {inference.shape(Value(f"m{index}")) for index in range(12)} == {(None, 3)}


def test_nothing_is_said_of_heads_that_do_not_settle_soon(infer: Infer) -> None:
    inference = infer(heads(40))
    assert {inference.shape(Value(f"m{index}")) for index in range(40)} == {None}
    assert inference.shape(Value("e0")) == (2, 3)


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
