"""Function bodies are rewritten as the main graph is: outputs, arguments and names stay."""

from __future__ import annotations

import pytest

from linter.graph import Model, Value
from linter.io import graphtext
from linter.io.reader import from_bytes
from linter.io.writer import serialize
from linter.judge.options import JudgeOptions
from linter.judge.synthetic import synthetic_judge
from linter.rewrite.engine import RewriteOptions, RewriteOutcome, rewrite
from rules.registry import rewrite_rules

BRANCHES = """
x = Placeholder : float32[2]
p = Placeholder : bool[]
y = StatelessIf(p, x) {then_branch=@up, else_branch=@down, Tout=[float32]}
def up(a: float32[2]) -> (r: out:0):
  two = Const : float32[] = 2.0
  sum = AddV2(a, two)
  out = Identity(sum)
def down(a: float32[2]) -> (r: sum:0):
  two = Const : float32[] = -2.0
  sum = AddV2(a, two)
def unrelated(a: float32[2]) -> (r: sum:0):
  sum = AddV2(a, a)
"""

CHECKED = """
x = Placeholder : float32[2]
y = checked(x)
def checked(a: float32[2]) -> (r: sum:0):
  low = Const : float32[] = 0.0
  every = Const : int32[1] = [0]
  positive = Greater(a, low)
  all = All(positive, every)
  text = Const : string[] = "too low"
  check = Assert(all, text)
  sum = AddV2(a, a, ^check)
"""


def _rewrite(model: Model, *lacking: str, options: RewriteOptions | None = None) -> RewriteOutcome:
    return rewrite(
        rewrite_rules(),
        model,
        lambda m: synthetic_judge(m, JudgeOptions({}, (Value("y"),)), lacking=lacking),
        options,
    )


def test_both_branches_are_rewritten_and_others_are_not() -> None:
    model = graphtext.parse(BRANCHES)
    outcome = _rewrite(model, "AddV2")
    functions = outcome.model.functions
    assert {name: functions[name]["sum"].op for name in functions} == {
        "up": "Add",
        "down": "Add",
        "unrelated": "AddV2",
    }
    assert [made.root for made in outcome.rewrites] == ["up::sum", "down::sum"]
    assert model.functions["up"]["sum"].op == "AddV2"
    assert functions["down"].returns == model.functions["down"].returns
    assert outcome.before.unsupported == 2
    assert outcome.after.unsupported == 0


def test_what_a_body_returns_keeps_its_name() -> None:
    text = BRANCHES.replace("= AddV2(a, two)", "= NotEqual(a, two)")
    outcome = _rewrite(graphtext.parse(text), "NotEqual")
    for name, value in (("up", "out"), ("down", "sum")):
        body = outcome.model.functions[name]
        assert body.returns["r"] == Value(value)
        assert value in body
        assert "NotEqual" not in {node.op for node in body}


def test_a_control_output_goes_with_its_node() -> None:
    model = graphtext.parse(CHECKED)
    model.functions["checked"].return_controls = ("check",)
    outcome = _rewrite(model, "Assert")
    body = outcome.model.functions["checked"]
    assert "Assert" not in {node.op for node in body}
    assert body.return_controls == ()
    again = from_bytes(serialize(outcome.model)).functions["checked"]
    assert again.return_controls == ()
    assert [node.op for node in again] == [node.op for node in body]


def test_a_rewritten_body_is_written_and_read_again() -> None:
    source = from_bytes(serialize(graphtext.parse(BRANCHES)))
    outcome = _rewrite(source, "AddV2")
    again = from_bytes(serialize(outcome.model))
    assert graphtext.dump(again) == graphtext.dump(outcome.model)
    assert serialize(again) == serialize(outcome.model)


def test_readers_in_a_body_find_a_node_that_has_become_another_op() -> None:
    text = BRANCHES.replace("= AddV2(a, two)", "= SquaredDifference(a, two)")
    source = from_bytes(serialize(graphtext.parse(text)))
    outcome = _rewrite(source, "SquaredDifference")
    written = serialize(outcome.model)
    again = from_bytes(written)
    for name in ("up", "down"):
        assert again.functions[name]["sum"].op == "Square"
        assert again.functions[name].returns == source.functions[name].returns
        assert not again.functions[name].dangling
    assert serialize(source).count(b"sum:z:0") == 3
    assert written.count(b"sum:z:0") == 1  # of the function that is not called
    assert written.count(b"sum:y:0") == 2


def test_a_change_in_a_body_can_be_left_out() -> None:
    skip = frozenset({("RWS010", "up::sum")})
    outcome = _rewrite(graphtext.parse(BRANCHES), "AddV2", options=RewriteOptions(skip=skip))
    assert [made.root for made in outcome.rewrites] == ["down::sum"]


@pytest.mark.parametrize("limit", [0, 1, 2, 3])
def test_the_limit_counts_all_bodies(limit: int) -> None:
    options = RewriteOptions(step_limit=limit)
    outcome = _rewrite(graphtext.parse(BRANCHES), "AddV2", options=options)
    assert len(outcome.rewrites) == min(limit, 2)
    everything = _rewrite(graphtext.parse(BRANCHES), "AddV2").rewrites
    assert outcome.rewrites == everything[:limit]
