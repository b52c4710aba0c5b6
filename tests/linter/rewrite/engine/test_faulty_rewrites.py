"""Rewrites that would break the graph or never end are refused by name, and the graph stays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from linter.graph import DType, Value
from linter.io import graphtext
from linter.judge.synthetic import synthetic_judge
from linter.results.finding import Safety
from linter.rewrite.engine import RewriteOutcome, rewrite
from linter.rules import RewriteRule
from linter.rules.edit import GraphEditor
from linter.rules.examples import Rewritten, Untouched
from linter.rules.match import Match, op, var

TEXT = """
x = Placeholder : float32[2]
w = Neg(x)
a = Exp(w)
y = Relu(a)
z = Abs(y)
"""
Build = Callable[[Match, GraphEditor], Any]


def _rule(build: Build, *, code: str = "RWU001", head: str = "Exp", always: bool = False) -> Any:
    declared = {
        "__doc__": "Head.\n\nExact: x\nShapes: x\nSource: x\n",
        "id": code,
        "name": "faulty",
        "safety": Safety.EXACT,
        "always": always,
        "pattern": op(head, var("x")),
        "examples": (Rewritten("", after=""), Untouched("")),
        "build": lambda self, m, edit: build(m, edit),
    }
    return type("Faulty", (RewriteRule,), declared)()


def _run(*rules: RewriteRule, lacking: tuple[str, ...] = ("Exp",), text: str = TEXT) -> Any:
    def judge(model: Any) -> Any:
        return synthetic_judge(model, lacking=lacking)

    return rewrite(rules, graphtext.parse(text), judge)


def _text(outcome: RewriteOutcome) -> str:
    return graphtext.dump(outcome.model)


@pytest.mark.parametrize(
    ("build", "reason"),
    [
        (lambda m, e: Value("gone"), "the replacement reads gone:0, which is not in the graph"),
        (lambda m, e: e.add("Sqrt", [Value("gone")]), "the new Sqrt reads gone:0, which is not"),
        (lambda m, e: Value("x", 3), "the replacement reads x:3, but x has 1 output"),
        (lambda m, e: Value("z"), "depends on a itself, which would close a cycle"),
        (lambda m, e: e.add("Sqrt", [Value("y")]), "depends on a itself"),
        (lambda m, e: e.add("Sqrt", [m.root]), "depends on a itself"),
        (lambda m, e: e.add("Sqrt", [m["x"], m["x"]]), "the new Sqrt has 2 inputs"),
        (lambda m, e: e.add("Sqrt", []), "the new Sqrt has 0 inputs"),
        (lambda m, e: e.add("LeakyRelu", [m["x"]], {"beta": 1.0}), "an attribute 'beta'"),
        (lambda m, e: e.add("LeakyRelu", [m["x"]], {"alpha": "1"}), "has alpha = '1'"),
        (lambda m, e: e.add("Cast", [m["x"]]), "lacks the attribute 'DstT'"),
        (lambda m, e: e.add("Sqrt", [m["x"]], name="no such^name"), "is no name for a node"),
        (lambda m, e: e.add("Cast", [m["x"]], {"DstT": DType("int32")}), "is int32, not float32"),
        (lambda m, e: e.const([1.0] * 3, "float32"), "has shape [3], not [2]"),
        (lambda m, e: e.add("OpOfNobody", [m["x"]]), "of unknown dtype, not float32"),
        (lambda m, e: (), "output 0 is read and has no replacement"),
    ],
)
def test_what_would_break_the_graph_is_refused(build: Build, reason: str) -> None:
    outcome = _run(_rule(build))
    assert not outcome.errors
    assert outcome.rewrites == ()
    (refused,) = outcome.refused
    assert (refused.rule, refused.node) == ("RWU001", "a")
    assert reason in refused.reason
    assert _text(outcome) == graphtext.dump(graphtext.parse(TEXT))


def test_a_sibling_that_does_not_need_the_root_may_be_read() -> None:
    text = TEXT + "s = Abs(x)\n"
    outcome = _run(_rule(lambda m, e: e.add("Mul", [m["x"], Value("s")])), text=text)
    assert [made.root for made in outcome.rewrites] == ["a"]


def test_a_pair_of_rules_that_undo_each_other_ends() -> None:
    there = _rule(lambda m, e: e.add("Sqrt", [m["x"]]))
    back = _rule(lambda m, e: e.add("Exp", [m["x"]]), code="RWU002", head="Sqrt")
    outcome = _run(there, back, lacking=("Exp", "Sqrt"))
    assert outcome.rewrites == ()
    assert [refused.rule for refused in outcome.refused] == ["RWU001"]


@pytest.mark.parametrize(
    "build",
    [
        pytest.param(lambda m, e: e.add("Exp", [m["x"]]), id="the same"),
        pytest.param(lambda m, e: e.add("Exp", [m["x"]], {"_mark": 1}), id="itself"),
        pytest.param(lambda m, e: e.add("Exp", [e.add("Exp", [m["x"]])]), id="ever more"),
    ],
)
def test_a_rule_that_is_always_on_and_feeds_itself_is_stopped(build: Build) -> None:
    outcome = _run(_rule(build, always=True), lacking=())
    assert len(outcome.rewrites) <= 1
    assert outcome.refused
    for refused in outcome.refused:
        assert refused.rule == "RWU001"
        assert "makes no progress" in refused.reason


def test_two_rules_that_are_always_on_and_undo_each_other_are_stopped() -> None:
    there = _rule(lambda m, e: e.add("Sqrt", [m["x"]]), always=True)
    back = _rule(lambda m, e: e.add("Exp", [m["x"]]), code="RWU002", head="Sqrt", always=True)
    outcome = _run(there, back, lacking=())
    assert len(outcome.rewrites) == 2
    assert {refused.rule for refused in outcome.refused} <= {"RWU001", "RWU002"}
    assert all("makes no progress" in refused.reason for refused in outcome.refused)
    assert outcome.refused


def test_a_rule_that_is_always_on_may_eat_up_a_chain() -> None:
    text = "x = Placeholder : float32[2]\n" + "".join(
        f"n{i} = Neg({f'n{i - 1}' if i else 'x'})\n" for i in range(8)
    )
    rule = _rule(lambda m, e: e.add("Neg", [m["y"]], {"_seen": 1}), head="Neg", always=True)
    type(rule).pattern = op("Neg", op("Neg", op("Neg", var("y"))))
    outcome = _run(rule, lacking=(), text=text)
    assert not outcome.refused
    assert _text(outcome).count("Neg(") == 2
