"""Shapes through calls, branches, cases and loops of functions."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from linter.graph import Value
from linter.infer.inference import Inference

Infer = Callable[..., Inference]

MAIN = """
x = Placeholder : float32[2,3]
q = Placeholder : float32[5,3]
p = Placeholder : bool[]
k = Placeholder : int32[]
"""
BODIES = """
def same(a: float32) -> (r: s:0):
  s = Neg(a)
def twice(a: float32) -> (r: s:0):
  x = Const : int32[] = 0
  s = ConcatV2(a, a, x) {N=2}
def ints(a: float32) -> (r: s:0):
  s = Cast(a) {DstT=int32}
def two(a: float32) -> (r: s:0, q: t:0):
  s = Neg(a)
  t = Shape(a)
def one_more(i: int32, a: float32) -> (j: s:0, b: a:0):
  o = Const : int32[] = 1
  s = Add(i, o)
def always(i: int32, a: float32) -> (r: s:0):
  s = Const : bool[] = true
"""


def shape(infer: Infer, line: str, port: int = 0) -> tuple[int | None, ...] | None:
    return infer(MAIN + line + "\n" + BODIES).shape(Value("y", port))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("y = twice(x)", (4, 3)),
        ("y = PartitionedCall(x) {f=@twice, Tin=[float32], Tout=[float32]}", (4, 3)),
        ("y = StatefulPartitionedCall(x) {f=@twice, Tin=[float32], Tout=[float32]}", (4, 3)),
        ("y = If(p, x) {then_branch=@same, else_branch=@same, Tout=[float32]}", (2, 3)),
        ("y = If(p, x) {then_branch=@same, else_branch=@twice, Tout=[float32]}", (None, 3)),
        ("y = If(p, x) {then_branch=@same, else_branch=@gone, Tout=[float32]}", None),
        ("y = If(p, x) {then_branch=@same, else_branch=@two, Tout=[float32]}", None),
        ("y = StatelessIf(p, x) {then_branch=@twice, else_branch=@twice, Tout=[float32]}", (4, 3)),
        ("y = Case(k, x) {branches=[@same, @twice, @same], Tout=[float32]}", (None, 3)),
        ("y = Case(k, x) {branches=[@twice], Tout=[float32]}", (4, 3)),
        ("y = StatelessCase(k, x) {branches=[@same, @same], Tout=[float32]}", (2, 3)),
        ("y = Case(k, x) {branches=[], Tout=[float32]}", None),
        ("y = gone(x)", None),
        ("y = PartitionedCall(x) {f=@gone, Tin=[float32], Tout=[float32]}", None),
    ],
)
def test_results_are_what_all_bodies_agree_on(infer: Infer, line: str, expected: object) -> None:
    assert shape(infer, line) == expected


def test_every_call_is_inferred_with_its_own_arguments(infer: Infer) -> None:
    inference = infer(MAIN + "y = twice(x)\nz = twice(q)\nw = twice(y)\n" + BODIES)
    assert [inference.shape(Value(name)) for name in "yzw"] == [(4, 3), (10, 3), (8, 3)]


def test_constants_come_out_of_a_call(infer: Infer) -> None:
    inference = infer(MAIN + "y = two(x)\nz = Fill(y:1, k)\n" + BODIES)
    constant = inference.constant(Value("y", 1))
    assert constant is not None
    assert constant.values == (2, 3)
    assert inference.shape(Value("z")) == (2, 3)
    branches = "y = If(p, x) {then_branch=@two, else_branch=@two, Tout=[float32, int32]}\n"
    agreed = infer(MAIN + branches + BODIES).constant(Value("y", 1))
    assert agreed is not None
    assert agreed.values == (2, 3)


LOOP = "o = Const : int32[] = 0\ny = While(o, x) {cond=@always, body=@%s, T=[int32, float32]}"


def test_a_loop_keeps_what_every_round_keeps(infer: Infer) -> None:
    inference = infer(MAIN + LOOP % "one_more" + "\n" + BODIES)
    assert inference.shape(Value("y", 1)) == (2, 3)
    assert inference.shape(Value("y", 0)) == ()
    assert inference.constant(Value("y", 0)) is None  # it counts
    assert inference.call_arguments(inference.graph["y"]) == (("int32", ()), ("float32", (2, 3)))


def test_a_counter_that_stands_still_is_known(infer: Infer) -> None:
    body = "def still(i: int32, a: float32) -> (j: i:0, b: s:0):\n  s = Neg(a)\n"
    found = infer(MAIN + LOOP % "still" + "\n" + BODIES + body).constant(Value("y", 0))
    assert found is not None
    assert found.values == (0,)


def test_a_loop_whose_body_gives_another_number_of_values_keeps_nothing(infer: Infer) -> None:
    assert shape(infer, LOOP % "same", 1) is None
    inference = infer(MAIN + LOOP % "gone" + "\n" + BODIES)
    assert inference.shape(Value("y", 1)) is None
    assert [dtype for dtype, _ in inference.call_arguments(inference.graph["y"])] == [
        "int32",
        "float32",
    ]


def test_the_first_input_of_a_condition_is_no_argument(infer: Infer) -> None:
    inference = infer(
        MAIN + "y = If(p, x, q) {then_branch=@f, else_branch=@f, Tout=[float32]}\n"
        "z = PartitionedCall(x, q) {f=@f, Tin=[float32, float32], Tout=[float32]}\n"
        "w = Case(k, q) {branches=[@same], Tout=[float32]}\nv = Neg(x)\n"
        "def f(a: float32, b: float32) -> (r: b:0):\n  s = Neg(a)\n" + BODIES
    )
    arguments = {key: inference.call_arguments(inference.graph[key]) for key in "yzwv"}
    assert arguments["y"] == arguments["z"] == (("float32", (2, 3)), ("float32", (5, 3)))
    assert arguments["w"] == (("float32", (5, 3)),)
    assert arguments["v"] == ()
    assert inference.shape(Value("y")) == (5, 3)


def test_functions_that_call_themselves_end(infer: Infer) -> None:
    text = MAIN + "y = f(x)\ndef f(a: float32) -> (r: s:0):\n  s = f(a)\n"
    assert infer(text).shape(Value("y")) is None


def test_functions_that_double_their_calls_end(infer: Infer) -> None:
    text = MAIN + "y = f0(x)\n"
    for level in range(30):
        text += (
            f"def f{level}(a: float32) -> (r: s:0):\n  x = Const : int32[] = 0\n"
            f"  b = f{level + 1}(a)\n  c = ConcatV2(a, a, x) {{N=2}}\n  d = f{level + 1}(c)\n"
            "  s = ConcatV2(b, d, x) {N=2}\n"
        )
    inference = infer(text + "def f30(a: float32) -> (r: s:0):\n  s = Neg(a)\n")
    assert inference.shape(Value("y")) is None
    assert inference.shape(Value("x")) == (2, 3)


def test_what_a_node_declares_fills_what_its_body_leaves_open(infer: Infer) -> None:
    line = "y = PartitionedCall(x) {f=@%s, Tin=[float32], Tout=[float32], output_shapes=[%s]}"
    assert shape(infer, line % ("gone", "shape(7)")) == (7,)
    assert shape(infer, line % ("same", "shape(7)")) == (2, 3)
    text = "def open(a: float32) -> (r: s:0):\n  s = Unheard(a)\n"
    inference = infer(MAIN + line % ("open", "shape(7)") + "\n" + text)
    assert inference.shape(Value("y")) == (7,)


def test_a_resource_keeps_what_it_stands_for_when_all_bodies_agree(infer: Infer) -> None:
    text = (
        "p = Placeholder : bool[]\nh = VarHandleOp {dtype=float32, shape=shape(2,3)}\n"
        "y = If(p, h) {then_branch=@f, else_branch=@%s, Tout=[resource]}\n"
        "v = ReadVariableOp(y) {dtype=float32}\n"
        "def f(a: resource) -> (r: s:0):\n  s = Identity(a)\n"
        "def g(a: resource) -> (r: s:0):\n  s = VarHandleOp {dtype=float32, shape=shape(7)}\n"
    )
    assert infer(text % "f").shape(Value("v")) == (2, 3)
    assert infer(text % "g").shape(Value("v")) is None
