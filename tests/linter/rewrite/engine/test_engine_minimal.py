"""A plan holds no rewrite that the target does not need in the end."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from linter.graph import Model, Value
from linter.io import graphtext
from linter.judge.base import Judge
from linter.judge.options import JudgeOptions
from linter.judge.synthetic import synthetic_judge
from linter.results.finding import Safety
from linter.rewrite.engine import RewriteOptions, rewrite
from linter.rewrite.engine.minimal import rewrite_minimal
from linter.rules import RewriteRule
from linter.rules.edit import GraphEditor
from linter.rules.examples import Rewritten, Untouched
from linter.rules.match import BoundValue, Match, op, var
from rules.registry import rewrite_rules

X = "x = Placeholder : float32[2,3]\n"


class NegToAbs(RewriteRule):
    """Replace Neg by Abs.

    Exact: no.
    Shapes: any.
    Source: none.
    """

    id, name, safety = "RWU001", "neg-to-abs", Safety.EXACT
    pattern = op("Neg", var("x"))
    examples = (Rewritten("", after=""), Untouched(""))

    def build(self, m: Match, edit: GraphEditor) -> Value:
        return edit.add("Abs", [m["x"]])


class ExpOfAny(NegToAbs):
    """Drop Exp of Neg or Abs.

    Exact: no.
    Shapes: any.
    Source: none.
    """

    id, name = "RWU002", "exp-of-any"
    pattern = op("Exp", op(("Neg", "Abs"), var("x")))

    def build(self, m: Match, edit: GraphEditor) -> BoundValue:
        return m["x"]


class SqrtToRsqrt(NegToAbs):
    """Replace Sqrt by Rsqrt.

    Exact: no.
    Shapes: any.
    Source: none.
    """

    id, name = "RWU003", "sqrt-to-rsqrt"
    pattern = op("Sqrt", var("x"))

    def build(self, m: Match, edit: GraphEditor) -> Value:
        return edit.add("Rsqrt", [m["x"]])


RULES = (NegToAbs(), ExpOfAny(), SqrtToRsqrt())


def _judge_of(lacking, limits=None, outputs=()):
    def judge_of(model: Model) -> Judge:
        options = JudgeOptions({}, outputs)
        return synthetic_judge(model, options, lacking=lacking, limits=limits or {})

    return judge_of


def test_what_a_later_change_removes_is_not_made_first():
    model = graphtext.parse(X + "a = Neg(x)\nb = Exp(a)\ny = Relu(b)")
    judge_of = _judge_of(("Neg", "Exp"))
    assert [made.rule for made in rewrite(RULES, model, judge_of).rewrites] == ["RWU001", "RWU002"]
    outcome, left_out = rewrite_minimal(RULES, model, judge_of, RewriteOptions())
    assert [made.rule for made in outcome.rewrites] == ["RWU002"]
    assert left_out == {("RWU001", "a")}
    assert outcome.after.unsupported == 0


def test_a_trade_of_one_refused_node_for_another_is_not_made():
    model = graphtext.parse(X + "a = Sqrt(x)\ny = Relu(a)")
    judge_of = _judge_of(("Sqrt",), {"Rsqrt": "in_c == 99"})
    plain = rewrite(RULES, model, judge_of)
    assert [made.introduced for made in plain.rewrites] == [("Rsqrt",)]
    outcome, _ = rewrite_minimal(RULES, model, judge_of, RewriteOptions())
    assert outcome.rewrites == ()
    assert graphtext.dump(outcome.model) == graphtext.dump(model)


def test_what_is_needed_among_suspects_stays():
    """One Neg is removed by the later change, the other one is not."""
    model = graphtext.parse(X + "a = Neg(x)\nb = Exp(a)\nc = Neg(b)\ny = Relu(c)")
    outcome, left_out = rewrite_minimal(RULES, model, _judge_of(("Neg", "Exp")), RewriteOptions())
    assert sorted((made.rule, made.root) for made in outcome.rewrites) == [
        ("RWU001", "c"),
        ("RWU002", "b"),
    ]
    assert left_out == {("RWU001", "a")}


def test_what_was_left_out_makes_the_same_plan_again():
    model = graphtext.parse(X + "a = Neg(x)\nb = Exp(a)\nc = Neg(b)\ny = Relu(c)")
    judge_of = _judge_of(("Neg", "Exp"))
    outcome, left_out = rewrite_minimal(RULES, model, judge_of, RewriteOptions())
    again = rewrite(RULES, model, judge_of, RewriteOptions(skip=left_out))
    assert again.rewrites == outcome.rewrites
    assert graphtext.dump(again.model) == graphtext.dump(outcome.model)


UNARY = ("Neg", "Abs", "Exp", "StopGradient", "Sign", "LogSoftmax", "Square", "Identity", "Relu")
BINARY = ("AddV2", "Add", "SquaredDifference", "NotEqual", "LessEqual", "Mul")


def _graph(seed: int) -> tuple[str, tuple[str, ...]]:
    """A small random graph, and some op types that its target lacks."""
    dice = random.Random(seed)
    lines, values = [X.strip(), "c = Const : float32[] = 0.5"], ["x", "c"]
    for number in range(dice.randrange(4, 9)):
        name = f"n{number}"
        if dice.random() < 0.5:
            kind = dice.choice(UNARY)
            source = dice.choice([value for value in values if value != "c"])
            lines.append(f"{name} = {kind}({source})")
        else:
            kind = dice.choice(BINARY)
            lines.append(f"{name} = {kind}({dice.choice(values)}, {dice.choice(values)})")
        if kind in ("NotEqual", "LessEqual"):
            lines.append(f"{name}f = Cast({name}) {{DstT=float32}}")
            name = f"{name}f"
        values.append(name)
    lacking = tuple(dice.sample((*UNARY, *BINARY), 5))
    return "\n".join(lines), lacking


@pytest.mark.parametrize("seed", range(60))
def test_without_any_one_change_more_is_refused(seed):
    text, lacking = _graph(seed)
    model, judge_of = graphtext.parse(text), _judge_of(lacking)
    rules = rewrite_rules()
    always = {rule.id for rule in rules if rule.always or rule.id.startswith("RWD")}
    options = RewriteOptions()
    outcome, left_out = rewrite_minimal(rules, model, judge_of, options)
    for made in outcome.rewrites:
        if made.rule in always:
            continue
        skip = left_out | {(made.rule, made.root)}
        other = rewrite(rules, model, judge_of, replace(options, skip=skip))
        worse = other.after.unsupported > outcome.after.unsupported
        assert worse or len(other.rewrites) >= len(outcome.rewrites), (made, text, lacking)
    again, _ = rewrite_minimal(rules, outcome.model, judge_of, options)
    assert again.rewrites == (), (text, lacking)


@pytest.mark.parametrize("seed", range(20))
def test_a_plan_differs_between_targets_only_where_their_needs_do(seed):
    """What one target lacks more changes nothing at the nodes that the other one takes too."""
    text, lacking = _graph(seed)
    model = graphtext.parse(text)
    first, second = lacking[:3], lacking[:2]
    plans = [
        rewrite_minimal(rewrite_rules(), model, _judge_of(some), RewriteOptions())[0]
        for some in (first, second)
    ]
    extra = lacking[2]
    made = {op for record in plans[1].rewrites for op in record.added_ops}
    if extra not in made and not any(node.op == extra for node in model.main):
        assert plans[0].rewrites == plans[1].rewrites
    for plan, lacks in zip(plans, (first, second), strict=True):
        for made in plan.rewrites:
            if made.resolved:
                assert set(made.resolved) <= set(lacks)
