"""The graph itself: uses, producers, networkx, scopes, replacement."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from linter.graph import Graph, Model, Node, Shape, Source, Use, Value
from linter.io.graphtext import parse

TEXT = """
x = Placeholder : float32[2]
s = Split(k, x) {num_split=2}
k = Const : int32[] = 0
a/b/add = Add(s:1, s:1, ^x)
dead = Relu(gone, ^lost)
"""


def test_uses_and_readers():
    graph = parse(TEXT).main
    assert graph.uses("s") == (Use("a/b/add", 0, 1), Use("a/b/add", 1, 1))
    assert graph.uses("x") == (Use("s", 1, 0), Use("a/b/add", -1, -1))
    assert graph.readers(Value("x")) == (Use("s", 1, 0),)
    assert graph.readers(Value("s", 0)) == ()
    assert graph.uses("nobody") == ()


def test_producers_that_exist():
    graph = parse(TEXT).main
    assert graph.producers(graph["a/b/add"]) == ("s", "s", "x")
    assert graph.producers(graph["dead"]) == ()


def test_networkx_sees_every_edge_and_invents_no_node():
    graph = parse(TEXT).main
    digraph = graph.to_networkx()
    assert list(digraph) == list(graph.nodes)
    assert digraph.nodes["a/b/add"]["op"] == graph["a/b/add"].op
    assert digraph.nodes["a/b/add"]["name"] == "a/b/add"
    assert digraph.nodes["a/b/add"]["attrs"] is graph["a/b/add"].attrs
    edges = sorted((u, v, d["port"], d["slot"], d["control"]) for u, v, d in digraph.edges.data())
    assert edges == [
        ("k", "s", 0, 0, False),
        ("s", "a/b/add", 1, 0, False),
        ("s", "a/b/add", 1, 1, False),
        ("x", "a/b/add", -1, -1, True),
        ("x", "s", 0, 1, False),
    ]


def test_networkx_and_uses_follow_a_replacement():
    graph = parse(TEXT).main
    graph.to_networkx().remove_node("x")
    assert "x" in graph.to_networkx()
    graph.replace_nodes(node for node in graph if node.key != "dead")
    assert "dead" not in graph.to_networkx()
    assert len(graph) == 4
    graph.replace_nodes([*graph, Node("r", "Relu", (Value("x"),))])
    assert Use("r", 0, 0) in graph.uses("x")


@given(st.lists(st.tuples(st.integers(0, 7), st.lists(st.integers(0, 7), max_size=3)), max_size=12))
def test_uses_follow_patches(edits):
    graph = parse(TEXT).main
    assert graph.uses("x")
    for number, sources in edits:
        inputs = tuple(Value(f"n{source}", source % 2) for source in sources)
        node = Node(f"n{number}", "Op", inputs, tuple(f"n{source}" for source in sources[:1]))
        graph.patch([node], drop=["dead"] if "dead" in graph else [])
    fresh = Graph(graph)
    for key in ("x", "s", *(f"n{number}" for number in range(8))):
        found, wanted = graph.uses(key), fresh.uses(key)
        assert sorted(found) == sorted(wanted)
        assert len(found) == len(wanted)
        assert bool(found) == bool(wanted)
        assert all(use in found for use in wanted)


def test_duplicate_names_are_separate_in_networkx():
    assert set(parse("a = NoOp\na = NoOp").main.to_networkx()) == {"a", "a#2"}


def test_scope_lookup_and_iteration():
    graph = parse(TEXT).main
    assert graph.scope("a/b/add") == "a/b"
    assert graph.scope("x") == ""
    assert "x" in graph
    assert "gone" not in graph
    assert graph.get("gone") is None
    assert [node.name for node in graph] == ["x", "s", "k", "a/b/add", "dead"]


def test_replace_keeps_all_other_fields():
    node = Node("n", "Op", (Value("x"),), ("c",), {"a": 1}, key="n#2", device="d", position=3)
    node.origin = object()
    changed = node.replace(op="Other", rule="RWD001")
    assert (changed.op, changed.rule) == ("Other", "RWD001")
    for name in ("name", "inputs", "controls", "attrs", "key", "device", "position", "origin"):
        assert getattr(changed, name) is getattr(node, name)
    assert (node.op, node.rule) == ("Op", None)
    assert repr(changed) == "<Node n#2 Other>"


def test_values_and_shapes():
    assert str(Value("a", 2)) == "a:2"
    assert Shape(None).rank is None
    assert Shape((1, None)).rank == 2


def test_graphs_of_a_model():
    model = Model(Source("m", "graphdef"), Graph([]), {"f": Graph([], function="f")})
    assert [graph.function for graph in model.graphs] == [None, "f"]
