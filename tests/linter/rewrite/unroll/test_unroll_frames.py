"""v1 while frames: what belongs to one, in which order a round computes it, and what is none."""

from __future__ import annotations

import pytest
from carried import carry_out, lines, loop, refusals


def one(text):
    (reason,) = refusals(text)
    return reason


def test_a_node_that_is_inside_and_outside_at_once_is_refused():
    """It reads the input without an Enter: TensorFlow would refuse it as well."""
    assert "is in two frames at once" in one(loop("vv = Add(sv:1, x)"))


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('v = Enter(x) {frame_name="f"}', 'v = Enter(x) {frame_name="g"}', "its frame has 2 names"),
        ("sv = Switch(mv, cond)", "c2 = LoopCond(less)\nsv = Switch(mv, c2)",
         "its frame has 2 conditions"),
        ("mv = Merge(v, nv)", "mv = Merge(v, nv, nv)",
         "mv is no head of a loop: it has other inputs"),
        ("mv = Merge(v, nv)", "mv = Merge(nv, nv)",
         "mv is no head of a loop: it has other inputs"),
        ("mv = Merge(v, nv)", "mv = Merge(sv, nv)",
         "mv is no head of a loop: it has other inputs"),
    ],
)  # fmt: skip
def test_frames_that_are_not_well_formed(old, new, reason):
    text = loop("vv = Exp(sv:1)")
    assert old in text
    assert one(text.replace(old, new)) == reason


def test_a_head_may_have_its_two_inputs_in_either_order():
    text = loop("vv = Exp(sv:1)").replace("mv = Merge(v, nv)", "mv = Merge(nv, v)")
    assert lines(carry_out(text)) == [
        "loop/step_0/vv = Exp(x)", "loop/step_1/vv = Exp(loop/step_0/vv)",
        "y = Neg(loop/step_1/vv)",
    ]  # fmt: skip


def test_references_make_frames_as_well():
    text = loop("vv = Exp(sv:1)")
    for op in ("Enter", "Exit", "Merge", "Switch", "NextIteration"):
        text = text.replace(f"= {op}(", f"= Ref{op}(")
    assert len(lines(carry_out(text))) == 3


def test_what_the_exits_need_is_computed_after_the_last_round():
    text = loop("vv = Exp(sv:1)").replace("e = Exit(sv)", "z = Abs(mv)\ne = Exit(z)")
    assert lines(carry_out(text)) == [
        "loop/step_0/vv = Exp(x)", "loop/step_1/vv = Exp(loop/step_0/vv)",
        "loop/step_2/z = Abs(loop/step_1/vv)", "y = Neg(loop/step_2/z)",
    ]  # fmt: skip


def test_what_no_exit_needs_is_not_computed():
    text = loop('vv = Exp(sv:1)\nww = Abs(sw:1)\nnw = NextIteration(ww)\nmw = Merge(w, nw)\n'
                'sw = Switch(mw, cond)\nw = Enter(x) {frame_name="f"}\n'
                'unread = Exit(sw)')  # fmt: skip
    assert not [line for line in lines(carry_out(text)) if "Abs" in line]


def test_what_only_a_later_round_needs_goes_round_as_well():
    text = loop('vv = Mul(sv:1, sw:1)\nww = Mul(su:1, su:1)\nnw = NextIteration(ww)\n'
                'mw = Merge(w, nw)\nsw = Switch(mw, cond)\nw = Enter(x) {frame_name="f"}\n'
                'uu = Neg(su:1)\nnu = NextIteration(uu)\nmu = Merge(u, nu)\n'
                'su = Switch(mu, cond)\nu = Enter(x) {frame_name="f"}')  # fmt: skip
    assert lines(carry_out(text)) == [
        "loop/step_0/vv = Mul(x, x)",
        "loop/step_0/ww = Mul(x, x)",
        "loop/step_1/vv = Mul(loop/step_0/vv, loop/step_0/ww)",
        "y = Neg(loop/step_1/vv)",
    ]


def test_a_node_waits_for_those_it_reads_even_if_they_stand_below():
    text = loop("vv = Exp(a)\na = Abs(b)\nb = Sin(sv:1)", rounds=1)
    assert lines(carry_out(text)) == [
        "loop/step_0/b = Sin(x)", "loop/step_0/a = Abs(loop/step_0/b)",
        "loop/step_0/vv = Exp(loop/step_0/a)", "y = Neg(loop/step_0/vv)",
    ]  # fmt: skip


INNER = """
g = Enter(sv:1) {frame_name="g"}
gi = Enter(zz) {frame_name="g"}
gn = Enter(n) {frame_name="g", is_constant=true}
go = Enter(o) {frame_name="g", is_constant=true}
zz = Sub(o, o)
h = Merge(g, gnext)
hi = Merge(gi, ginext)
gless = Less(hi, gn)
gcond = LoopCond(gless)
gs = Switch(h, gcond)
gsi = Switch(hi, gcond)
ginc = Add(gsi:1, go)
gbody = Exp(gs:1)
gnext = NextIteration(gbody)
ginext = NextIteration(ginc)
vv = Exit(gs)
""".strip()


def test_a_frame_in_a_frame_runs_in_every_round():
    outcome = carry_out(loop(INNER))
    assert [line.partition(" = ")[0] for line in lines(outcome)] == [
        "loop/step_0/step_0/gbody", "loop/step_0/step_1/gbody",
        "loop/step_1/step_0/gbody", "loop/step_1/step_1/gbody", "y",
    ]  # fmt: skip


def test_two_frames_in_a_frame_run_after_each_other():
    second = INNER.replace("g", "q").replace("vv = Exit", "vv = Exit").replace("sv:1", "first")
    text = loop(INNER.replace("vv = Exit", "first = Exit") + "\n" + second, rounds=1)
    outcome = carry_out(text)
    assert len([line for line in lines(outcome) if "= Exp(" in line]) == 2


@pytest.mark.parametrize("body", ["vv = Exp(a)\na = Abs(b)\nb = Sin(a)", "vv = Exp(sv:1, ^vv)"])
def test_a_round_that_depends_on_itself_is_refused(body):
    assert "depends on itself" in one(loop(body))
