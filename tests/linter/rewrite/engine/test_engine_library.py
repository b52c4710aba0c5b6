"""Models with many functions: what is asked of each body, and how the counts follow the edits."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from linter.graph import Model
from linter.io.graphtext import parse
from linter.judge import calls
from linter.judge.base import Judge
from linter.judge.options import JudgeOptions
from linter.judge.synthetic import synthetic_judge
from linter.results.judgement import Status
from linter.rewrite.engine import RewriteOptions, RewriteOutcome, rewrite
from linter.rewrite.engine.calls import answers_behind, callers_of_unsupported
from linter.rewrite.engine.passes import UnsupportedNodes
from rules.registry import rewrite_rules

if TYPE_CHECKING:
    import pytest


def library(count: int, body: str) -> Model:
    """A chain of calls of as many functions, each of which has the nodes of ``body``."""
    lines = ["x = Placeholder : float32[2]", "c0 = Identity(x)"]
    lines += [f"c{i + 1} = PartitionedCall(c{i}) {{f=@f{i}, Tout=[float32]}}" for i in range(count)]
    lines.append(f"y = Relu(c{count})")
    for i in range(count):
        lines.append(f"def f{i}(a: float32[2]) -> (r: out:0):")
        lines += [f"  {line}" for line in body.split("\n")]
    return parse("\n".join(lines))


def planned(model: Model, *lacking: str) -> RewriteOutcome:
    return rewrite(
        rewrite_rules(),
        model,
        lambda copy: synthetic_judge(copy, JudgeOptions(), lacking=lacking),
        RewriteOptions(),
    )


def steps(monkeypatch: pytest.MonkeyPatch, count: int, body: str, *lacking: str) -> Counter[str]:
    """What the planning asks: which functions a node calls, what the target does with one."""
    asked: Counter[str] = Counter()
    known = {"called_by": calls.called_by, "node": Judge.node, "reachable": Judge.reachable}

    def counted(name: str) -> object:
        def call(*args: object) -> object:
            asked[name] += 1
            return known[name](*args)  # type: ignore[operator]

        return call

    with monkeypatch.context() as patched:
        patched.setattr(calls, "called_by", counted("called_by"))
        patched.setattr(Judge, "node", counted("node"))
        patched.setattr(Judge, "reachable", counted("reachable"))
        planned(library(count, body), *lacking)
    return asked


def test_planning_asks_no_more_of_a_body_where_there_are_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    idle = "n = Neg(a)\nbad = Digamma(n)\nout = Exp(bad)"
    busy = "n = Snapshot(a)\nout = Exp(n)"
    for body, lacking in ((idle, "Digamma"), (busy, "Snapshot")):
        few, many = (steps(monkeypatch, count, body, lacking) for count in (8, 32))
        for name, asked in many.items():
            assert asked <= 4.5 * few[name], (body, name)


def test_counts_follow_the_edits(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = UnsupportedNodes.by_op
    checked = []

    def by_op(self: UnsupportedNodes) -> dict[str, int]:
        found = plain(self)
        tally = self._judge.tally().items()
        assert found == {op: n for (op, status), n in tally if status is Status.UNSUPPORTED}
        assert self.count() <= sum(found.values())
        checked.append(found)
        return found

    monkeypatch.setattr(UnsupportedNodes, "by_op", by_op)
    body = "n = Snapshot(a)\nbad = Digamma(n)\nout = Exp(bad)"
    outcome = planned(library(5, body), "Snapshot", "Digamma", "PartitionedCall")
    assert checked[0] == {"PartitionedCall": 5, "Snapshot": 5, "Digamma": 5}
    assert checked[-1] == {"Digamma": 5}
    assert outcome.model.functions == {}


def test_copies_of_a_node_count_once() -> None:
    body = "bad = Digamma(a)\nout = Exp(bad)"
    model = library(2, body)
    judge = synthetic_judge(model, lacking=("Digamma",))
    nodes = UnsupportedNodes(judge, {("f1", "bad"): ("f0", "bad")})
    assert nodes.count() == 1
    assert nodes.by_op() == {"Digamma": 2}
    model.main.patch([model.main["c1"].replace(op="Relu", attrs={})])
    judge.refresh(["c1"])
    assert nodes.by_op() == {"Digamma": 1}
    model.main.patch([model.main["c2"].replace(op="Relu", attrs={})])
    judge.refresh(["c2"])
    assert (nodes.count(), nodes.by_op()) == (0, {})


def test_what_lies_behind_calls() -> None:
    text = """
        x = Placeholder : float32[2]
        a = PartitionedCall(x) {f=@outer, Tout=[float32]}
        b = PartitionedCall(a) {f=@good, Tout=[float32]}
        y = Relu(b)
        def outer(a: float32[2]) -> (r: out:0):
          out = PartitionedCall(a) {f=@inner, Tout=[float32]}
        def inner(a: float32[2]) -> (r: out:0):
          bad = Digamma(a)
          out = Neg(bad)
        def good(a: float32[2]) -> (r: out:0):
          out = Neg(a)
    """.replace("        ", "")
    model = parse(text)
    judge = synthetic_judge(model, lacking=("Digamma",))
    main = model.main
    assert callers_of_unsupported(judge, main) == {"a"}
    assert callers_of_unsupported(judge, model.functions["outer"]) == {"out"}
    assert callers_of_unsupported(judge, model.functions["good"]) == frozenset()
    behind = [found.status for found in answers_behind(judge, [main["a"], main["b"]])]
    assert behind == [Status.UNSUPPORTED]
    assert [*answers_behind(judge, [main["b"]])] == []
