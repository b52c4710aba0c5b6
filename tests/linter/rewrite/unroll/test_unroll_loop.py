"""When a loop or call is carried out at all: where it lies, and how large it would become."""

from __future__ import annotations

import pytest
from carried import called, carry_out, lines, loop, refusals

from linter.results.objection import ObjectionKind
from linter.rewrite.engine import RewriteOptions
from linter.rewrite.unroll.limits import ELEMENT_LIMIT, NODE_LIMIT, ROUND_LIMIT

WITHIN = "it lies in a branch of a condition that is not known"


def in_branch(text, entered):
    """The same in a branch of a condition that is fed."""
    text = text.replace("zero =", "p = Placeholder : bool[]\nbranch = Switch(x, p)\nzero =", 1)
    return (
        text.replace(entered, entered.replace("x", "branch")) + "k = Neg(branch:1)\nz = Merge(y, k)"
    )


def test_a_loop_in_an_open_branch_stays():
    text = in_branch(loop("vv = Exp(sv:1)"), "Enter(x)")
    assert refusals(text, "z") == {WITHIN}


def test_a_call_in_an_open_branch_stays():
    text = called("b = Neg(x)", "b:0").replace("c = StatefulPartitionedCall(x)",
        "p = Placeholder : bool[]\ns = Switch(x, p)\nc = StatefulPartitionedCall(s)")  # fmt: skip
    assert refusals(text, "kept", "y0", lacking=("StatefulPartitionedCall",)) == {WITHIN}


def test_a_loop_after_a_condition_is_in_no_branch():
    text = loop("vv = Exp(sv:1)").replace("zero =", "p = Placeholder : bool[]\ns = Switch(x, p)\n"
        "m = Merge(s, s:1)\nzero =", 1).replace("Enter(x)", "Enter(m)")  # fmt: skip
    assert len([line for line in lines(carry_out(text)) if "= Exp(" in line]) == 2


def test_a_call_in_a_frame_stays_with_it():
    text = loop("vv = StatefulPartitionedCall(sv:1) {f=@f, Tin=[float32], Tout=[float32]}")
    text = (
        text.replace("int32[] = 2", "int32[] = 2")
        + "def f(a: float32) -> (r: s:0):\n  s = Exp(a)\n"
    )
    assert refusals(text, lacking=("StatefulPartitionedCall",)) == {WITHIN}
    both = carry_out(text, lacking=("StatefulPartitionedCall", "LoopCond"))
    assert [line for line in lines(both) if "= Exp(" in line] == [
        "loop/step_0/vv/s = Exp(x)", "loop/step_1/vv/s = Exp(loop/step_0/vv/s)",
    ]  # fmt: skip


def wide(count, rounds):
    """Rounds of so many nodes, besides the addition that counts and the comparison."""
    body = "a0 = Neg(sv:1)\n" + "".join(f"a{n} = Neg(a{n - 1})\n" for n in range(1, count))
    return loop(body + f"vv = Identity(a{count - 1})", rounds=rounds)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (wide(30, 1000), ("1000 rounds of about 31 nodes are more than the 20000 nodes that "
                         "unrolling may add")),
        (wide(1, 2001), "it runs for more than 2000 rounds"),
        (wide(30, 2001), "it runs for more than 2000 rounds"),
    ],
)  # fmt: skip
def test_a_loop_that_would_become_too_large_stays(text, reason):
    assert refusals(text) == {reason}


def test_copies_are_counted_by_what_a_round_leaves():
    text = wide(4, 5)
    outcome = carry_out(text, options=RewriteOptions(copy_limit=25))
    assert len([line for line in lines(outcome) if "= Neg(" in line]) == 21
    less = carry_out(text, options=RewriteOptions(copy_limit=24))
    (refused,) = less.refused
    assert refused.kind is ObjectionKind.UNTRIED
    assert "the copies of 5 nodes for each of its rounds" in refused.reason


def test_the_limits_are_those_that_messages_name():
    assert (NODE_LIMIT, ROUND_LIMIT, ELEMENT_LIMIT) == (20_000, 2_000, 20_000)
