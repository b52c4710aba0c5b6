"""What the records of a rewriting say adds up to what the judge says at the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

import pytest

from linter.graph import Model, Value
from linter.io import graphtext
from linter.judge.base import Judge
from linter.judge.options import JudgeOptions
from linter.judge.synthetic import synthetic_judge
from linter.results.judgement import Status
from linter.rewrite.engine import RewriteOptions, RewriteOutcome, rewrite
from linter.rules.examples import Rewritten
from rules.registry import rewrite_rules

X = "x = Placeholder : float32[2]\n"


def _outcome(text: str, lacking: tuple[str, ...], **given: object) -> RewriteOutcome:
    options = given.pop("options", JudgeOptions())
    return rewrite(
        rewrite_rules(),
        graphtext.parse(text),
        lambda model: synthetic_judge(model, options, lacking=lacking, **given),  # type: ignore[arg-type]
        RewriteOptions(unsafe=True),
    )


def _unsupported(judge: Judge) -> dict[str, int]:
    counts = judge.tally().items()
    return {op: count for (op, status), count in counts if status is Status.UNSUPPORTED}


def _moves(outcome: RewriteOutcome) -> Iterator[tuple[dict[str, int], dict[str, int]]]:
    """At each checkpoint: what the records add up to, what the judge said."""
    points = outcome.checkpoints
    for before, after in pairwise(points):
        counted = Counter(before.unsupported)
        for made in outcome.rewrites[before.steps : after.steps]:
            counted.subtract(made.resolved)
            counted.update(made.introduced)
        yield {op: count for op, count in counted.items() if count}, dict(after.unsupported)


def _check(outcome: RewriteOutcome, fresh: Judge) -> None:
    points = outcome.checkpoints
    assert points[0].steps == 0
    assert points[-1].steps == len(outcome.rewrites)
    assert sum(points[0].unsupported.values()) == outcome.before.unsupported
    assert sum(points[-1].unsupported.values()) == outcome.after.unsupported
    assert dict(points[-1].unsupported) == _unsupported(fresh)
    for made in outcome.rewrites:
        assert len(made.removed) == len(made.removed_ops)
        assert len(made.added) == len(made.added_ops)
        assert not Counter(made.resolved) - Counter(made.removed_ops)
        assert not Counter(made.introduced) - Counter(made.added_ops)


def test_a_step_says_what_it_settles() -> None:
    outcome = _outcome(X + "a = NotEqual(x, x)\ny = Cast(a) {DstT=float32}", ("NotEqual",))
    (made,) = outcome.rewrites
    assert (made.removed_ops, made.resolved, made.introduced) == (("NotEqual",), ("NotEqual",), ())
    assert Counter(made.added_ops) == {"Equal": 1, "LogicalNot": 1}
    assert [dict(point.unsupported) for point in outcome.checkpoints] == [{"NotEqual": 1}, {}]


def test_nodes_that_come_unsupported_are_counted_until_they_go() -> None:
    text = X + "a = NotEqual(x, x)\nb = LogicalAnd(a, a)\ny = Cast(b) {DstT=float32}"
    lacking = ("NotEqual", "LogicalAnd", "LogicalNot")
    outcome = _outcome(text, lacking)
    for counted, judged in _moves(outcome):
        assert counted == judged


def test_dead_nodes_count_for_nothing() -> None:
    text = X + "y = Relu(x)\nn = Neg(x)\nz = AddV2(n, n)"
    outcome = _outcome(text, ("Neg", "AddV2"), options=JudgeOptions({}, (Value("y"),)))
    (made,) = outcome.rewrites
    assert set(made.removed_ops) == {"Neg", "AddV2"}
    assert made.resolved == ()
    assert [dict(point.unsupported) for point in outcome.checkpoints] == [{}, {}]


def test_an_answer_that_moves_elsewhere_shows_at_the_checkpoint() -> None:
    """Fill wants constant sizes; it gets them when the node before it is pinned."""
    text = (
        "size = Const : int32[2] = [2, 3]\n"
        "pinned = PlaceholderWithDefault(size) : int32[2]\n"
        "v = Placeholder : float32[]\n"
        "f = Fill(pinned, v)\ny = Relu(f)"
    )
    outcome = _outcome(text, ("PlaceholderWithDefault",), limits={"Fill": "is_const(dims)"})
    assert [made.resolved for made in outcome.rewrites] == [("PlaceholderWithDefault",)]
    assert dict(outcome.checkpoints[0].unsupported) == {"PlaceholderWithDefault": 1, "Fill": 1}
    assert list(_moves(outcome)) == [({"Fill": 1}, {})]


@pytest.mark.parametrize("rule", rewrite_rules(), ids=lambda rule: rule.id)
def test_the_counts_add_up_on_the_examples(rule) -> None:
    for example in rule.examples:
        if not isinstance(example, Rewritten):
            continue
        given = {k: v for k, v in example.given.items() if k not in ("format", "path")}
        values = tuple(Value(*_split(text)) for text in example.outputs)
        options = JudgeOptions(dict(example.input_shapes), values)

        def judge_of(model: Model) -> Judge:
            return synthetic_judge(model, options, lacking=example.lacking, **given)  # noqa: B023

        outcome = rewrite(rewrite_rules(), graphtext.parse(example.text), judge_of)
        _check(outcome, judge_of(outcome.model))


def _split(text: str) -> tuple[str, int]:
    name, _, port = text.partition(":")
    return name, int(port or 0)
