"""Limits that no list holds: what breaks them, what leaves them open."""

from __future__ import annotations

import pytest
from own_facts import OwnFacts, about, kernel, limit

from linter.judge import Placement, Stage, Status
from linter.results.finding import Certainty

ONE = "x = Placeholder : float32[2,4]\ny = Relu(x)"
CORE = kernel("Relu", "features: float32", "->", "activations: float32")


def asked(ask_own, expr, text=ONE, *, more=(), engine="ge", consequence="error", **rest):
    limits = limit("Relu", expr, engine=engine, consequence=consequence)
    limits["Relu"] += tuple(more)
    facts = OwnFacts(aicore=CORE, limits=limits, **rest)
    return about(ask_own(text, facts), "y")


def test_what_no_engine_can_help_with_is_refused_at_once(ask_own):
    answer = asked(ask_own, "c == 3")
    assert (answer.status, answer.stage, answer.reason) == (
        Status.UNSUPPORTED, Stage.CONSTRAINT, "limit",
    )  # fmt: skip
    assert (answer.placement, answer.ge_op) == (Placement.NONE, "Relu")
    assert dict(answer.detail) == {"limit": "the text of c == 3", "expr": "c == 3"}
    assert answer.evidence == ("parser/Relu", "limits")
    assert answer.certainty is Certainty.DOCUMENTED


@pytest.mark.parametrize("expr", ["c == 4", "nobody_knows == 3"])
def test_a_limit_that_holds_or_is_open_changes_nothing(ask_own, expr):
    assert asked(ask_own, expr).placement is Placement.AICORE


def test_an_error_after_a_limit_of_the_ai_core_is_still_an_error(ask_own):
    (error,) = limit("Relu", "n == 5", engine="ge", consequence="error")["Relu"]
    answer = asked(ask_own, "c == 3", more=(error,), engine="aicore", consequence="falls to aicpu")
    assert dict(answer.detail)["expr"] == "n == 5"


def test_the_first_limit_of_the_ai_core_is_told(ask_own):
    (second,) = limit("Relu", "n == 5")["Relu"]
    answer = asked(ask_own, "c == 3", more=(second,), engine="aicore", consequence="falls to aicpu")
    assert dict(answer.detail)["accepted"] == "c == 3"
    assert dict(answer.detail)["engines"] == "aicore"


def test_one_limit_that_was_looked_at_is_enough(ask_own):
    core = kernel("Relu", *("x: float32", "->", "y: float32"), need_check_support=True)
    held = limit("Relu", "c == 4")["Relu"]
    open_ = limit("Relu", "nobody_knows == 4")["Relu"]
    for limits, reason in (
        (held + open_, "listed"),
        (open_ + held, "listed"),
        (open_, "own_check"),
    ):
        facts = OwnFacts(aicore=core, limits={"Relu": limits})
        assert about(ask_own(ONE, facts), "y").reason == reason


def test_the_chip_and_what_is_static_are_known(ask_own):
    assert asked(ask_own, "soc == 'Own310'").placement is Placement.AICORE
    assert asked(ask_own, "soc == 'Other'").status is Status.UNSUPPORTED
    assert asked(ask_own, "dynamic_shape").status is Status.UNSUPPORTED
    assert asked(ask_own, "not dynamic_shape").status is Status.SUPPORTED


@pytest.mark.parametrize("shape", ["[?,4]", "[...]"])
def test_a_size_that_waits_for_the_flag_leaves_it_open(ask_own, shape):
    text = ONE.replace("[2,4]", shape)
    assert asked(ask_own, "dynamic_shape", text).status is Status.SUPPORTED
    assert asked(ask_own, "not dynamic_shape", text).status is Status.SUPPORTED


def test_a_size_that_is_known_at_run_time_only_is_dynamic(ask_own):
    text = "c = Placeholder : bool[4]\nat = Where(c) {T=bool}\ny = Relu(at) {T=int64}"
    core = kernel("Relu", "x: int64", "->", "y: int64", dynamic_shape=True)
    groups = {"data_dependent_ops": "Where", "local_ops": "Where"}
    for expr, status in (
        ("dynamic_shape", Status.SUPPORTED),
        ("not dynamic_shape", Status.UNSUPPORTED),
    ):
        limits = limit("Relu", expr, engine="ge", consequence="error")
        facts = OwnFacts(aicore=core, limits=limits, groups=groups)
        assert about(ask_own(text, facts), "y").status is status


def test_every_node_of_an_op_with_limits_is_looked_at_for_itself(ask_own):
    """Nodes that look alike share an answer, but not where their shapes decide."""
    text = ONE + "\nw = Placeholder : float32[2,3]\nz = Relu(w)"
    facts = OwnFacts(aicore=CORE, limits=limit("Relu", "c == 4", engine="ge", consequence="error"))
    judge = ask_own(text, facts, outputs=("y", "z"))
    assert about(judge, "y").status is Status.SUPPORTED
    assert about(judge, "z").status is Status.UNSUPPORTED
    assert judge.tally()["Relu", Status.SUPPORTED] == 1
    assert judge.tally()["Relu", Status.UNSUPPORTED] == 1
