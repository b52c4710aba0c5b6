"""The nodes that take part: what the fetches need, without dead branches and assertions."""

from __future__ import annotations

import pytest
from own_facts import OwnFacts, about

from linter.judge import Placement

X = "x = Placeholder : float32[2]\nc = Placeholder : bool[]\n"


def live(judge):
    return {node.name for _, node, _ in judge.judgements()}


def test_data_and_control_inputs_are_walked(ask_own):
    text = X + "a = Neg(x)\nk = NoOp(^a)\ny = Relu(x, ^k)\nz = Relu(x)"
    assert live(ask_own(text, OwnFacts())) == {"x", "a", "k", "y"}


def test_an_output_that_is_not_there_needs_nothing(ask_own):
    assert live(ask_own(X + "y = Relu(x)", OwnFacts(), outputs=("y", "gone"))) == {"x", "y"}


def test_the_walk_ends_at_named_inputs_of_the_main_graph(ask_own):
    text = X + "a = Neg(x)\nb = Neg(a)\ny = f(b)\ndef f(v: float32[2]) -> (r: q:0):\n"
    text += "  b = Neg(v)\n  q = Relu(b)\n"
    judge = ask_own(text, OwnFacts(), input_shapes={"b": (2,)})
    assert live(judge) == {"b", "y", "q"}  # the two nodes b have one name
    body = judge.model.functions["f"]
    assert judge.reachable(body) == {"v", "b", "q"}
    assert judge.reachable(judge.model.main) == {"b", "y"}


def test_nodes_that_the_ends_of_a_body_wait_for_take_part(ask_own):
    text = X + "y = f(x)\ndef f(v: float32[2]) -> (r: q:0, ^k):\n"
    text += "  k = Neg(v)\n  q = Relu(v)\n  z = Exp(v)\n"
    judge = ask_own(text, OwnFacts())
    assert judge.reachable(judge.model.functions["f"]) == {"v", "k", "q"}


def test_an_assertion_goes_with_what_only_it_needs(ask_own):
    text = X + "b = Neg(x)\nk = Less(b, x)\na = Assert(k, b)\nw = Neg(x)\ny = Relu(x, ^a, ^w)"
    judge = ask_own(text, OwnFacts())
    assert live(judge) == {"x", "a", "w", "y"}
    assert about(judge, "a").placement is Placement.REMOVED


def test_a_print_goes_with_what_it_prints_but_not_with_what_it_passes_on(ask_own):
    text = X + "a = Neg(x)\nb = Exp(x)\nw = NoOp(^x)\np = Print(a, b, ^w)\ny = Relu(p)"
    assert live(ask_own(text, OwnFacts())) == {"x", "a", "w", "p", "y"}


def cond(predicate, *, merged="live, dead"):
    return (
        X + predicate + "s = Switch(x, p)\ndead = NotAnOp(s:1) {T=float32}\nlive = Relu(s)\n"
        f"y = Merge({merged})"
    )


FALSE = "p = Const : bool[] = false\n"


@pytest.mark.parametrize(
    "predicate",
    [
        FALSE,
        "k = Const : bool[] = false\np = Identity(k)\n",
        "k = Const : bool[] = false\np = PlaceholderWithDefault(k) : bool[]\n",
        "k = Const : bool[] = false\np = LoopCond(k)\n",
        "k = Const : bool[] = false\ni = Identity(k)\np = Identity(i)\n",
        "p = Const : bool[1] = [false]\n",
    ],
)
@pytest.mark.parametrize("merged", ["live, dead", "dead, live"])
def test_a_predicate_that_is_constant_takes_the_dead_branch_out(ask_own, predicate, merged):
    judge = ask_own(cond(predicate, merged=merged), OwnFacts())
    assert {"x", "s", "live", "y"} <= live(judge)
    assert "dead" not in live(judge)
    assert [about(judge, name).placement for name in ("s", "y")] == [Placement.REMOVED] * 2
    other = ask_own(cond(predicate.replace("false", "true"), merged=merged), OwnFacts())
    assert "live" not in live(other)
    assert "dead" in live(other)


@pytest.mark.parametrize(
    "predicate",
    [
        "p = Placeholder : bool[]\n",
        "k = Const : bool[] = false\np = LogicalNot(k)\n",
        "p = Const : int32[] = 0\n",
        "p = Const : bool[2] = [false, false]\n",
        "p = Identity(q)\nq = Identity(p)\n",
        "p = Identity(gone)\n",
    ],
    ids=["fed", "computed", "no bool", "two elements", "a circle", "missing"],
)
def test_any_other_predicate_leaves_both_branches(ask_own, predicate):
    judge = ask_own(cond(predicate), OwnFacts())
    assert {"live", "dead", "s", "p", "y"} <= live(judge)
    assert about(judge, "s").placement is not Placement.REMOVED


def test_a_default_that_is_named_decides_nothing(ask_own):
    text = cond("k = Const : bool[] = false\np = PlaceholderWithDefault(k) : bool[]\n")
    assert "dead" not in live(ask_own(text, OwnFacts()))
    named = ask_own(text, OwnFacts(), input_shapes={"p": ()})
    assert {"dead", "p"} <= live(named)


def test_what_waits_for_a_dead_node_is_dead(ask_own):
    text = cond(FALSE).replace(
        "y = Merge(live, dead)", "late = Neg(x, ^dead)\ny = Merge(late, live)"
    )
    judge = ask_own(text, OwnFacts())
    assert "late" not in live(judge)
    assert about(judge, "y").placement is Placement.REMOVED


def test_a_merge_that_still_joins_two_live_values_stays(ask_own):
    text = cond(FALSE, merged="live, dead, x")
    judge = ask_own(text, OwnFacts())
    assert about(judge, "y").placement is not Placement.REMOVED
    assert about(judge, "s").placement is Placement.REMOVED


def test_what_only_dead_values_meet_in_is_dead(ask_own):
    text = (
        X
        + FALSE
        + (
            "s = Switch(x, p)\na = Neg(s:1)\nb = Exp(s:1)\nm = Merge(a, b)\nn = Neg(m)\n"
            "live = Relu(s)\ny = Merge(n, live)"
        )
    )
    judge = ask_own(text, OwnFacts())
    assert live(judge) == {"x", "s", "live", "y"}
    assert about(judge, "y").placement is Placement.REMOVED


def test_one_condition_in_another(ask_own):
    text = (
        X
        + FALSE
        + (
            "t = Const : bool[] = true\ns = Switch(x, p)\ni = Switch(s, t)\nj = Switch(s:1, t)\n"
            "a = Neg(i)\nb = Exp(i:1)\nm = Merge(a, b)\nd = Abs(j:1)\ny = Merge(m, d)"
        )
    )
    judge = ask_own(text, OwnFacts())
    assert live(judge) == {"x", "s", "i", "b", "m", "y"}
    gone = {name for name in live(judge) if about(judge, name).placement is Placement.REMOVED}
    assert gone == {"s", "i", "m", "y"}


def test_the_predicate_of_a_decided_condition_takes_no_part(ask_own):
    text = cond("w = NotAnOp() {T=bool}\np = Const(^w) : bool[] = false\n")
    assert live(ask_own(text, OwnFacts())) == {"x", "s", "live", "y"}


def test_omg_takes_nothing_out(ask):
    text = X + FALSE + "b = Neg(x)\na = Assert(p, b)\ns = Switch(x, p)\ny = Merge(s, s:1)\n"
    text += "z = Relu(y, ^a)"
    judge = ask(text, "omg@hilens-2021-09/Ascend310", outputs=("z",))
    assert live(judge) == {"x", "p", "b", "a", "s", "y", "z"}
