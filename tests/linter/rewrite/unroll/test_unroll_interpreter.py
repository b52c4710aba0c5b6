"""Single nodes carried out on what is known: merges, switches, what passes, what stays."""

from __future__ import annotations

import pytest
from carried import lines, reads, refused, result

from linter.rewrite.unroll.interpreter import resolves, tells_size

TRUE, FALSE = "p = Const : bool[] = true\n", "p = Const : bool[] = false\n"


@pytest.mark.parametrize(("predicate", "left"), [(TRUE, "Exp"), (FALSE, "Neg")])
@pytest.mark.parametrize("order", ["a, b", "b, a"])
def test_a_known_condition_computes_one_branch(predicate, left, order):
    text = predicate + f"s = Switch(x, p)\na = Neg(s)\nb = Exp(s:1)\nm = Merge({order})"
    outcome = result(text, "m:0", "m:1")
    name = "a" if left == "Neg" else "b"
    assert lines(outcome) == [f"c/{name} = {left}(x)"]
    assert reads(outcome) == [f"c/{name}", order.split(", ").index(name)]


def test_an_open_condition_stays():
    text = "l = Less(x, x)\nq = Const : int32[2] = [0, 1]\np = All(l, q)\n"
    assert refused(text + "s = Switch(x, p)\nm = Merge(s, s:1)", "m:0") == (
        "the condition of s is not known"
    )


def test_values_that_meet_without_a_condition_stay():
    assert refused("m = Merge(x, x)", "m:0") == "m joins branches of an open condition"


def test_what_waits_for_a_branch_that_is_not_taken_is_not_computed():
    text = FALSE + (
        "s = Switch(x, p)\nd = NoOp(^t)\nt = Identity(s:1)\na = Neg(x, ^d)\nb = Exp(s)\n"
        "m = Merge(a, b)"
    )
    assert lines(result(text, "m:0")) == ["c/b = Exp(x)"]


def test_what_only_dead_values_meet_in_is_dead():
    text = FALSE + (
        "s = Switch(x, p)\na = Neg(s:1)\nb = Exp(s:1)\nn = Merge(a, b)\nk = Abs(n)\nm = Merge(k, s)"
    )
    assert reads(result(text, "m:0")) == ["x"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("r = RandomUniform(q) {dtype=float32}\nq = Const : int32[1] = [2]",
         "RandomUniform has a state: copies of it would give other values"),
        ("r = Unheard2(x)", "Unheard2 has no definition"),
        ("n = Const : int32[] = 3\nt = TensorArrayV3(n) {dtype=float32}\nr = Neg(t:1)",
         "Neg reads a TensorArray or list"),
        ("r = Unpack(x) {-num}", "the number of outputs of Unpack is not known"),
    ],
)  # fmt: skip
def test_nodes_that_are_not_carried_out(line, reason):
    assert refused(line, "r:0") == reason


@pytest.mark.parametrize("op", ["Identity", "RefIdentity"])
def test_an_identity_is_its_input(op):
    outcome = result(f"i = {op}(x)\nr = Neg(i)", "r:0")
    assert lines(outcome) == ["c/r = Neg(x)"]


def test_an_identity_that_waits_for_something_stays():
    text = "t = Const : bool[] = true\na = Assert(t, x)\ni = Identity(x, ^a)\nr = Neg(i)\n"
    text += "k = Const : int32[] = 3\nj = Identity(k, ^a)\nq = Add(j, k)"
    outcome = result(text, "r:0", "q:0")
    assert lines(outcome) == [
        "c/a = Assert(c/const_True, x)", "c/i = Identity(x, ^c/a)", "c/r = Neg(c/i)",
    ]  # fmt: skip
    assert reads(outcome) == ["c/r", 6]


def test_several_values_that_wait_wait_each_for_itself():
    text = "t = Const : bool[] = true\na = Assert(t, x)\ni = IdentityN(x, z, ^a)\n"
    text += "r = Neg(i)\nq = Neg(i:1)"
    outcome = result(text, "r:0", "q:0", inputs="x: float32[2]; z: float32[2]")
    waits = [line for line in lines(outcome) if "Identity" in line]
    assert len(waits) == 2
    assert all(line.endswith("^c/a)") or "^c/a) {" in line for line in waits)


def test_a_nothing_passes_on_what_it_waits_for():
    text = "t = Const : bool[] = true\na = Assert(t, x)\nn = NoOp(^a)\nr = Neg(x, ^n)"
    assert lines(result(text, "r:0"))[-1] == "c/r = Neg(x, ^c/a)"


def test_what_has_no_effect_is_waited_for_by_nobody():
    text = "a = Exp(x)\nn = NoOp(^a)\nr = Neg(x, ^n, ^a)"
    assert lines(result(text, "r:0")) == ["c/r = Neg(x)"]


def test_what_waits_is_waited_for():
    text = "t = Const : bool[] = true\na = Assert(t, x)\nb = Exp(x, ^a)\nr = Neg(x, ^b)"
    assert lines(result(text, "r:0"))[-1] == "c/r = Neg(x, ^c/b)"


@pytest.mark.parametrize("op", ["Print", "PrintV2", "Assert"])
def test_what_speaks_is_copied_though_it_has_a_state(op):
    line = {"Print": "a = Print(x, x)", "PrintV2": "s = AsString(x)\na = PrintV2(s)",
            "Assert": "t = Const : bool[] = true\na = Assert(t, x)"}[op]  # fmt: skip
    text = f"{line}\nr = Neg(x, ^a)"
    assert any(f"= {op}(" in left for left in lines(result(text, "r:0")))


def test_sizes_of_open_tensors_are_computed_by_the_model():
    outcome = result("s = Shape(x)\nr = Reshape(x, s)", "r:0", inputs="x: float32[?,2]")
    assert lines(outcome) == ["c/s = Shape(x)", "c/r = Reshape(x, c/s)"]


def test_which_ops_tell_sizes_and_deal_with_arrays():
    assert [op for op in ("Shape", "ShapeN", "Size", "Rank", "Reshape") if tells_size(op)] == [
        "Shape", "ShapeN", "Size", "Rank",
    ]  # fmt: skip
    assert resolves("TensorArrayV3")
    assert resolves("TensorListStack")
    assert not resolves("Identity")
