"""Constants that TensorFlow computes: what is asked, how often, and what is refused."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from linter.cli.main import main
from linter.graph import Graph, Value
from linter.io import graphtext
from linter.io.writer import write
from linter.judge import JudgeOptions
from linter.judge.synthetic import synthetic_judge
from linter.rewrite.engine import RewriteOptions, RewriteOutcome, rewrite
from linter.rules.evaluation import Evaluated, Evaluator
from rules.rewrite.substitute.evaluated_node import EvaluatedNode
from rules.rewrite.substitute.evaluated_operand import EvaluatedOperand

RULES = (EvaluatedNode(), EvaluatedOperand())
HEAD = "x = Placeholder : float32[2]\na = Const : float32[2] = [0.5, 4.0]\n"
ONE = HEAD + "s = Lgamma(a)\ny = Mul(x, s)\n"
LACKING = ("Lgamma", "Digamma", "Range", "Where", "CheckNumerics", "RandomUniform")


class Recorder:
    """Answers each value with ``array``, or passes the questions on."""

    def __init__(self, answer: Evaluated | Evaluator) -> None:
        self.answer = answer
        self.asked: list[tuple[list[str], set[str]]] = []

    def __call__(self, graph: Graph, values: tuple[Value, ...]) -> Mapping[Value, Evaluated]:
        self.asked.append(([str(value) for value in values], {node.op for node in graph}))
        if isinstance(self.answer, Evaluated):
            return dict.fromkeys(values, self.answer)
        return self.answer(graph, values)


def fixed(
    text: str, evaluator: Evaluator | None, lacking: tuple[str, ...] = LACKING, **options: object
) -> RewriteOutcome:
    given = JudgeOptions(**options)  # type: ignore[arg-type]
    outcome = rewrite(
        RULES,
        graphtext.parse(text),
        lambda model: synthetic_judge(model, given, lacking=lacking),
        RewriteOptions(evaluator=evaluator),
    )
    assert outcome.errors == ()
    return outcome


def ops(outcome: RewriteOutcome) -> list[str]:
    return sorted(node.op for node in outcome.model.main)


def test_without_tensorflow_the_node_is_named() -> None:
    outcome = fixed(ONE, None)

    assert [(r.rule, r.node) for r in outcome.refused] == [("RWS230", "s")]
    assert "needs TensorFlow" in outcome.refused[0].reason


def test_check_names_the_rewrite_without_asking(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "m.pb"
    write(graphtext.parse(ONE), path)

    assert main(["check", str(path), "--target", "omg@hilens-2021-09/Ascend310"]) == 1
    assert "omlint fix: RWS230 (exact)" in capsys.readouterr().out


def test_nothing_is_asked_when_nothing_needs_it() -> None:
    recorder = Recorder(Evaluated(None, "never"))
    fixed(ONE.replace("Lgamma(a)", "Lgamma(x)"), recorder)
    fixed(ONE, recorder, lacking=("Neg",))

    assert recorder.asked == []


def test_all_values_of_a_pass_are_asked_at_once() -> None:
    two = ONE + "b = Const : float32[2] = [1.5, 3.0]\nd = Digamma(b)\ne = Digamma(d)\nz = Mul(y, e)"
    recorder = Recorder(Evaluated(np.zeros(2, np.float32)))

    outcome = fixed(two, recorder)

    assert [sorted(values) for values, _ in recorder.asked] == [["d:0", "e:0", "s:0"]]
    assert [(r.root, r.removed) for r in outcome.rewrites] == [
        ("s", ("s", "a")),
        ("e", ("e", "d", "b")),
    ]


def test_function_bodies() -> None:
    text = """
x = Placeholder : float32[2]
y = PartitionedCall(x) {Tin=[float32], Tout=[float32], f=@scaled}
def scaled(v: float32[2]) -> (r: m):
    a = Const : float32[2] = [0.5, 4.0]
    s = Lgamma(a)
    m = Mul(v, s)
"""
    outcome = fixed(text, Recorder(Evaluated(np.zeros(2, np.float32))))

    assert [made.rule for made in outcome.rewrites] == ["RWS230"]
    assert {node.op for node in outcome.model.functions["scaled"] if not node.virtual} == {
        "Const",
        "Mul",
    }


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Evaluated(None, "no kernel"), "TensorFlow cannot compute it: no kernel"),
        (Evaluated(np.zeros(1 << 19, np.float32)), "would have 2,097,152 bytes"),
    ],
)
def test_answer_that_is_of_no_use(answer: Evaluated, reason: str) -> None:
    unknown = HEAD + "w = Where(a) {T=float32}\nc = Cast(w) {DstT=float32}\ny = Mul(c, x)"
    outcome = fixed(unknown, Recorder(answer))

    assert outcome.rewrites == ()
    assert [refused.rule for refused in outcome.refused] == ["RWS230"]
    assert reason in outcome.refused[0].reason


def test_a_chain_stops_at_what_cannot_be_computed() -> None:
    chain = HEAD + "s = Lgamma(a)\nd = Digamma(s)\ny = Mul(x, d)"

    class Half(Recorder):
        def __call__(self, graph: Graph, values: tuple[Value, ...]) -> Mapping[Value, Evaluated]:
            good = Evaluated(np.zeros(2, np.float32))
            return {v: Evaluated(None, "no") if v.node == "d" else good for v in values}

    outcome = fixed(chain, Half(Evaluated(None)))

    assert [made.root for made in outcome.rewrites] == ["s"]
    assert [refused.node for refused in outcome.refused] == ["d"]


@pytest.mark.parametrize(
    "node",
    [
        "r = RandomUniform(n) {dtype=float32}",
        "r = StatelessRandomUniform(n, n) {dtype=float32}",
        "s = Lgamma(a, ^p)\nr = Identity(s)",
    ],
)
def test_state_chance_and_control_inputs_are_left_alone(node: str) -> None:
    text = f"{HEAD}n = Const : int32[1] = [2]\np = NoOp(^x)\n{node}\ny = Mul(x, r)"
    recorder = Recorder(Evaluated(None, "never"))
    lacking = (*LACKING, "StatelessRandomUniform")

    assert fixed(text, recorder, lacking=lacking).rewrites == ()
    assert recorder.asked == []


@pytest.mark.tf
def test_sizes_that_the_user_gives_are_constants(evaluator: Evaluator) -> None:
    text = """
x = Placeholder : float32[?,3]
s = Shape(x)
f = Cast(s) {DstT=float32}
g = Lgamma(f)
y = Tan(g)
"""
    recorder = Recorder(evaluator)

    assert fixed(text, recorder).rewrites == ()
    assert recorder.asked == []
    known = fixed(text.replace("?", "4"), recorder)
    pinned = fixed(text, recorder, input_shapes={"x": (4, 3)})
    for outcome in (known, pinned):
        assert [made.root for made in outcome.rewrites] == ["g"]
        [value] = [n.attrs["value"].values() for n in outcome.model.main if n.op == "Const"]
        assert value == pytest.approx((1.7917595, 0.6931472))
    assert recorder.asked[0][1] == {"Const", "Cast", "Lgamma"}


def test_what_shapes_determine_is_left_to_others() -> None:
    text = """
x = Placeholder : float32[2,3]
y = Softplus(x)
s = Shape(y)
r = RandomUniform(s) {dtype=float32}
z = Add(y, r)
"""
    recorder = Recorder(Evaluated(None, "never"))

    outcome = fixed(text, recorder)

    assert recorder.asked == []
    assert outcome.refused == ()


@pytest.mark.tf
def test_values_are_those_of_tensorflow(evaluator: Evaluator) -> None:
    text = """
x = Placeholder : float32[2]
a = Const : float32[4] = [0.5, 4.0, 2.0, -0.0]
t = TopKV2(a, k) {k=2}
k = Const : int32[] = 2
l = Lgamma(t)
f = Cast(t:1) {DstT=float32}
p = Mul(l, f)
y = Mul(x, p)
"""
    outcome = fixed(text, evaluator, lacking=("TopKV2", "Lgamma"))
    found = {n.name: n.attrs["value"].array() for n in outcome.model.main if n.op == "Const"}

    assert sorted(array.dtype.name for array in found.values()) == ["float32", "int32"]
    for array in found.values():
        wanted = [1, 2] if array.dtype == np.int32 else [1.7917595, 0.0]
        np.testing.assert_allclose(array, wanted, rtol=1e-6)
    assert not {"TopKV2", "Lgamma"} & set(ops(outcome))


@pytest.mark.tf
def test_one_failing_value_does_not_take_the_others_with_it(evaluator: Evaluator) -> None:
    text = """
x = Placeholder : float32[2]
a = Const : float32[2] = [0.5, nan]
i = Const : int32[2] = [0, 7]
k = Const : int32[] = 0
g = GatherV2(a, i, k)
l = Lgamma(a)
p = Mul(l, g)
y = Mul(x, p)
"""
    outcome = fixed(text, evaluator, lacking=("Lgamma", "GatherV2"))

    assert [made.root for made in outcome.rewrites] == ["l"]
    [refused] = outcome.refused
    assert refused.node == "g"
    assert "indices[1] = 7 is not in [0, 2)" in refused.reason


@pytest.mark.tf
def test_wrong_graph_is_a_fault_of_its_values(evaluator: Evaluator) -> None:
    graph = graphtext.parse("a = Const : float32[2] = [1, 2]\nb = NoSuchOp(a)\n").main

    found = evaluator(graph, (Value("b"),))

    assert found[Value("b")].array is None
    assert "NoSuchOp" in found[Value("b")].fault
