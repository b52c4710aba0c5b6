"""Questions about a graph."""

from __future__ import annotations

import networkx as nx
from hypothesis import given
from hypothesis import strategies as st

from linter.graph import DType, Graph, Node, Value
from linter.graph.queries import (
    const_tensor,
    default_outputs,
    in_loop_frame,
    is_const,
    placeholders,
    reachable,
    topological_keys,
    unorderable_keys,
)
from linter.io.graphtext import parse


def graph(text: str) -> Graph:
    return parse(text).main


CONSTS = """
c = Const : float32[2] = [1, 2]
i = Identity(c)
j = Identity(i)
r = Relu(c)
x = Placeholder : float32[2]
y = Identity(x)
"""


def test_a_constant_is_seen_through_identity() -> None:
    found = graph(CONSTS)
    tensor = const_tensor(found, Value("j"))
    assert tensor is not None
    assert tensor.values() == (1.0, 2.0)
    assert [is_const(found, Value(key)) for key in "cijrxy"] == [True] * 3 + [False] * 3
    assert const_tensor(found, Value("r")) is None
    assert const_tensor(found, Value("missing")) is None
    assert not is_const(found, Value("c", 1))


def test_a_constant_without_value_is_one_all_the_same() -> None:
    found = Graph([Node("c", "Const", attrs={"dtype": DType("int32")})])
    assert is_const(found, Value("c"))
    assert const_tensor(found, Value("c")) is None


def test_identities_in_a_circle_are_no_constant() -> None:
    nodes = [Node("a", "Identity", (Value("b"),)), Node("b", "Identity", (Value("a"),))]
    assert not is_const(Graph(nodes), Value("a"))


def test_placeholders_are_what_must_be_fed() -> None:
    found = graph(
        """
        b = Placeholder : float32[2]
        d = Const : float32[2] = 0
        p = PlaceholderWithDefault(d) {shape=shape(2)}
        a = Placeholder : float32[2]
        """
    )
    assert [node.key for node in placeholders(found)] == ["b", "a"]
    body = parse("def f(x: float32) -> (y: y:0):\n    y = Relu(x)").functions["f"]
    assert placeholders(body) == ()


def test_default_outputs_are_the_leaves_with_an_input() -> None:
    found = graph(
        """
        x = Placeholder : float32[4]
        unused = Placeholder : float32[4]
        stray = Const : float32[4] = 0
        k = Const : int32[] = 0
        s = Split(k, x) {num_split=2}
        y = Relu(x)
        done = NoOp(^y)
        """
    )
    assert default_outputs(found) == (Value("s", 0), Value("s", 1), Value("done", 0))


def test_what_only_constants_order_is_dropped() -> None:
    found = graph(
        """
        c = Const : float32[4] = 0
        after = NoOp(^c)
        later = NoOp(^after)
        x = Placeholder : float32[4]
        init = NoOp(^x)
        """
    )
    assert default_outputs(found) == (Value("init", 0),)


def test_outputs_come_in_topological_order() -> None:
    found = graph(
        """
        z = Relu(y)
        y = Neg(x)
        a = Abs(x)
        x = Placeholder : float32[4]
        """
    )
    assert default_outputs(found) == (Value("z", 0), Value("a", 0))
    assert topological_keys(found) == ("x", "y", "z", "a")


def test_an_unknown_leaf_has_one_output() -> None:
    found = Graph([Node("x", "Placeholder"), Node("y", "NoSuchOp", (Value("x"),))])
    assert default_outputs(found) == (Value("y", 0),)


def test_reachable_walks_control_inputs_too() -> None:
    found = graph(
        """
        x = Placeholder : float32[4]
        k = NoOp
        y = Relu(x, ^k)
        z = Relu(x)
        """
    )
    assert reachable(found, [Value("y")]) == {"x", "k", "y"}
    assert reachable(found, [Value("missing")]) == set()


LOOP = """
x = Placeholder : float32[2]
c = Placeholder : bool[]
e = Enter(x) {frame_name="f"}
m = Merge(e, n)
l = LoopCond(c)
s = Switch(m, l)
inner = Enter(s:1) {frame_name="g"}
left = Exit(inner)
b = Relu(left)
n = NextIteration(b)
o = Exit(s)
y = Relu(o)
k = NoOp(^s)
"""


def test_loop_frames() -> None:
    found = graph(LOOP)
    inside = {"e", "m", "s", "inner", "left", "b", "n", "o", "k"}
    assert in_loop_frame(found) == inside


def test_a_cycle_comes_last_in_file_order() -> None:
    nodes = [
        Node("a", "Add", (Value("b"), Value("x"))),
        Node("b", "Relu", (Value("a"),)),
        Node("x", "Placeholder"),
    ]
    assert topological_keys(Graph(nodes)) == ("x", "a", "b")
    assert topological_keys(graph(LOOP)).index("m") > 1


@given(
    st.lists(st.lists(st.integers(0, 9), max_size=3), max_size=10),
    st.permutations(range(10)),
    st.booleans(),
)
def test_order_and_reach_are_those_of_networkx(
    producers: list[list[int]], shuffled: list[int], acyclic: bool
) -> None:
    nodes = []
    for number, near in enumerate(producers):
        names = [f"n{other}" for other in near if other < number or not acyclic]
        nodes.append(Node(f"n{number}", "AddN", tuple(map(Value, names[:2])), tuple(names[2:])))
    found = Graph(nodes[number] for number in shuffled if number < len(nodes))
    digraph = found.to_networkx()
    rank = {key: place for place, key in enumerate(found.nodes)}
    behind = {
        key
        for members in nx.strongly_connected_components(digraph)
        if len(members) > 1 or any(digraph.has_edge(key, key) for key in members)
        for member in members
        for key in (member, *nx.descendants(digraph, member))
    }
    assert unorderable_keys(found) == tuple(key for key in found.nodes if key in behind)
    ordered = nx.lexicographical_topological_sort(
        digraph.subgraph(rank.keys() - behind), key=rank.__getitem__
    )
    assert topological_keys(found) == (*ordered, *unorderable_keys(found))
    for key in found.nodes:
        assert reachable(found, [Value(key)]) == nx.ancestors(digraph, key) | {key}
