"""Patterns: what they match, in which order, and what a match tells."""

from __future__ import annotations

import pytest

from linter.infer.inference import Inference
from linter.io import graphtext
from linter.rules.match import Match, MatchContext, Pattern, const, either, find, op, var
from opdb.tf_ops import load_op_table

GRAPH = """
x = Placeholder : float32[2,?]
c = Const : float32[] = 2.0
r = Identity(c)
s = Square(x)
m = Mul(r, s)
t = MatMul(x, s) {transpose_b=true}
u = Unpack(x) {num=2}
d = Add(x, x)
y = Neg(u:1)
q = AddN(x, s, d)
"""


def _context(text: str = GRAPH) -> MatchContext:
    graph = graphtext.parse(text).main
    table = load_op_table()
    return MatchContext(graph, Inference(graph, table), table, frozenset(), {})


def _match(pattern: Pattern, node: str, text: str = GRAPH) -> Match | None:
    context = _context(text)
    return find(pattern, context.graph[node], context)


@pytest.mark.parametrize(
    ("pattern", "node", "fits"),
    [
        (op("Square", var("x")), "s", True),
        (op("Square"), "s", True),
        (op(("Square", "Abs"), var("x")), "s", True),
        (op((), var("x")), "s", True),
        (op("Square", var("x"), var("z")), "s", False),
        (op("Abs", var("x")), "s", False),
        (op("Mul", const("c"), op("Square", var("x"))), "m", True),
        (op("Mul", op("Square", var("x")), const("c")), "m", False),
        (op("Mul", op("Square", var("x")), const("c"), swap=True), "m", True),
        (op("Mul", const("c"), const("d")), "m", False),
        (op("MatMul", var("a"), var("b"), transpose_b=True), "t", True),
        (op("MatMul", var("a"), var("b"), transpose_b=False), "t", False),
        (op("MatMul", var("a"), var("b"), transpose_a=False), "t", True),
        (op("MatMul", var("a"), var("b"), no_such_attr=1), "t", False),
        (op("Add", var("a"), var("a")), "d", True),
        (op("MatMul", var("a"), var("a")), "t", False),
        (op("Neg", op("Unpack", var("x"), port=1)), "y", True),
        (op("Neg", op("Unpack", var("x"))), "y", False),
        (op("AddN", var("a"), ...), "q", True),
        (op("AddN", var("a"), var("b")), "q", False),
        (either(op("Abs", var("x")), op("Square", var("x"))), "s", True),
        (op("Mul", var("k"), either(op("Abs"), op("Square", var("x")))), "m", True),
    ],
)
def test_fit(pattern: Pattern, node: str, fits: bool) -> None:
    assert (_match(pattern, node) is not None) is fits


def test_bindings() -> None:
    match = _match(op("Mul", const("c"), op("Square", var("x"), name="square")), "m")
    assert match is not None
    assert match.nodes == ("m", "s")
    assert str(match["x"]) == "x:0"
    assert match["x"].dtype == "float32"
    assert match["x"].shape == (2, None)
    assert match["x"].rank == 2
    assert match["x"].static_shape is None
    assert match["c"].static_shape == ()
    assert match["c"].scalar == 2.0
    assert match["c"].attrs["value"] == 2.0
    assert match["square"].node.op == "Square"
    assert "x" in match
    assert "z" not in match


def test_attrs_have_defaults() -> None:
    match = _match(op("MatMul", var("a"), var("b")), "t")
    assert match is not None
    assert match.root.attrs["transpose_a"] is False
    assert match.root.attrs["transpose_b"] is True


def test_refusal_names_the_value() -> None:
    match = _match(op("Square", var("x")), "s")
    assert match is not None
    assert match.refuse("why").node == "s"
    assert match.refuse("why", at="x").node == "x"


def test_used_outputs() -> None:
    match = _match(op("Unpack", var("x")), "u")
    assert match is not None
    assert match.used_outputs() == (1,)
    assert [use.node for use in match.root.output(1).readers] == ["y"]


def test_anchors() -> None:
    assert op(("Abs", "Neg")).anchors == ("Abs", "Neg")
    assert op(()).anchors == ()
    assert either(op("Abs"), op("Neg")).anchors == ("Abs", "Neg")
    assert either(op("Abs"), op(())).anchors == ()


def test_flat() -> None:
    assert op("Add", var("a"), const("b")).is_flat
    assert not op("Add", var("a"), op("Neg")).is_flat
    assert not either(op("Add"), op("Add", op("Neg"), ...)).is_flat


def test_a_missing_producer_matches_nothing() -> None:
    context = _context("x = Placeholder : float32[2]\ny = Relu(x)")
    node = context.graph["y"].replace(inputs=(context.graph["y"].inputs[0]._replace(node="gone"),))
    assert find(op("Relu", var("x")), node, context) is None
