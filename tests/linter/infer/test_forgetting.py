"""After an edit exactly that is forgotten which may have changed."""

from __future__ import annotations

import pytest

from linter.graph import Graph, Value
from linter.infer.inference import Inference
from linter.io import graphtext
from opdb.tf_ops import load_op_table

TEXT = """
x = Placeholder : float32[2,3]
a = AddV2(x, x)
s = Shape(a)
n = Neg(a)
r = Reshape(n, s)
"""


def _asked(text: str = TEXT) -> tuple[Graph, Inference]:
    graph = graphtext.parse(text).main
    inference = Inference(graph, load_op_table())
    for node in graph:
        inference.shape(Value(node.key))
        inference.constant(Value(node.key))
        inference.output_dtypes(node)
    return graph, inference


def _put(graph: Graph, text: str, *keys: str) -> None:
    new = graphtext.parse(text).main
    graph.replace_nodes(new[node.key] if node.key in keys else node for node in graph)


def test_what_gives_the_same_leaves_its_readers_alone() -> None:
    graph, inference = _asked()
    _put(graph, TEXT.replace("AddV2", "Add"), "a")
    assert inference.forget(["a"]) == {"a"}
    assert inference.shape(Value("r")) == (2, 3)


@pytest.mark.parametrize(
    ("old", "new", "shape", "dtype"),
    [
        ("a = AddV2(x, x)", "a = ZerosLike(x)", (2, 3), "float32"),
        ("x = Placeholder : float32[2,3]", "x = Placeholder : float32[4,5]", (4, 5), "float32"),
        ("x = Placeholder : float32[2,3]", "x = Placeholder : float32[?,3]", (None, 3), "float32"),
    ],
)
def test_what_follows_from_a_change_is_known_anew(
    old: str, new: str, shape: tuple[int | None, ...], dtype: str
) -> None:
    graph, inference = _asked()
    text = TEXT.replace(old, new)
    _put(graph, text, "a", "x")
    inference.forget(["a", "x"])
    fresh = Inference(graph, load_op_table())
    for node in graph:
        value = Value(node.key)
        assert inference.shape(value) == fresh.shape(value)
        assert inference.constant(value) == fresh.constant(value)
        assert inference.dtype(value) == fresh.dtype(value)
    assert inference.shape(Value("r")) == shape
    assert inference.dtype(Value("r")) == dtype


def test_a_changed_constant_is_seen_downstream() -> None:
    text = "a = Const : int32[2] = [2, 3]\nb = Identity(a)\nf = Fill(b, v)\nv = Const : int32[] = 1"
    graph, inference = _asked(text)
    _put(graph, text.replace("[2, 3]", "[4, 5]"), "a")
    assert inference.forget(["a"]) >= {"a", "b", "f"}
    assert inference.shape(Value("f")) == (4, 5)


def test_a_loop_is_forgotten_as_a_whole() -> None:
    text = """
zero = Const : int32[] = 0
one = Const : int32[] = 1
end = Const : int32[] = 3
e = Enter(zero) {frame_name="f"}
e1 = Enter(one) {frame_name="f", is_constant=true}
e3 = Enter(end) {frame_name="f", is_constant=true}
m = Merge(e, next)
less = Less(m, e3)
c = LoopCond(less)
w = Switch(m, c)
i = Identity(w:1)
more = Add(i, e1)
next = NextIteration(more)
out = Exit(w)
"""
    _, inference = _asked(text)
    assert inference.forget(["more"]) >= {"m", "i", "more", "next", "out"}
    assert inference.shape(Value("out")) == ()
