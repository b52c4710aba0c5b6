"""What goes along with a loop or call: whoever deals with the arrays and lists around it."""

from __future__ import annotations

import pytest
from carried import carry_out, lines, loop, refusals

WRITE = "w = TensorArrayWriteV3(h, si:1, sv:1, sa:1)\nvv = Exp(sv:1)"
SIZE = "size = Const : int32[] = 2\n"


def array(body=WRITE, after="", before="", gather="ea", size=SIZE):
    """A loop that writes what ``sv`` is in every round to an array; ``z`` reads it."""
    made = (
        f"{size}array = TensorArrayV3(size) {{dtype=float32, element_shape=shape(2)}}\n{before}"
        'h = Enter(array) {frame_name="f", is_constant=true}\na = Enter(array:1) {frame_name="f"}\n'
        "ma = Merge(a, na)\nsa = Switch(ma, cond)\nea = Exit(sa)\nna = NextIteration(w)\n"
        f"{after}all = Const : int32[2] = [0, 1]\n"
        f"out = TensorArrayGatherV3(array, all, {gather}) {{dtype=float32}}\n"
    )
    return loop(body, before=made, more="z = Neg(out)\n").replace("y = Neg(e)\n", "")


def test_nothing_is_left_of_an_array_around_a_loop():
    assert lines(carry_out(array(), "z")) == [
        "loop/step_0/vv = Exp(x)", "out = Pack(x, loop/step_0/vv) {axis=0}", "z = Neg(out)",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("after", "gather"),
    [
        ("i1 = Identity(ea)\n", "i1"),
        ("i1 = Identity(ea)\ni2 = Identity(i1)\n", "i2"),
        ("i1 = Identity(ea)\ni2 = Identity(i1)\nunread = Identity(i2)\n", "i2"),
        ("i1 = IdentityN(ea)\n", "i1"),
    ],
)
def test_what_passes_an_array_on_goes_as_well(after, gather):
    outcome = carry_out(array(after=after, gather=gather), "z")
    assert not {"i1", "i2", "unread"} & set(outcome.model.main.nodes)
    assert lines(outcome)[-2] == "out = Pack(x, loop/step_0/vv) {axis=0}"


def test_a_size_that_an_array_tells_is_known():
    """The number of rounds follows from what was found out about the array."""
    text = array().replace("end = Const : int32[] = 2", "end = TensorArraySizeV3(array, array:1)")
    outcome = carry_out(text, "z")
    assert lines(outcome)[-1] == "z = Neg(out)"
    assert len([line for line in lines(outcome) if "= Exp(" in line]) == 1


def test_integers_that_follow_from_a_size_go_when_nobody_else_reads_them():
    end = "q = TensorArraySizeV3(array, array:1)\nend = Identity(m)\nm = Minimum(q, cap)"
    text = array().replace("end = Const : int32[] = 2", end).replace(
        "zero =", "cap = Const : int32[] = 5\nzero =", 1
    )  # fmt: skip
    left = set(carry_out(text, "z").model.main.nodes)
    assert not {"q", "m", "end"} & left
    kept = text + "also = Neg(m)\n"
    outcome = carry_out(kept, "z", "also")
    assert outcome.rewrites
    assert {"q", "m"} <= set(outcome.model.main.nodes)
    fetched = carry_out(text, "z", "m")
    assert "m" in fetched.model.main.nodes


def test_a_second_loop_that_reads_the_array_is_carried_out_with_the_first():
    text = (
        array()
        + """
u = Enter(ea) {frame_name="g"}
uh = Enter(array) {frame_name="g", is_constant=true}
ui = Enter(zero) {frame_name="g"}
uv = Enter(x) {frame_name="g"}
un = Enter(end) {frame_name="g", is_constant=true}
uo = Enter(one) {frame_name="g", is_constant=true}
umi = Merge(ui, uni)
umv = Merge(uv, unv)
uless = Less(umi, un)
ucond = LoopCond(uless)
usi = Switch(umi, ucond)
usv = Switch(umv, ucond)
uii = Add(usi:1, uo)
ur = TensorArrayReadV3(uh, usi:1, u) {dtype=float32}
uvv = Mul(usv:1, ur)
uni = NextIteration(uii)
unv = NextIteration(uvv)
ue = Exit(usv)
total = Neg(ue)
"""
    )
    text = text.replace('u = Enter(ea) {frame_name="g"}',
                        'u = Enter(ea) {frame_name="g", is_constant=true}')  # fmt: skip
    outcome = carry_out(text, "total")
    assert [record.rule for record in outcome.rewrites] == ["RWS101"]
    reads = [line.partition("(")[2] for line in lines(outcome) if "= Mul(" in line]
    assert reads[0] == "x, x)"
    assert reads[1].endswith(", loop/step_0/vv)")
    assert len(reads) == 2


@pytest.mark.parametrize(
    ("text", "outputs", "reason"),
    [
        (array(after="q = Unheard2(ea)\n"), ("z", "q"), "Unheard2 q reads its TensorArray or list"),
        (array(after="q = Abs(ea)\n"), ("z", "q"), "Abs q reads its TensorArray or list"),
        (array(), ("z", "ea"), "output 0 of ea is a TensorArray or list"),
        (array(before="b = Unheard2(array:1)\n").replace("Enter(array:1)", "Enter(b)"), ("z",),
         "what was written to the TensorArray of w is not known"),
        (array(size="size = Placeholder : int32[]\n"), ("z",),
         "input 0 of TensorArrayV3 is not known"),
    ],
)  # fmt: skip
def test_arrays_that_keep_their_loop(text, outputs, reason):
    assert refusals(text, *outputs) == {reason}


def test_an_array_that_depends_on_itself_is_refused():
    text = array(
        before="r1 = TensorArrayWriteV3(array, zero, x, r2)\n"
        "r2 = TensorArrayWriteV3(array, one, x, r1)\n"
    ).replace("Enter(array:1)", "Enter(r2)")
    (reason,) = refusals(text, "z")
    assert "depends on itself" in reason


def test_what_a_loop_waits_for_stays_waited_for_if_it_says_something():
    plain = loop("vv = Exp(sv:1)", before="g = NoOp(^x)\nt = Abs(x)\n", rounds=1)
    text = plain.replace('v = Enter(x) {frame_name="f"}', 'v = Enter(x, ^g, ^t) {frame_name="f"}')
    assert "^t" not in "".join(lines(carry_out(text)))


def test_several_exits_are_replaced_at_once():
    text = loop("vv = Exp(sv:1)").replace("y = Neg(e)", "ei = Exit(si)\nk = Neg(ei)\ny = Neg(e)")
    outcome = carry_out(text, "y", "k")
    assert len(outcome.rewrites) == 1
    main = outcome.model.main
    assert main[main["k"].inputs[0].node].attrs["value"].values() == (2,)
    assert main["y"].inputs[0].node == "loop/step_1/vv"
