"""Which nodes run in a frame or a branch only, and which values do not exist outside."""

from __future__ import annotations

from linter.graph.branches import confined_keys, guarded_keys
from linter.io.graphtext import parse

PLAIN = "x = Placeholder : float32[2]\na = Neg(x)\ny = Relu(a)"

COND = """
x = Placeholder : float32[2]
p = Placeholder : bool[]
s = Switch(x, p)
a = Neg(s)
w = NoOp(^s)
b = Exp(s:1)
m = Merge(a, b)
y = Relu(m)
"""

LOOP = """
x = Placeholder : float32[2]
end = Const : int32[] = 2
zero = Const : int32[] = 0
e = Enter(x) {frame_name="f"}
i = Enter(zero) {frame_name="f"}
n = Enter(end) {frame_name="f", is_constant=true}
m = Merge(e, back)
mi = Merge(i, nexti)
less = Less(mi, n)
cond = LoopCond(less)
s = Switch(m, cond)
si = Switch(mi, cond)
inc = AddN(si:1, si:1)
body = Neg(s:1)
back = NextIteration(body)
nexti = NextIteration(inc)
out = Exit(s)
y = Relu(out)
"""
INSIDE = {"e", "i", "n", "m", "mi", "less", "cond", "s", "si", "inc", "body", "back", "nexti"}


def guarded(text):
    return guarded_keys(parse(text).main)


def confined(text):
    return confined_keys(parse(text).main)


def test_a_plain_graph_has_neither():
    assert guarded(PLAIN) == confined(PLAIN) == frozenset()


def test_a_branch_ends_at_its_merge():
    assert guarded(COND) == confined(COND) == {"s", "a", "w", "b"}


def test_what_reads_a_branch_and_something_outside_is_in_the_branch():
    text = COND.replace("a = Neg(s)", "a = Add(x, s)\nc = Add(s, x)")
    assert {"a", "c"} <= guarded(text)
    assert {"a", "c"} <= confined(text)


def test_one_branch_in_another_ends_with_both_merges():
    text = """
x = Placeholder : float32[2]
p = Placeholder : bool[]
s = Switch(x, p)
t = Switch(s, p)
a = Neg(t)
b = Exp(t:1)
m = Merge(a, b)
c = Abs(m)
d = Neg(s:1)
o = Merge(c, d)
y = Relu(o)
"""
    inside = {"s", "t", "a", "b", "m", "c", "d"}
    assert guarded(text) == inside
    assert confined(text) == inside


def test_all_of_a_frame_runs_in_it_only_and_its_exit_belongs_to_it():
    assert guarded(LOOP) == INSIDE | {"out"}


def test_the_exit_of_a_frame_gives_a_value_outside():
    assert confined(LOOP) == INSIDE


def test_references_switch_and_enter_as_well():
    text = COND.replace("Switch", "RefSwitch").replace("Merge", "RefMerge")
    assert guarded(text) == confined(text) == {"s", "a", "w", "b"}
    frame = LOOP
    for op in ("Enter", "Exit", "Merge", "Switch", "NextIteration"):
        frame = frame.replace(f" {op}(", f" Ref{op}(")
    assert guarded(frame) == INSIDE | {"out"}
    assert confined(frame) == INSIDE
    entered = 'v = Placeholder : float32[2]\ne = RefEnter(v) {frame_name="f"}\na = Neg(e)'
    assert guarded(entered) == confined(entered) == {"e", "a"}


def test_a_condition_in_a_frame_and_a_frame_in_a_condition():
    nested = LOOP.replace(
        "body = Neg(s:1)",
        "q = IsFinite(s:1)\nr = All(q, n)\nt = Switch(s:1, r)\na = Neg(t)\nbody = Merge(a, t:1)",
    )
    inner = {"q", "r", "t", "a"}
    assert guarded(nested) == INSIDE | inner | {"out"}
    assert confined(nested) == INSIDE | inner
    around = LOOP.replace(
        "e = Enter(x)", "p = Placeholder : bool[]\nk = Switch(x, p)\ne = Enter(k)"
    )
    around = around.replace("y = Relu(out)", "z = Neg(k:1)\ny = Merge(out, z)\nafter = Relu(y)")
    assert guarded(around) == INSIDE | {"k", "z", "out"}
    assert confined(around) == INSIDE | {"k", "z", "out"}


def test_a_merge_without_a_switch_goes_below_nothing():
    text = "x = Placeholder : float32[2]\nk = Placeholder : bool[]\nm = Merge(x, x)\n"
    text += "s = Switch(m, k)\na = Neg(s)"
    assert guarded(text) == {"s", "a"}
    assert confined(text) == {"s", "a"}
