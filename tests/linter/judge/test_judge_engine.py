"""The engine that takes a node: their order, what stands in for a list, and what a refusal says."""

from __future__ import annotations

import pytest
from own_facts import OwnFacts, about, kernel, limit, prototype

from linter.judge import Placement, Stage, Status
from linter.results.finding import Certainty
from opdb.record import Engine, ParserRecord

ONE = "x = Placeholder : float32[2]\ny = Relu(x)"
LISTED = ("features: float32", "->", "activations: float32")
NAMES = prototype("Relu", "features", "->", "activations")
CORE = kernel("Relu", *LISTED)


def entry(engine, *tensors, **more):
    (made,) = kernel("Relu", *(tensors or LISTED), engine=engine, **more).values()
    return made


AICPU, TF = entry(Engine.AICPU), entry(Engine.TF_KERNEL)


@pytest.mark.parametrize("group", ["local_ops", "rts_ops"])
def test_local_ops_need_no_kernel(ask_own, group):
    answer = about(ask_own(ONE, OwnFacts(aicore=CORE, groups={group: "Relu"})), "y")
    assert (answer.placement, answer.reason) == (Placement.LOCAL, "local")
    assert (answer.certainty, answer.ge_op) == (Certainty.DOCUMENTED, "Relu")
    assert answer.evidence == ("parser/Relu", f"group/{group}")


def test_what_the_parser_only_seems_to_know_is_local_by_inference(ask_own):
    facts = OwnFacts(
        groups={"local_ops": "Relu"},
        parser={"Relu": ParserRecord("Relu", "Relu", "same-name", inferred=True)},
    )
    assert about(ask_own(ONE, facts), "y").certainty is Certainty.INFERRED


def test_the_ai_core_comes_before_the_cpu_and_that_before_tensorflow(ask_own):
    both = {"cpu": (TF, AICPU), "prototypes": NAMES}
    core = about(ask_own(ONE, OwnFacts(aicore=CORE, **both)), "y")
    assert (core.placement, core.reason) == (Placement.AICORE, "listed")
    assert core.evidence == ("parser/Relu", "aicore/Relu")
    assert about(ask_own(ONE, OwnFacts(**both)), "y").placement is Placement.AICPU
    one = OwnFacts(cpu=(TF,), prototypes=NAMES)
    assert about(ask_own(ONE, one), "y").placement is Placement.TF_KERNEL


def test_the_host_cpu_list_is_no_engine_of_a_model(ask_own):
    facts = OwnFacts(cpu=(entry(Engine.HOST_CPU),), prototypes=NAMES)
    answer = about(ask_own(ONE, facts), "y")
    assert (answer.status, answer.reason) == (Status.UNSUPPORTED, "no_kernel")
    assert answer.evidence == ("parser/Relu", "the kernel lists")


def test_a_vector_engine_counts_as_the_ai_core(ask_own):
    facts = OwnFacts(aicore=kernel("Relu", *LISTED, engine=Engine.DSA))
    assert about(ask_own(ONE, facts), "y").placement is Placement.AICORE


def test_an_op_comes_before_its_twins_and_they_in_their_order(ask_own):
    twins = {"Relu": ("ReluD", "ReluE")}
    others = {**kernel("ReluD", *LISTED), **kernel("ReluE", *LISTED)}
    for aicore, name in ((others, "ReluD"), ({**others, **CORE}, "Relu")):
        answer = about(ask_own(ONE, OwnFacts(aicore=aicore, twins=twins)), "y")
        assert dict(answer.detail) == {"kernel": name}
        assert answer.ge_op == "Relu"


def test_what_one_engine_refuses_another_may_take(ask_own):
    refusing = kernel("Relu", "features: bool", "->", "activations: bool")
    facts = OwnFacts(aicore=refusing, cpu=(AICPU,), prototypes=NAMES)
    assert about(ask_own(ONE, facts), "y").placement is Placement.AICPU


def test_a_limit_of_the_ai_core_leaves_the_cpu(ask_own):
    limits = limit("Relu", "n == 3")
    facts = OwnFacts(aicore=CORE, cpu=(AICPU,), prototypes=NAMES, limits=limits)
    assert about(ask_own(ONE, facts), "y").placement is Placement.AICPU
    alone = about(ask_own(ONE, OwnFacts(aicore=CORE, limits=limits)), "y")
    assert (alone.status, alone.stage) == (Status.UNSUPPORTED, Stage.CONSTRAINT)
    detail = dict(alone.detail)
    assert (alone.reason, detail["seen"]) == ("limit", "the text of n == 3")
    assert detail["accepted"] == "n == 3"
    assert "limits" in alone.evidence


def test_a_check_in_code_makes_it_inferred_unless_a_limit_stands_for_it(ask_own):
    core = kernel("Relu", *LISTED, need_check_support=True)
    answer = about(ask_own(ONE, OwnFacts(aicore=core)), "y")
    assert (answer.certainty, answer.reason) == (Certainty.INFERRED, "own_check")
    checked = about(ask_own(ONE, OwnFacts(aicore=core, limits=limit("Relu", "n == 2"))), "y")
    assert (checked.certainty, checked.reason) == (Certainty.DOCUMENTED, "listed")
    open_ = limit("Relu", "what_nobody_knows == 2")
    answer = about(ask_own(ONE, OwnFacts(aicore=core, limits=open_)), "y")
    assert answer.reason == "own_check"
    other = limit("Relu", "n == 2", engine="ge", consequence="error")
    assert about(ask_own(ONE, OwnFacts(aicore=core, limits=other)), "y").reason == "own_check"


@pytest.mark.parametrize("flag", ["inferred", "expanded"])
def test_a_mapping_that_was_put_together_makes_it_inferred(ask_own, flag):
    record = ParserRecord("Relu", "Relu", "plugin", **{flag: True})
    answer = about(ask_own(ONE, OwnFacts(aicore=CORE, parser={"Relu": record})), "y")
    assert (answer.status, answer.certainty) == (Status.SUPPORTED, Certainty.INFERRED)


def test_an_op_that_is_gone_before_engines_are_asked_needs_none(ask_own):
    gone = {"removed_ops": "Relu"}
    answer = about(ask_own(ONE, OwnFacts(groups=gone)), "y")
    assert (answer.placement, answer.certainty) == (Placement.LOCAL, Certainty.INFERRED)
    assert answer.evidence == ("parser/Relu", "group/removed_ops")
    assert about(ask_own(ONE, OwnFacts(groups=gone, aicore=CORE)), "y").placement is (
        Placement.AICORE
    )


def test_a_pass_rewrites_what_no_list_has(ask_own):
    rewrites = {"Relu": ("A", "B")}
    both = {**kernel("A"), **kernel("BD")}
    facts = OwnFacts(aicore=both, rewrites=rewrites, twins={"B": ("BD",)})
    answer = about(ask_own(ONE, facts), "y")
    assert (answer.placement, answer.reason) == (Placement.AICORE, "pass_rewrite")
    assert (answer.certainty, dict(answer.detail)) == (Certainty.INFERRED, {"targets": "A, B"})
    assert answer.evidence == ("parser/Relu", "group/pass_rewrites")
    one = about(ask_own(ONE, OwnFacts(aicore=kernel("A"), rewrites=rewrites)), "y")
    assert (one.status, one.reason) == (Status.UNSUPPORTED, "no_kernel")


def test_a_pass_may_just_take_an_op_out(ask_own):
    answer = about(ask_own(ONE, OwnFacts(rewrites={"Relu": ()})), "y")
    assert (answer.status, answer.placement) == (Status.SUPPORTED, Placement.REMOVED)


def test_a_pass_does_not_help_what_a_list_refuses(ask_own):
    refusing = kernel("Relu", "features: bool", "->", "activations: bool")
    facts = OwnFacts(aicore={**refusing, **kernel("A")}, rewrites={"Relu": ("A",)})
    assert about(ask_own(ONE, facts), "y").status is Status.UNSUPPORTED


def test_cpu_lists_stand_for_a_pass_as_well(ask_own):
    (made,) = kernel("A", engine=Engine.AICPU).values()
    answer = about(ask_own(ONE, OwnFacts(cpu=(made,), rewrites={"Relu": ("A",)})), "y")
    assert answer.reason == "pass_rewrite"


BAD_CORE = kernel("Relu", "features: int32", "->", "activations: int32")
BAD_CPU = entry(Engine.AICPU, "features: bool", "->", "activations: bool")


def test_a_refusal_names_all_engines_and_the_reason_of_the_first(ask_own):
    facts = OwnFacts(aicore=BAD_CORE, cpu=(BAD_CPU,), prototypes=NAMES)
    answer = about(ask_own(ONE, facts), "y")
    assert dict(answer.detail) == {
        "tensor": "features",
        "seen": "float32",
        "accepted": "int32",
        "engines": "aicore, aicpu",
        "why": "dtype",
    }
    assert answer.evidence == ("parser/Relu", "aicore/Relu", "aicpu/Relu")
    assert (answer.port, answer.certainty) == (0, Certainty.DOCUMENTED)


@pytest.mark.parametrize("core", [{}, BAD_CORE], ids=["in no list", "refused"])
def test_lists_that_are_not_whole_refuse_nothing(ask_own, core):
    answer = about(ask_own(ONE, OwnFacts(aicore=core, complete=False)), "y")
    assert answer.status is Status.UNKNOWN
    whole = about(ask_own(ONE, OwnFacts(aicore=core)), "y")
    assert (whole.status, whole.certainty) == (Status.UNSUPPORTED, Certainty.DOCUMENTED)


def test_in_no_list_is_inferred_where_the_mapping_is(ask_own):
    record = ParserRecord("Relu", "Relu", "same-name", inferred=True)
    answer = about(ask_own(ONE, OwnFacts(parser={"Relu": record})), "y")
    assert (answer.status, answer.certainty) == (Status.UNSUPPORTED, Certainty.INFERRED)


def test_one_open_engine_leaves_the_node_open(ask_own):
    facts = OwnFacts(
        aicore=kernel("Relu", "features", "->", "activations"),
        cpu=(BAD_CPU,),
        prototypes=prototype("Relu", "features: bool", "->", "activations"),
    )
    answer = about(ask_own(ONE, facts), "y")
    assert (answer.status, answer.reason) == (Status.UNKNOWN, "undecided")
    assert dict(answer.detail)["why"] == "dtype"


LATER = entry(Engine.AICPU, version="9")


def later(*entries, core=BAD_CORE, imply=None, **rest):
    """A release whose CPU lists are not whole."""
    record = ParserRecord("Relu", "Relu", "plugin", imply=imply, evidence=("parser/Relu",))
    return OwnFacts(
        aicore=core,
        later=entries,
        cpu_complete=False,
        parser={"Relu": record},
        prototypes=NAMES,
        **rest,
    )


def test_later_lists_vouch_for_what_this_release_refuses(ask_own):
    answer = about(ask_own(ONE, later(LATER)), "y")
    assert (answer.status, answer.placement) == (Status.SUPPORTED, Placement.AICPU)
    assert (answer.certainty, answer.reason) == (Certainty.INFERRED, "later_list")
    assert dict(answer.detail) == {"version": "9"}
    assert answer.evidence == ("parser/Relu", "aicpu/Relu")


@pytest.mark.parametrize(
    "entries",
    [(), (BAD_CPU,), (entry(Engine.HOST_CPU),), (entry(Engine.AICPU, "->"),)],
    ids=["none", "refuses too", "host", "no dtypes"],
)
def test_what_no_later_list_takes_either_is_refused_by_inference(ask_own, entries):
    answer = about(ask_own(ONE, later(*entries)), "y")
    assert (answer.status, answer.certainty) == (Status.UNSUPPORTED, Certainty.INFERRED)
    assert (answer.stage, answer.port) == (Stage.DTYPE, 0)


def test_later_lists_vouch_for_absent_ops_of_the_cpu_only(ask_own):
    assert about(ask_own(ONE, later(LATER, core={})), "y").status is Status.UNKNOWN
    registered = about(ask_own(ONE, later(LATER, core={}, imply="AI_CPU")), "y")
    assert registered.reason == "later_list"
    alone = about(ask_own(ONE, later(core={}, imply="AI_CPU")), "y")
    assert (alone.status, alone.reason) == (Status.UNKNOWN, "no_list")


def test_an_open_answer_of_this_release_stays_open(ask_own):
    core = kernel("Relu", "features", "->", "activations")
    names = prototype("Relu", "features: bool", "->", "activations")
    facts = OwnFacts(aicore=core, cpu=(BAD_CPU,), cpu_complete=False, prototypes=names)
    answer = about(ask_own(ONE, facts), "y")
    assert (answer.status, answer.reason) == (Status.UNKNOWN, "undecided")


def test_a_refused_node_of_constants_is_open_as_it_may_be_folded(ask_own):
    text = "x = Const : float32[2] = 1.0\ny = Relu(x)"
    answer = about(ask_own(text, OwnFacts(aicore=BAD_CORE)), "y")
    assert (answer.status, answer.reason) == (Status.UNKNOWN, "constant_refused")
    assert answer.certainty is Certainty.INFERRED
    assert about(ask_own(text, OwnFacts(aicore=CORE)), "y").reason == "listed"
