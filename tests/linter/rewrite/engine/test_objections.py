"""What stands against a change is of a kind, from whoever says it up to the outcome."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from linter.graph import Graph, Value
from linter.io import graphtext
from linter.judge import Judge
from linter.judge.synthetic import synthetic_judge
from linter.results.finding import Safety
from linter.results.objection import ObjectionKind
from linter.results.why import Kind
from linter.rewrite.engine import RewriteOptions, RewriteOutcome, rewrite
from linter.rewrite.engine.why import explain_node
from linter.rules import DeletionRule, RewriteRule, Sweep
from linter.rules.edit import GraphEditor
from linter.rules.examples import Rewritten, Untouched
from linter.rules.match import Match, Refusal, op, var
from rules.registry import rewrite_rules

TEXT = "x = Placeholder : float32[2]\na = Exp(x)\ny = Relu(a)"
DOC = "Head.\n\nExact: x\nShapes: x\nSource: x\n"
EXAMPLES = (Rewritten("", after=""), Untouched(""))
Guard = Callable[[Match], Any]
Build = Callable[[Match, GraphEditor], Any]


def _sqrt(m: Match, edit: GraphEditor) -> Value:
    return edit.add("Sqrt", [m["x"]])


def _rule(
    build: Build = _sqrt,
    *,
    guard: Guard = lambda m: None,
    safety: Safety = Safety.EXACT,
    always: bool = False,
) -> RewriteRule:
    declared = {
        "__doc__": DOC,
        "id": "RWU001",
        "name": "objecting",
        "safety": safety,
        "always": always,
        "rtol": 1e-5 if safety is Safety.TOLERANCE else 0.0,
        "pattern": op("Exp", var("x")),
        "examples": EXAMPLES,
        "guard": lambda self, m: guard(m),
        "build": lambda self, m, edit: build(m, edit),
    }
    made: RewriteRule = type("Objecting", (RewriteRule,), declared)()
    return made


class Sweeping(DeletionRule):
    __doc__ = DOC
    id, name, safety = "RWU002", "sweeping", Safety.EXACT
    examples = EXAMPLES
    refusal: str | None = None

    def sweeps(self, graph: Graph, judge: Judge) -> Iterator[Sweep]:
        yield Sweep("a", frozenset({"a"}), self.refusal)


class Reluctant(Sweeping):
    __doc__ = DOC
    id, name = "RWU003", "reluctant"
    refusal = "manual work would be needed"


def _run(
    rule: RewriteRule,
    options: RewriteOptions | None = None,
    *,
    lacking: tuple[str, ...] = ("Exp",),
    **given: Any,
) -> RewriteOutcome:
    def judge(model: Any) -> Judge:
        return synthetic_judge(model, lacking=lacking, **given)

    return rewrite((rule,), graphtext.parse(TEXT), judge, options)


@pytest.mark.parametrize(
    ("rule", "options", "kind"),
    [
        (_rule(guard=lambda m: m.refuse("no")), None, ObjectionKind.GUARD),
        (_rule(guard=lambda m: Refusal("no", "a")), None, ObjectionKind.GUARD),
        (_rule(lambda m, e: m.refuse("no")), None, ObjectionKind.GUARD),
        (_rule(guard=lambda m: m.refuse("manual: no")), None, ObjectionKind.GUARD),
        (
            _rule(lambda m, e: m.refuse("none", kind=ObjectionKind.NEEDS_EVALUATOR)),
            None,
            ObjectionKind.NEEDS_EVALUATOR,
        ),
        (_rule(safety=Safety.MANUAL), None, ObjectionKind.MANUAL),
        (_rule(safety=Safety.TOLERANCE), RewriteOptions(exact_only=True), ObjectionKind.UNVERIFIED),
        (_rule(lambda m, e: Value("gone")), None, ObjectionKind.UNFIT),
        (_rule(lambda m, e: ()), None, ObjectionKind.UNFIT),
        (_rule(lambda m, e: e.add("Exp", [m["x"]])), None, ObjectionKind.NOT_BETTER),
        (Sweeping(), None, ObjectionKind.LOSES_OUTPUT),
        (Reluctant(), None, ObjectionKind.GUARD),
    ],
)
def test_a_refused_change_says_of_what_kind_the_objection_is(
    rule: RewriteRule, options: RewriteOptions | None, kind: ObjectionKind
) -> None:
    outcome = _run(rule, options)
    assert not outcome.errors
    (refused,) = outcome.refused
    assert (refused.rule, refused.kind) == (rule.id, kind)
    assert refused.reason == refused.objection.reason != ""


def test_a_rule_that_repeats_itself_makes_no_progress() -> None:
    rule = _rule(lambda m, e: e.add("Exp", [m["x"]]), always=True)
    (refused,) = _run(rule, lacking=()).refused
    assert refused.kind is ObjectionKind.NO_PROGRESS


def test_a_change_that_is_taken_back_left_the_model_worse_off() -> None:
    def unshaped(m: Match, edit: GraphEditor) -> Value:
        return edit.const([1.0, 2.0], "float32", shape=(2, 1))

    text = "x = Placeholder : float32[2,?]\na = Exp(x)\nb = Relu(a)\nc = Square(a)"
    limits = {"Relu": "in_c == 3", "Square": "in_c == 3"}
    outcome = rewrite(
        (_rule(unshaped),),
        graphtext.parse(text),
        lambda model: synthetic_judge(model, lacking=("Exp",), limits=limits),
    )
    assert [refused.kind for refused in outcome.refused] == [ObjectionKind.WORSE_OFF]


def test_a_rule_that_has_nothing_to_say_is_not_reported() -> None:
    assert _run(_rule(guard=lambda m: m.refuse(""))).refused == ()
    assert _run(_rule(lambda m, e: m.refuse(""))).refused == ()


@pytest.mark.parametrize("said", ["no", True, ("no", "a")])
def test_a_guard_that_returns_something_else_has_crashed(said: object) -> None:
    outcome = _run(_rule(guard=lambda m: said))
    assert outcome.rewrites == ()
    (error,) = outcome.errors
    assert "the guard of RWU001 returned" in str(error)


def _answer(rule: RewriteRule) -> Kind:
    model = graphtext.parse(TEXT)
    options = RewriteOptions()
    outcome = _run(rule, options)
    explanation = explain_node(
        "a", synthetic_judge(model, lacking=("Exp",)), outcome, (rule,), options
    )
    assert explanation is not None
    (answer,) = explanation.answers
    return answer.kind


@pytest.mark.parametrize(
    ("rule", "kind"),
    [
        (_rule(guard=lambda m: m.refuse("manual: applied only with --unsafe-fixes")), Kind.REFUSED),
        (_rule(guard=lambda m: m.refuse("")), Kind.REFUSED),
        (_rule(guard=lambda m: 1 / 0), Kind.REFUSED),
        (_rule(safety=Safety.MANUAL), Kind.WITHHELD),
        (_rule(lambda m, e: e.add("Exp", [m["x"]])), Kind.BLOCKED),
        (_rule(lambda m, e: Value("gone")), Kind.BLOCKED),
    ],
)
def test_how_a_rewrite_stands_to_a_node_follows_from_the_kind(
    rule: RewriteRule, kind: Kind
) -> None:
    assert _answer(rule) is kind


def test_rules_that_ask_tensorflow_say_that_they_need_it() -> None:
    text = "c = Const : float32[2] = 1.0\ny = Lgamma(c)\nz = Relu(y)"
    outcome = rewrite(
        rewrite_rules(),
        graphtext.parse(text),
        lambda model: synthetic_judge(model, lacking=("Lgamma",)),
    )
    kinds = {refused.rule: refused.kind for refused in outcome.refused}
    assert kinds.get("RWS230") is ObjectionKind.NEEDS_EVALUATOR
