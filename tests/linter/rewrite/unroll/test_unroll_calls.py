"""Calls, branches, cases and loops of functions, carried out."""

from __future__ import annotations

import pytest
from carried import lines, reads, refused, result

NEG = "def g(a: float32) -> (r: s:0):\n  s = Neg(a)\n"
EXP = "def h(a: float32) -> (r: s:0):\n  s = Exp(a)\n"
SWITCH = "t = Const : {0} = {1}\nb = {2}(t, x) {{{3}}}"


@pytest.mark.parametrize(
    "line",
    [
        "b = g(x)",
        "b = PartitionedCall(x) {f=@g, Tin=[float32], Tout=[float32]}",
        "b = StatefulPartitionedCall(x) {f=@g, Tin=[float32], Tout=[float32]}",
    ],
)
def test_a_call_in_a_call(line):
    outcome = result(line, "b:0", others=NEG)
    assert reads(outcome) == ["c/b/s"]
    assert lines(outcome) == ["c/b/s = Neg(x)"]
    assert outcome.model.functions == {}


@pytest.mark.parametrize("op", ["If", "StatelessIf", "_If"])
@pytest.mark.parametrize(
    ("kind", "value", "left"),
    [
        ("bool[]", "true", "Neg"),
        ("bool[]", "false", "Exp"),
        ("int32[]", "7", "Neg"),
        ("int32[]", "0", "Exp"),
        ("int32[2]", "[0, 0]", "Neg"),
        ("int32[0]", "[]", "Exp"),
    ],
)
def test_a_known_condition_takes_one_branch(op, kind, value, left):
    """A condition that is no scalar holds when it has elements, whatever they are."""
    attrs = "then_branch=@g, else_branch=@h, Tout=[float32]"
    outcome = result(SWITCH.format(kind, value, op, attrs), "b:0", others=NEG + EXP)
    assert lines(outcome) == [f"c/b/s = {left}(x)"]


@pytest.mark.parametrize("op", ["Case", "StatelessCase"])
@pytest.mark.parametrize(
    ("value", "left"), [(0, "Neg"), (1, "Exp"), (2, "Abs"), (3, "Abs"), (-1, "Abs"), (99, "Abs")]
)
def test_an_index_that_is_none_takes_the_last_branch(op, value, left):
    others = NEG + EXP + "def k(a: float32) -> (r: s:0):\n  s = Abs(a)\n"
    attrs = "branches=[@g, @h, @k], Tout=[float32]"
    outcome = result(SWITCH.format("int32[]", value, op, attrs), "b:0", others=others)
    assert lines(outcome) == [f"c/b/s = {left}(x)"]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("t = Unheard2(x)\nb = g(x)", None),
        ("b = PartitionedCall(x) {f=@gone, Tin=[float32], Tout=[float32]}",
         "function 'gone' is not in the library"),
        ("b = PartitionedCall(x) {Tin=[float32], Tout=[float32]}", "b does not say what it calls"),
        ("b = g(x, x)", "function 'g' takes 1 values, not 2"),
        (("l = Less(x, x)\nq = Const : int32[2] = [0, 1]\nt = All(l, q)\n"
         "b = If(t, x) {then_branch=@g, else_branch=@g, Tout=[float32]}"),
         "the condition of b is not known"),
        ("t = Const : int32[] = 0\nb = Case(t, x) {branches=[], Tout=[float32]}",
         "b has no branches"),
        ("b = gone(x)", "gone has no definition"),
    ],
)  # fmt: skip
def test_calls_that_are_not_carried_out(body, reason):
    if reason is None:  # nothing needs the op that nobody knows
        assert lines(result(body, "b:0", others=NEG)) == ["c/b/s = Neg(x)"]
    else:
        assert refused(body, "b:0", others=NEG) == reason


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("  s = Neg(q)\n", "function 'g' reads 'q', which it lacks"),
        ("  b = Neg(s)\n  s = Neg(b)\n", "function 'g' has a cycle"),
        ('  e = Enter(a) {frame_name="f"}\n  s = Neg(e)\n', "function 'g' has a v1 while frame"),
    ],
)
def test_bodies_that_cannot_be_carried_out(body, reason):
    others = f"def g(a: float32) -> (r: s:0):\n{body}"
    assert refused("b = g(x)", "b:0", others=others) == reason


def test_a_body_that_is_called_twice_is_no_cycle():
    outcome = result("b = g(x)\nd = g(b)", "d:0", others=NEG)
    assert lines(outcome) == ["c/b/s = Neg(x)", "c/d/s = Neg(c/b/s)"]


def test_only_what_the_results_need_is_written():
    others = (
        "def g(a: float32) -> (r: s:0):\n  u = RandomUniform(a) {dtype=float32}\n  s = Neg(a)\n"
    )
    assert lines(result("b = g(x)", "b:0", others=others)) == ["c/b/s = Neg(x)"]


LOOP = "o = Const : int32[] = {0}\nb = {1}(o, x) {{cond=@less, body=@step, T=[int32, float32]}}"
BODIES = """def less(i: int32, a: float32) -> (r: l:0):
  n = Const : int32[] = 2
  l = Less(i, n)
def step(i: int32, a: float32) -> (j: k:0, b: s:0):
  one = Const : int32[] = 1
  k = Add(i, one)
  s = Neg(a)
"""


@pytest.mark.parametrize("op", ["While", "StatelessWhile", "_While"])
@pytest.mark.parametrize(("start", "rounds"), [(0, 2), (1, 1), (2, 0), (5, 0)])
def test_a_loop_runs_while_its_condition_holds(op, start, rounds):
    outcome = result(LOOP.format(start, op), "b:1", "b:0", others=BODIES)
    before = ["x", "c/b/step_0/s", "c/b/step_1/s"]
    assert lines(outcome) == [
        f"{before[number + 1]} = Neg({before[number]})" for number in range(rounds)
    ]
    assert reads(outcome) == [before[rounds], start + rounds]


@pytest.mark.parametrize(("rounds", "runs"), [(2000, True), (2001, False)])
def test_a_loop_has_an_end(rounds, runs):
    others = BODIES.replace("int32[] = 2", f"int32[] = {rounds}").replace(
        "s = Neg(a)", "s = Identity(a)"
    )
    body = LOOP.format(0, "While")
    if runs:
        assert reads(result(body, "b:0", others=others)) == [rounds]
    else:
        assert refused(body, "b:0", others=others) == "it runs for more than 2000 rounds"


def test_a_loop_whose_condition_is_data_says_what_it_waits_for():
    others = BODIES.replace("l = Less(i, n)", "m = Cast(a) {DstT=int32}\n  q = Max(m, w)\n  "
                            "w = Const : int32[1] = [0]\n  l = Less(q, n)")  # fmt: skip
    reason = refused(LOOP.format(0, "While"), "b:1", others=others, inputs="x: float32[3]")
    assert reason.startswith("the number of its rounds is not known: it depends on ")


def test_functions_that_call_themselves_are_not_carried_out():
    others = "def g(a: float32) -> (r: s:0):\n  b = h(a)\n  s = Neg(b)\n"
    others += "def h(a: float32) -> (r: s:0):\n  b = g(a)\n  s = Neg(b)\n"
    assert refused("b = g(x)", "b:0", others=others) == "function 'g' calls itself"


def test_attributes_of_a_function_are_bound_by_its_call():
    others = "def g(a: $T) -> (r: s:0):\n  s = Neg(a) {T=$T}\n  t = NoOp\n"
    outcome = result("b = g(x) {T=float32}", "b:0", others=others)
    assert str(outcome.model.main["c/b/s"].attrs["T"]) == "float32"
    call = "b = PartitionedCall(x) {f=@g{T=float32}, Tin=[float32], Tout=[float32]}"
    outcome = result(call, "b:0", others=others)
    assert str(outcome.model.main["c/b/s"].attrs["T"]) == "float32"


SPEAKING = """def g(a: float32) -> (r: s:0, ^p):
  t = Const : bool[] = true
  p = Assert(t, a)
  s = Neg(a)
"""


def test_what_waits_for_a_call_waits_for_what_it_says():
    outcome = result("b = g(x)\nd = Exp(x, ^b)", "d:0", others=SPEAKING)
    assert lines(outcome) == [
        "c/b/p = Assert(c/const_True, x)",
        "c/d = Exp(x, ^c/b/p)",
    ]


def test_what_a_call_says_waits_for_what_the_call_waits_for():
    others = SPEAKING + SPEAKING.replace("def g", "def q")
    outcome = result("b = g(x)\nd = q(x, ^b)\ne = Exp(x, ^d)", "e:0", others=others)
    assert lines(outcome) == [
        "c/b/p = Assert(c/const_True, x)",
        "c/d/p = Assert(c/const_True, x, ^c/b/p)",
        "c/e = Exp(x, ^c/b/p, ^c/d/p)",
    ]


def test_rounds_that_say_something_do_so_in_their_order():
    others = BODIES.replace("(j: k:0, b: s:0):", "(j: k:0, b: s:0, ^p):\n"
                            "  t = Const : bool[] = true\n"
                            "  p = Assert(t, a)")  # fmt: skip
    outcome = result(LOOP.format(0, "While") + "\nd = Exp(x, ^b)", "d:0", others=others)
    text = lines(outcome)
    (first,) = [line for line in text if line.startswith("c/b/step_0/p")]
    (second,) = [line for line in text if line.startswith("c/b/step_1/p")]
    assert "^" not in first
    assert second.endswith("^c/b/step_0/p)")
    assert text[-1] == "c/d = Exp(x, ^c/b/step_0/p, ^c/b/step_1/p)"


def test_what_only_computes_waits_for_nothing():
    others = SPEAKING + SPEAKING.replace("def g", "def q")
    outcome = result("b = g(x)\nd = q(x, ^b)\ne = Exp(d, ^d)", "e:0", others=others)
    assert "c/d/s = Neg(x)" in lines(outcome)
