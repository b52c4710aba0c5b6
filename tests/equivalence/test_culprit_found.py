"""Rules that lie about the numbers are found among many rewrites by running TensorFlow."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from linter import api
from linter.api import proof as api_verify
from linter.graph import Value
from linter.io import graphtext
from linter.io.reader import load
from linter.io.writer import write
from linter.process.tf.process import TensorFlowWorker
from linter.results.finding import Safety
from linter.rules import RewriteRule
from linter.rules.edit import GraphEditor
from linter.rules.examples import Rewritten, Untouched
from linter.rules.match import Match, const, op, var
from rules.rule_set import RuleSet

pytestmark = [
    pytest.mark.tf,
    pytest.mark.skipif(importlib.util.find_spec("tensorflow") is None, reason="needs tensorflow"),
]
OMG = "omg@hilens-2021-09/Ascend310"
MANY = 200


class WrongSum(RewriteRule):
    """Replace AddV2 of a constant 7 by a difference.

    Exact: it is not.
    Shapes: any.
    Source: none.
    """

    id, name, safety = "RWU101", "wrong-sum", Safety.EXACT
    pattern = op("AddV2", var("x"), const("c"))
    examples = (Rewritten("", after=""), Untouched(""))

    def guard(self, m: Match):
        return None if m["c"].scalar == 7.0 else m.refuse("")

    def build(self, m: Match, edit: GraphEditor) -> Value:
        return edit.add("Sub", [m["x"], m["c"]])


class WrongProduct(WrongSum):
    """Replace AddV2 of a constant 9 by a product.

    Tolerance: none that would hold.
    Shapes: any.
    Source: none.
    """

    id, name, safety = "RWU102", "wrong-product", Safety.TOLERANCE
    rtol, atol = 1e-5, 1e-6

    def guard(self, m: Match):
        return None if m["c"].scalar == 9.0 else m.refuse("")

    def build(self, m: Match, edit: GraphEditor) -> Value:
        return edit.add("Mul", [m["x"], m["c"]])


class Unrunnable(WrongSum):
    """Replace AddV2 of a constant 11 by what TensorFlow cannot run.

    Exact: it is not.
    Shapes: any.
    Source: none.
    """

    id, name = "RWU103", "unrunnable"

    def guard(self, m: Match):
        return None if m["c"].scalar == 11.0 else m.refuse("")

    def build(self, m: Match, edit: GraphEditor) -> Value:
        rows, axis = edit.const([0, 5], "int32"), edit.const(0, "int32")  # there are two rows
        return edit.add("GatherV2", [m["x"], rows, axis])


class Loose(WrongSum):
    """Replace AddV2 of a constant 13 by a sum that is off by less than it says.

    Tolerance: one part in a thousand.
    Shapes: any.
    Source: none.
    """

    id, name, safety = "RWU104", "loose", Safety.TOLERANCE
    rtol, atol = 1e-3, 1e-3

    def guard(self, m: Match):
        return None if m["c"].scalar == 13.0 else m.refuse("")

    def build(self, m: Match, edit: GraphEditor) -> Value:
        near = edit.const(13.0001, "float32")
        return edit.add("Add", [m["x"], near])


RULES = RuleSet(user_rewrites=(WrongSum(), WrongProduct(), Unrunnable(), Loose()))


@pytest.fixture(scope="module")
def shared_worker() -> Iterator[TensorFlowWorker]:
    with TensorFlowWorker() as worker:
        yield worker


@pytest.fixture(autouse=True)
def one_worker(shared_worker, monkeypatch):
    """All tests of this file share a TensorFlow process."""

    class Lent:
        def __init__(self, **_options):
            pass

        def __enter__(self):
            return shared_worker

        def __exit__(self, *_error):
            return None

        def __getattr__(self, name):
            return getattr(shared_worker, name)

    monkeypatch.setattr(api_verify, "TensorFlowWorker", Lent)


@pytest.fixture
def runs(monkeypatch):
    """How often two graphs were compared."""
    counted = []
    verify = api_verify.verify

    def counting(a, b, **options):
        counted.append((a, b, options["tolerance"]))
        return verify(a, b, **options)

    monkeypatch.setattr(api_verify, "verify", counting)
    return counted


def chain(folder: Path, wrong: dict[int, float], count: int = MANY) -> str:
    """AddV2 after AddV2; those at the places in ``wrong`` add a number that a wrong rule takes."""
    lines = ["x = Placeholder : float32[2,3]", "one = Const : float32[] = 1.0"]
    last = "x"
    for place in range(count):
        constant = "one"
        if place in wrong:
            constant = f"odd{place}"
            lines.append(f"{constant} = Const : float32[] = {wrong[place]}")
        lines.append(f"s{place} = AddV2({last}, {constant})")
        last = f"s{place}"
    lines.append(f"y = Identity({last})")
    path = folder / "chain.pb"
    write(graphtext.parse("\n".join(lines)), path)
    return str(path)


def fixed(path: str, folder: Path, **options):
    out = str(folder / "out.pb")
    return api.fix(path, out, target=OMG, options=api.FixOptions(rules=RULES, **options)), Path(out)


def record(out: Path):
    return json.loads(out.with_name(f"{out.name}.rewrites.json").read_text("utf-8"))


@pytest.mark.parametrize(("place", "count"), [(117, MANY), (0, 10), (9, 10)])
def test_one_wrong_change_among_many_is_named(place, count, tmp_path, runs):
    outcome, out = fixed(chain(tmp_path, {place: 7.0}, count), tmp_path)
    assert len(outcome.rewrites) >= count
    assert outcome.exit_code == 4
    assert outcome.proof.culprit is not None
    assert (outcome.proof.culprit.rule, outcome.proof.culprit.root) == ("RWU101", f"s{place}")
    assert not out.exists()
    assert record(out)["output_sha256"] is None
    assert len(runs) <= 2 + 9  # all of them, the original against itself, and halving
    assert len({tolerance for _, _, tolerance in runs}) == 1


def test_without_the_culprit_the_rest_is_written(tmp_path, runs):
    outcome, out = fixed(chain(tmp_path, {7: 7.0}, 20), tmp_path, revert_failing=True)
    assert outcome.exit_code == 0
    assert outcome.proof.status == "equal"
    kept = record(out)
    assert [(r["rule"], r["node"]) for r in kept["refused"] if "reverted" in r["reason"]] == [
        ("RWU101", "s7")
    ]
    assert kept["output_sha256"] is not None
    assert {node.op for node in load(str(out)).main} == {"Placeholder", "Const", "Add", "Identity"}
    assert [made["rule"] for made in kept["rewrites"]].count("RWS010") == 20


def test_two_wrong_rules_are_both_reverted(tmp_path, runs):
    outcome, out = fixed(chain(tmp_path, {4: 9.0, 15: 7.0}, 20), tmp_path, revert_failing=True)
    assert outcome.exit_code == 0
    reverted = {r["rule"]: r["node"] for r in record(out)["refused"] if "reverted" in r["reason"]}
    assert reverted == {"RWU101": "s15", "RWU102": "s4"}


def test_a_rule_with_three_culprits_is_left_out_everywhere(tmp_path, runs):
    path = chain(tmp_path, dict.fromkeys(range(0, 20, 2), 7.0), 20)
    outcome, out = fixed(path, tmp_path, revert_failing=True)
    assert outcome.exit_code == 0
    assert outcome.proof.status == "equal"
    kept = record(out)
    reverted = {r["node"] for r in kept["refused"] if r["reason"].startswith("reverted")}
    assert reverted == {f"s{place}" for place in range(0, 20, 2)}
    assert [made["rule"] for made in kept["rewrites"]].count("RWS010") == 20
    assert len(runs) <= 3 * (2 + 5) + 1


def test_a_change_that_cannot_run_is_the_culprit(tmp_path, runs):
    outcome, out = fixed(chain(tmp_path, {5: 11.0}, 20), tmp_path)
    assert outcome.exit_code == 4
    assert outcome.proof.fault
    assert outcome.proof.culprit is not None
    assert outcome.proof.culprit.root == "s5"
    assert not out.exists()


def test_a_wrong_change_beside_a_loose_one(tmp_path, runs):
    """The loose rule keeps its word, although not bit by bit; the other one does not."""
    outcome, out = fixed(chain(tmp_path, {3: 13.0, 12: 9.0}, 20), tmp_path, revert_failing=True)
    assert outcome.exit_code == 0
    kept = record(out)
    assert [r["node"] for r in kept["refused"] if "reverted" in r["reason"]] == ["s12"]
    assert "RWU104" in {made["rule"] for made in kept["rewrites"]}


def test_an_original_that_cannot_run_has_no_culprit(tmp_path, runs):
    path = tmp_path / "odd.pb"
    text = "x = Placeholder : float32[2,3]\none = Const : float32[] = 1.0\n"
    text += (
        "a = AddV2(x, one)\nshape = Const : int32[2] = [4, 4]\nr = Reshape(a, shape)\ny = Tanh(r)"
    )
    write(graphtext.parse(text), path)
    outcome, out = fixed(str(path), tmp_path)
    assert outcome.exit_code == 4
    assert outcome.proof.culprit is None
    assert not out.exists()


def test_a_call_computes_what_its_body_computes(tmp_path, runs):
    """TensorFlow would optimise the body: twice x from x is minus x, but not for infinity."""
    path = tmp_path / "call.pb"
    text = """
x = Placeholder : float32[2,3]
both = PartitionedCall(x) {f=@far, Tin=[float32], Tout=[float32]}
y = Identity(both)
def far(v: float32[2,3]) -> (out: away:0):
  two = Const : float32[] = 2.0
  twice = Mul(v, two)
  apart = SquaredDifference(v, twice)
  doubled = AddV2(v, v)
  away = AddV2(apart, doubled)
  last = Identity(away)
"""
    write(graphtext.parse(text), path)
    outcome, _ = fixed(str(path), tmp_path)
    assert "RWS104" in {made.rule for made in outcome.rewrites}
    assert outcome.proof.status == "equal"
