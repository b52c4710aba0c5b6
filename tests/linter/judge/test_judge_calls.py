"""What a body knows of its arguments from the places that call it."""

from __future__ import annotations

import pytest

from linter.graph import Value
from linter.io.graphtext import parse
from linter.judge.calls import callees_of
from linter.judge.synthetic import synthetic_judge

BODY = "def f(a: float32, b: float32) -> (r: s:0):\n  s = Add(a, b)\n"
INPUTS = "p = Placeholder : float32[2,3]\nq = Placeholder : float32[5,3]\n"


def shapes(text, *names, function="f"):
    judge = synthetic_judge(parse(text))
    inference = judge.inference(judge.model.functions[function])
    return [inference.shape(Value(name)) for name in names]


def test_one_call_tells_all():
    assert shapes(INPUTS + "y = f(p, q)\n" + BODY, "a", "b") == [(2, 3), (5, 3)]


def test_what_several_calls_agree_on_is_left():
    text = INPUTS + "y = f(p, p)\nz = f(q, p)\n" + BODY
    assert shapes(text, "a", "b") == [(None, 3), (2, 3)]
    flat = INPUTS + "v = Placeholder : float32[3]\ny = f(p, p)\nz = f(p, v)\n" + BODY
    assert shapes(flat, "a", "b") == [(2, 3), None]
    three = INPUTS + "y = f(p, p)\nz = f(q, p)\nw = f(p, p)\n" + BODY
    assert shapes(three, "a") == [(None, 3)]


def test_one_call_that_tells_nothing_leaves_nothing():
    text = INPUTS + "v = Placeholder : float32[...]\ny = f(v, p)\nz = f(p, p)\n" + BODY
    assert shapes(text, "a", "b") == [None, (2, 3)]


@pytest.mark.parametrize(("other", "dtype"), [("float32", "float32"), ("int32", None)])
def test_dtypes_are_agreed_on_for_themselves(other, dtype):
    text = f"p = Placeholder : float32[2]\nq = Placeholder : {other}[2]\ny = f(p)\nz = f(q)\n"
    model = parse(text + "def f(a: $T) -> (r: s:0):\n  s = Neg(a)\n")
    inference = synthetic_judge(model).inference(model.functions["f"])
    assert (inference.dtype(Value("a")), inference.shape(Value("a"))) == (dtype, (2,))


@pytest.mark.parametrize(
    "line",
    [
        "y = PartitionedCall(p, q) {f=@f, Tin=[float32, float32], Tout=[float32]}",
        "c = Placeholder : bool[]\ny = If(c, p, q) {then_branch=@f, else_branch=@f}",
        "c = Placeholder : int32[]\ny = Case(c, p, q) {branches=[@f, @f]}",
    ],
)
def test_functions_are_called_by_their_references(line):
    assert shapes(INPUTS + line + "\n" + BODY, "a", "b") == [(2, 3), (5, 3)]


def test_what_a_loop_hands_over_holds_in_every_round():
    text = (
        "p = Placeholder : float32[2,3]\nn = Placeholder : int32[]\n"
        "y = While(n, p) {cond=@t, body=@f, T=[int32, float32]}\n"
        "def t(i: int32, a: float32) -> (r: l:0):\n  k = Const : int32[] = 3\n  l = Less(i, k)\n"
        "def f(i: int32, a: float32) -> (j: i:0, r: c:0):\n  x = Const : int32[] = 0\n"
        "  c = ConcatV2(a, a, x) {N=2}\n"
    )
    assert shapes(text, "i", "a") == [(), (None, 3)]
    assert shapes(text, "a", function="t") == [(None, 3)]


def test_a_call_in_a_body_counts_with_what_that_body_knows():
    text = INPUTS + "y = g(p)\n" + BODY
    text += "def g(a: float32) -> (r: s:0):\n  s = f(a, a)\n"
    assert shapes(text, "a", "b") == [(2, 3), (2, 3)]


def test_functions_that_call_each_other_know_nothing_and_do_not_hang():
    text = INPUTS + "y = f(p)\ndef f(a: float32) -> (r: s:0):\n  s = g(a)\n"
    text += "def g(a: float32) -> (r: s:0):\n  s = f(a)\n"
    assert shapes(text, "a") in ([None], [(2, 3)])


def test_every_place_that_calls_is_found():
    text = INPUTS + (
        "y = f(p, q)\nz = PartitionedCall(p, q) {f=@f, Tin=[float32, float32], Tout=[float32]}\n"
        "c = Placeholder : bool[]\nw = If(c, p, q) {then_branch=@f, else_branch=@g}\n"
    )
    text += BODY + BODY.replace("def f", "def g").replace("Add(a, b)", "f(a, b)")
    model = parse(text)
    called = {
        body.function: callees_of(body, frozenset(body.nodes), model.functions)
        for body in model.graphs
    }
    places = {
        name: [
            (function, node.name)
            for function, callees in called.items()
            for node in callees.sites.get(name, ())
        ]
        for name in ("f", "g")
    }
    assert places == {
        "f": [(None, "y"), (None, "z"), (None, "w"), ("g", "s")],
        "g": [(None, "w")],
    }
