"""Rounds of v1 frames: how many there are, and what each of them gives the next."""

from __future__ import annotations

import pytest
from carried import carry_out, lines, loop, refusals


@pytest.mark.parametrize("rounds", [0, 1, 3])
def test_the_condition_is_asked_before_every_round(rounds):
    outcome = carry_out(loop("vv = Exp(sv:1)", rounds=rounds))
    assert len([line for line in lines(outcome) if "= Exp(" in line]) == rounds
    last = f"loop/step_{rounds - 1}/vv" if rounds else "x"
    assert lines(outcome)[-1] == f"y = Neg({last})"


def cast_numbers(outcome):
    """The numbers that Cast nodes read, in their order."""
    main = outcome.model.main
    sources = [main[node.inputs[0].node] for node in main if node.op == "Cast"]
    return [source.attrs["value"].values()[0] for source in sources]


def test_the_counter_of_a_round_is_known_in_it():
    text = loop("c = Cast(si:1) {SrcT=int32, DstT=float32}\nvv = Add(sv:1, c)", rounds=3)
    assert cast_numbers(carry_out(text)) == [0, 1, 2]


def test_a_merge_tells_which_input_arrived():
    """The first round comes from the Enter, input 0, all others from NextIteration, input 1."""
    text = loop("c = Cast(mv:1) {SrcT=int32, DstT=float32}\nd = Identity(c)\nvv = Add(sv:1, d)")
    assert cast_numbers(carry_out(text)) == [0, 1]


@pytest.mark.parametrize(("rounds", "runs"), [(2000, True), (2001, False)])
def test_a_loop_has_an_end(rounds, runs):
    text = loop("vv = Identity(sv:1)", rounds=rounds)
    if runs:
        assert lines(carry_out(text)) == ["y = Neg(x)"]
    else:
        assert refusals(text) == {"it runs for more than 2000 rounds"}


def test_a_loop_whose_condition_is_data_is_not_run():
    (reason,) = refusals(loop("vv = Exp(sv:1)", rounds="end = Placeholder : int32[]"))
    assert reason == "the number of its rounds is not known: it depends on the value of input 'end'"


def test_a_condition_that_needs_what_is_computed_stops_the_count():
    text = loop("q = Exp(sv:1)\nr = Less(q, q)\nvv = Exp(q)").replace(
        "less = Less(mi, n)", "l1 = Less(mi, n)\nall = All(big, k)\nless = LogicalAnd(l1, all)\n"
        "big = Less(mv, mv)\nk = Enter(axis) {frame_name=\"f\", is_constant=true}",
    ).replace("zero =", "axis = Const : int32[1] = [0]\nzero =", 1)  # fmt: skip
    (reason,) = refusals(text)
    assert reason.startswith("the number of its rounds is not known")


def test_a_control_input_in_a_round_is_that_of_the_same_round():
    text = loop("t = Less(si:1, n)\nw = Assert(t, si:1)\nvv = Exp(sv:1, ^w)")
    left = lines(carry_out(text))
    assert [line for line in left if "= Exp(" in line] == [
        "loop/step_0/vv = Exp(x, ^loop/step_0/w)",
        "loop/step_1/vv = Exp(loop/step_0/vv, ^loop/step_1/w)",
    ]


def test_frames_in_branches_that_are_not_taken_do_not_run():
    inner = """
p = Less(si:1, o)
b = Switch(sv:1, p)
g = Enter(b:1) {frame_name="g"}
gi = Enter(o) {frame_name="g"}
h = Merge(g, gnext)
hi = Merge(gi, ginext)
k = Enter(n) {frame_name="g", is_constant=true}
gless = Less(hi, k)
gcond = LoopCond(gless)
gs = Switch(h, gcond)
gsi = Switch(hi, gcond)
ginc = Add(gsi:1, gsi:1)
gbody = Exp(gs:1)
gnext = NextIteration(gbody)
ginext = NextIteration(ginc)
out = Exit(gs)
other = Abs(b)
vv = Merge(other, out)"""
    left = lines(carry_out(loop(inner.strip(), rounds=3)))
    assert [line.partition(" = ")[2].partition("(")[0] for line in left] == [
        "Exp", "Exp", "Abs", "Abs", "Neg",
    ]  # fmt: skip


def test_names_of_copies_lie_below_the_scope_of_their_loop():
    text = loop("a/b/vv = Exp(sv:1)\nvv = Identity(a/b/vv)", rounds=1)
    text = text.replace("cond", "a/b/cond")
    assert lines(carry_out(text))[0] == "a/b/step_0/vv = Exp(x)"
    other = loop("q/vv = Exp(sv:1)\nvv = Identity(q/vv)", rounds=1).replace("cond", "a/b/cond")
    assert lines(carry_out(other))[0] == "a/b/step_0/q/vv = Exp(x)"
