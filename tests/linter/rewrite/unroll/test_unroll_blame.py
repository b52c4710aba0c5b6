"""What a number of rounds is said to depend on when it is not known."""

from __future__ import annotations

import pytest
from carried import loop, refusals


def cause(end, **more):
    (reason,) = refusals(loop("vv = Exp(sv:1)", rounds=end, **more))
    assert reason.startswith("the number of its rounds is not known: ")
    return reason.partition(": ")[2]


@pytest.mark.parametrize(
    ("end", "reason"),
    [
        ("end = Placeholder : int32[]", "it depends on the value of input 'end'"),
        ("p = Placeholder : int32[]\nend = Neg(p)", "it depends on the value of input 'p'"),
        ("k = Const : int32[] = 3\nend = PlaceholderWithDefault(k) : int32[]",
         "it depends on the value of input 'end'"),
        ("q = Placeholder : float32[?]\nend = Size(q)",
         "it depends on the size of input 'q', which --input-shape fixes"),
        ("q = Placeholder : float32[...]\nr = Relu(q)\nt = Neg(r)\nend = Rank(t)",
         "it depends on the size of input 'q', which --input-shape fixes"),
        (("q = Placeholder : float32[2]\nr = Sum(q, a)\na = Const : int32[1] = [0]\n"
         "end = Cast(r) {DstT=int32}"), "it depends on 'r' (Sum)"),
        (("s = Const : int32[0] = []\na = Const : int32[] = 0\nb = Const : int32[] = 9\n"
         "end = RandomUniformInt(s, a, b)"), "nothing tells it"),
    ],
)  # fmt: skip
def test_what_it_waits_for(end, reason):
    assert cause(end) == reason


def test_an_open_size_is_told_before_all_else():
    """A flag can fix it; the value of an input cannot be fixed."""
    for order in ("p, s", "s, p"):
        end = "p = Placeholder : int32[]\nq = Placeholder : float32[?]\ns = Size(q)\n"
        end += f"end = Add({order})"
        assert cause(end) == "it depends on the size of input 'q', which --input-shape fixes"
        both = end.replace("s = Size(q)", "s = Cast(t) {DstT=int32}\nt = Sum(q, a)\n"
                           "a = Const : int32[1] = [0]")  # fmt: skip
        assert cause(both) == "it depends on the value of input 'p'"


def test_of_several_inputs_one_with_an_open_size_is_told():
    end = "p = Placeholder : float32[3]\nq = Placeholder : float32[?]\n"
    end += "a = Const : int32[] = 0\nj = ConcatV2(p, q, a) {N=2}\nend = Size(j)"
    assert cause(end) == "it depends on the size of input 'q', which --input-shape fixes"


def test_sizes_that_are_known_and_constants_are_not_told():
    end = "q = Placeholder : float32[3]\ns = Size(q)\np = Placeholder : int32[]\nend = Add(s, p)"
    assert cause(end) == "it depends on the value of input 'p'"
