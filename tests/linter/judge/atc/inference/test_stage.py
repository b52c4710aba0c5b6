"""Where inference stands among the stages, and what a TensorFlow node is to the graph engine."""

from __future__ import annotations

import pytest

from linter.judge import Placement, Reason, Stage, Status
from linter.results.json_values import finding_value
from linter.rules.run_lint import run_lint
from rules.registry import lint_rules

CHANNELS = (
    "x = Placeholder : float32[1,8,8,3]\nw = Const : float32[3,3,4,5] = 0.5\n"
    'y = Conv2D(x, w) {strides=[1, 1, 1, 1], padding="SAME"}'
)


def about(judge, name="y"):
    return judge.node(judge.model.main, judge.model.main[name])


@pytest.mark.parametrize("target", ["atc@8.1.RC1/Ascend310P3", "atc@5.0.2/Ascend310"])
def test_a_refusal_names_the_stage_and_the_code(ask, target):
    answer = about(ask(CHANNELS, target))
    assert (answer.status, answer.refused_by) == (Status.UNSUPPORTED, Stage.INFERENCE)
    assert (answer.reason, answer.code, answer.port) == (Reason.INFERRED_SHAPE, "EZ9999", 1)
    assert "3 and 4 channels" in dict(answer.detail)["seen"]
    assert "canndev/inference" in answer.evidence


def test_a_finding_has_stage_and_code_and_json_has_not(ask):
    judge = ask(CHANNELS)
    (found,) = [f for f in run_lint(lint_rules(), judge).findings if f.severity == "error"]
    assert (found.code, found.stage, found.compiler_code) == ("SHP006", "inference", "EZ9999")
    assert found.message.endswith("atc stops in shape inference with EZ9999")
    assert {"stage", "compiler_code"}.isdisjoint(finding_value(found))


def test_an_unknown_op_stops_the_parser_with_its_code(ask):
    judge = ask("x = Placeholder : float32[2]\ny = NotAnOp(x) {T=float32}")
    (found,) = [f for f in run_lint(lint_rules(), judge).findings if f.severity == "error"]
    assert (found.stage, found.compiler_code) == ("parser", "E10501")


def test_v1_control_flow_is_asked_before_it_is_left_open(ask):
    text = "x = Placeholder : float32[2]\np = Placeholder : {}[]\ny = Switch(x, p)"
    refused = about(ask(text.format("float32")))
    assert (refused.refused_by, refused.code) == (Stage.INFERENCE, "E19999")
    assert about(ask(text.format("bool"))).stage is Stage.CONTROL_FLOW


def test_the_dtype_is_that_of_the_node_behind_removed_ones(ask):
    text = (
        "x = Placeholder : float32[2]\np = Placeholder : float32[]\n"
        "q = Identity(p) {T=bool}\ny = Switch(x, q)"
    )
    assert about(ask(text)).reason is Reason.INFERRED_DTYPE


@pytest.mark.parametrize(("shape", "refused"), [("Placeholder : int32[1]", True), ("", False)])
def test_random_gamma_loses_its_dtype_where_the_shape_is_data(ask, shape, refused):
    text = (
        f"s = {shape or 'Const : int32[1] = 4'}\na = Placeholder : float64[2]\n"
        "r = RandomGamma(s, a)\nc = Const : float64[] = 2.0\ny = RealDiv(r, c)"
    )
    assert (about(ask(text)).refused_by is Stage.INFERENCE) == refused


@pytest.mark.parametrize(
    ("place", "refused"),
    [
        ("Placeholder : int32[]", True),
        ("Const : int32[] = 1", False),
    ],
)
def test_what_must_be_a_constant_may_not_be_data(ask, place, refused):
    text = f"x = Placeholder : float32[4]\nk = {place}\nn = Identity(k)\ny = NthElement(x, n)"
    answer = about(ask(text))
    assert (answer.reason is Reason.INFERRED_CONSTANT) == refused


def test_what_follows_from_an_open_size_may_still_become_a_constant(ask):
    text = (
        "x = Placeholder : float32[?,3]\ns = Shape(x)\nr = Placeholder : float32[]\n"
        "y = RandomPoissonV2(s, r) {dtype=float32}"
    )
    assert about(ask(text)).refused_by is not Stage.INFERENCE


def test_folded_nodes_are_not_asked(ask):
    text = (
        "a = Const : float32[2] = 1.0\nb = Const : int32[2] = 1\nk = Maximum(a, b)\n"
        "x = Placeholder : float32[2]\ny = Add(x, k)"
    )
    assert about(ask(text), "k").placement is Placement.FOLDED


def test_a_conflict_that_another_rule_tells_is_told_once(ask):
    text = "x = Placeholder : float32[2,3]\ns = Const : int32[2] = [4, 2]\ny = Reshape(x, s)"
    judge = ask(text)
    assert about(judge).reason is Reason.CONTRADICTION
    (found,) = [f for f in run_lint(lint_rules(), judge).findings if f.severity == "error"]
    assert (found.code, found.stage, found.compiler_code) == ("SHP004", "inference", "E19999")


def test_a_node_that_passes_by_its_dtypes_says_nothing_of_the_next(ask):
    text = (
        "a = Placeholder : float32[2]\ni = Placeholder : int32[2]\nj = Identity(i) {T=float32}\n"
        "k = Maximum(a, a)\nl = Maximum(k, a)\ny = Maximum(l, j)"
    )
    judge = ask(text)
    assert about(judge, "l").status is Status.SUPPORTED
    assert about(judge, "y").reason is Reason.INFERRED_DTYPE
