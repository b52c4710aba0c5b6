"""A release in between: what its neighbours say together."""

from __future__ import annotations

from dataclasses import replace

import pytest
from own_facts import OwnCombined, OwnFacts, about, kernel, prototype

from linter.graph import Value
from linter.io.graphtext import parse
from linter.judge import JudgeOptions, Placement, Stage, Status, make_judge
from linter.results.finding import Certainty
from opdb.record import Engine
from opdb.target import Target

ONE = "x = Placeholder : float32[2]\ny = Relu(x)"
NAMES = prototype("Relu", "features", "->", "activations")


def release(version, *placements, **more):
    """A release in which Relu goes to the given engines."""
    listed = ("features: float32", "->", "activations: float32")
    evidence = (f"list/{version}",)
    core = kernel("Relu", *listed, evidence=evidence) if "core" in placements else {}
    cpu = kernel("Relu", *listed, engine=Engine.AICPU, evidence=evidence).values()
    return OwnFacts(
        Target("atc", version, "Own310"),
        aicore={**core, **kernel("Placeholder")},
        cpu=tuple(cpu) if "cpu" in placements else (),
        prototypes=NAMES,
        **more,
    )


BOTH = OwnCombined((release("1", "core"), release("3", "core")))


def test_what_both_neighbours_support_is_supported_by_inference(ask_own):
    answer = about(ask_own(ONE, BOTH), "y")
    assert (answer.status, answer.placement) == (Status.SUPPORTED, Placement.AICORE)
    assert answer.certainty is Certainty.INFERRED
    assert answer.evidence == ("parser/Relu", "list/3", "list/1")


def test_the_later_neighbour_says_where_it_goes(ask_own):
    facts = OwnCombined((release("1", "core"), release("3", "cpu")))
    assert about(ask_own(ONE, facts), "y").placement is Placement.AICPU


def test_what_both_refuse_is_refused_by_inference(ask_own):
    answer = about(ask_own(ONE, OwnCombined((release("1"), release("3")))), "y")
    assert (answer.status, answer.certainty) == (Status.UNSUPPORTED, Certainty.INFERRED)
    assert answer.reason == "no_kernel"


@pytest.mark.parametrize(
    ("one", "other", "first", "second"),
    [
        (("core",), (), "supported", "unsupported"),
        ((), ("core",), "unsupported", "supported"),
    ],
)
def test_neighbours_that_differ_leave_it_open(ask_own, one, other, first, second):
    answer = about(ask_own(ONE, OwnCombined((release("1", *one), release("3", *other)))), "y")
    assert (answer.status, answer.reason) == (Status.UNKNOWN, "releases_differ")
    assert (answer.placement, answer.stage) == (Placement.NONE, Stage.ENGINE)
    assert dict(answer.detail) == {
        "before": "1", "first": first, "after": "3", "second": second,
    }  # fmt: skip
    assert {"parser/Relu", "the kernel lists"} <= set(answer.evidence)
    assert answer.ge_op == "Relu"
    assert answer.certainty is Certainty.INFERRED


def test_a_partial_release_may_add_what_it_supports(ask_own):
    facts = OwnCombined((release("1"), release("3")), adds=(release("4"), release("5", "cpu")))
    answer = about(ask_own(ONE, facts), "y")
    assert (answer.status, answer.placement) == (Status.SUPPORTED, Placement.AICPU)
    assert answer.certainty is Certainty.INFERRED
    assert answer.evidence == ("parser/Relu", "list/5", "the kernel lists")


def test_a_partial_release_takes_nothing_away(ask_own):
    facts = OwnCombined((release("1", "core"),), adds=(release("4"),))
    assert about(ask_own(ONE, facts), "y").status is Status.SUPPORTED
    both = OwnCombined((release("1", "core"),), adds=(release("4", "cpu"),))
    assert about(ask_own(ONE, both), "y").placement is Placement.AICORE


def test_what_a_later_partial_release_supports_is_not_called_refused(ask_own):
    facts = OwnCombined((release("1"), release("3")), softens=(release("4"), release("5", "core")))
    answer = about(ask_own(ONE, facts), "y")
    assert (answer.status, answer.reason) == (Status.UNKNOWN, "releases_differ")
    assert dict(answer.detail)["before"] == "3"
    assert dict(answer.detail)["after"] == "5"
    hard = OwnCombined((release("1"), release("3")), softens=(release("4"),))
    assert about(ask_own(ONE, hard), "y").status is Status.UNSUPPORTED


def test_without_a_full_neighbour_nothing_is_refused(ask_own):
    alone = about(ask_own(ONE, OwnCombined(adds=(release("4"), release("5")))), "y")
    assert (alone.status, alone.reason) == (Status.UNKNOWN, "no_data")
    assert (alone.placement, alone.certainty) == (Placement.NONE, Certainty.INFERRED)
    part = OwnCombined(adds=(release("4", "core"), release("5")))
    assert about(ask_own(ONE, part), "y").status is Status.SUPPORTED
    open_ = OwnCombined(adds=(release("5", complete=False),))
    assert about(ask_own(ONE, open_), "y").reason == "no_kernel"


def test_all_neighbours_drop_what_the_tool_drops(ask_own):
    text = ONE.replace("y = Relu(x)", "c = Less(x, x)\na = Assert(c, x)\ny = Relu(x, ^a)")
    assert "c" not in ask_own(text, BOTH).reachable(ask_own(text, BOTH).model.main)


def test_counts_of_kinds_are_those_of_the_single_answers(ask_own):
    text = ONE + "\nz = Relu(y)\nw = NotAnOp(z)"
    for facts in (
        BOTH,
        OwnCombined((release("1", "core"), release("3"))),
        OwnCombined((release("1"), release("3")), adds=(release("5", "cpu"),)),
    ):
        judge = ask_own(text, facts, outputs=("z",))
        counts: dict[tuple[str, Status], int] = {}
        for _, node, answer in judge.judgements():
            key = (node.op, answer.status)
            counts[key] = counts.get(key, 0) + 1
        assert dict(judge.tally()) == counts


def test_all_judges_are_told_of_an_edit_and_of_a_node_that_was_taken_back(ask_own):
    answers = []
    for forget in ("refresh", "discard"):
        judge = ask_own(ONE, BOTH)
        assert about(judge, "y").status is Status.SUPPORTED
        node = judge.model.main["y"]
        judge.model.main.patch([node.replace(op="NotListed")])
        getattr(judge, forget)(["y"])
        answers.append(about(judge, "y"))
    assert [answer.status for answer in answers] == [Status.UNSUPPORTED] * 2
    assert answers[0].ge_op == "NotListed"


def test_what_one_judge_worked_out_the_next_takes_over():
    model = parse(ONE)
    options = JudgeOptions(outputs=(Value("y"),))
    first = make_judge(model, BOTH, options)
    first.summary()
    second = make_judge(model, BOTH, options, like=first)
    assert second.inference(model.main) is first.inference(model.main)
    assert second.summary() == first.summary()
    plain = make_judge(model, release("7", "core"), options, like=first)
    assert plain.inference(model.main) is first.inference(model.main)
    assert replace(plain.summary(), placements={}) == replace(first.summary(), placements={})
