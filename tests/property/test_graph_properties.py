"""What holds for any graph: rewriting ends and keeps what it must, a judge forgets what it must."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import Sample, samples

from linter.api.graph_diff import compare_models
from linter.graph import DType, Graph, Model, Node, Shape, Value
from linter.graph.queries import reachable
from linter.infer.inference import Inference
from linter.io.graphtext import dump
from linter.io.reader import from_bytes
from linter.io.writer import serialize
from linter.judge import Judge, JudgeOptions, make_judge
from linter.judge.synthetic import synthetic_judge
from linter.rewrite.engine import RewriteOutcome, rewrite
from linter.rewrite.engine.bodies import Snapshot
from opdb.query import Database, open_database
from opdb.target import parse_target
from opdb.tf_ops import load_op_table
from rules.registry import rewrite_rules

TARGETS = (
    "atc@8.1.RC1/Ascend310P3",
    "atc@5.1.RC1/Ascend310",
    "atc@6.0.0/Ascend310",
    "atc@9.1.0/Ascend310P3",
    "omg@hilens-2021-09/Ascend310",
)
SYNTHETIC = "a target that lacks some ops"
EXAMPLES = settings(max_examples=20, deadline=None)


@lru_cache
def database(target: str) -> Database:
    return open_database(parse_target(target))


def judge_of(model: Model, sample: Sample, target: str) -> Judge:
    options = JudgeOptions(outputs=sample.outputs)
    if target == SYNTHETIC:
        return synthetic_judge(model, options, lacking=sample.lacking)
    return make_judge(model, database(target), options)


def rewritten(model: Model, sample: Sample, target: str) -> RewriteOutcome:
    outcome = rewrite(rewrite_rules(), model, lambda copy: judge_of(copy, sample, target))
    assert outcome.errors == ()
    return outcome


def answers(judge: Judge) -> dict[str, Any]:
    """All that a judge says of its model, as far as it is in use."""
    found: dict[str, Any] = {
        "outputs": judge.outputs,
        "inputs": [node.key for node in judge.inputs],
        "called": [body.function for body in judge.called_functions()],
        "summary": judge.summary(),
        "tally": {key: count for key, count in judge.tally().items() if count},
    }
    for graph in (judge.model.main, *judge.called_functions()):
        inference = judge.inference(graph)
        found[f"live in {graph.function}"] = judge.reachable(graph)
        for node in graph:
            place = f"{graph.function}::{node.key}"
            found[place] = judge.node(graph, node)
            for port in range(inference.output_count(node) or 1):
                value = Value(node.key, port)
                found[f"{place}:{port}"] = inference.dtype(value), inference.shape(value)
                found[f"{place}:{port}="] = inference.constant(value)
    return found


def assert_fresh(judge: Judge) -> None:
    """A judge that has seen edits says what one says that has seen nothing before."""
    seen = answers(judge)
    fresh = answers(make_judge(judge.model, judge.database, judge.options))
    assert {key: seen.get(key) for key in fresh if seen.get(key) != fresh[key]} == {}


@pytest.mark.parametrize("target", [*TARGETS, SYNTHETIC])
@EXAMPLES
@given(sample=samples())
def test_rewriting_twice_changes_nothing_more(target: str, sample: Sample) -> None:
    first = rewritten(sample.model(), sample, target)
    again = rewritten(first.model, sample, target)
    assert [(made.rule, made.root) for made in again.rewrites] == []
    assert dump(again.model) == dump(first.model)


@pytest.mark.parametrize("target", [*TARGETS, SYNTHETIC])
@EXAMPLES
@given(sample=samples())
def test_what_is_fetched_and_fed_survives_a_rewriting(target: str, sample: Sample) -> None:
    model = sample.model()
    outcome = rewritten(model, sample, target)
    before, after = judge_of(model, sample, target), outcome.judge
    assert set(before.outputs) <= set(after.outputs)
    old, new = before.inference(model.main), after.inference(outcome.model.main)
    for value in before.outputs:
        assert value.node in outcome.model.main
        assert new.dtype(value) == old.dtype(value)
        assert refines(new.shape(value), old.shape(value))
    for node in before.inputs:
        kept = outcome.model.main[node.key]
        assert (kept.op, kept.attrs) == (node.op, node.attrs)


def refines(after: tuple[int | None, ...] | None, before: tuple[int | None, ...] | None) -> bool:
    if before is None:
        return True
    if after is None or len(after) != len(before):
        return False
    return all(b is None or a == b for a, b in zip(after, before, strict=True))


@pytest.mark.parametrize("target", TARGETS)
@EXAMPLES
@given(sample=samples())
def test_the_judge_of_a_rewriting_says_what_a_new_one_says(target: str, sample: Sample) -> None:
    assert_fresh(rewritten(sample.model(), sample, target).judge)


class Editor:
    """Makes edits to one body, as drawn numbers say, and tells which nodes they concern."""

    def __init__(self, graph: Graph, draw: Iterator[int]) -> None:
        self.graph = graph
        self._draw = draw

    def pick(self, entries: list[Any]) -> Any:
        return entries[next(self._draw) % len(entries)]

    def edit(self) -> set[str]:
        """One edit; the keys of the nodes that went, came or read something new."""
        edits = (self._retype, self._rewire, self._insert, self._drop, self._reshape, self._cast)
        return self.pick(list(edits))()

    def _computed(self) -> list[Node]:
        return [node for node in self.graph if node.inputs and not node.virtual]

    def _retype(self) -> set[str]:
        node = self.pick([n for n in self._computed() if len(n.inputs) == 1] or self._computed())
        op = self.pick(["Neg", "Relu", "Identity", "Shape", "NotAnOp", "Where"])
        self.graph.patch([node.replace(op=op)])
        return {node.key}

    def _earlier(self, key: str) -> list[Node]:
        """What a node may read without closing a circle."""
        return [n for n in self.graph if key not in reachable(self.graph, [Value(n.key)])]

    def _rewire(self) -> set[str]:
        node = self.pick(self._computed())
        sources = self._earlier(node.key)
        if not sources:
            return set()
        inputs = list(node.inputs)
        inputs[next(self._draw) % len(inputs)] = Value(self.pick(sources).key)
        self.graph.patch([node.replace(inputs=tuple(inputs))])
        return {node.key}

    def _insert(self) -> set[str]:
        reader = self.pick(self._computed())
        source = reader.inputs[0]
        new = Node(f"{reader.key}/new", "Abs", (source,), attrs={"T": DType("float32")})
        inputs = (Value(new.key), *reader.inputs[1:])
        self.graph.patch([new, reader.replace(inputs=inputs)])
        return {new.key, reader.key}

    def _drop(self) -> set[str]:
        returned = {value.node for value in self.graph.returns.values()}
        leaves = [n for n in self._computed() if not self.graph.uses(n.key)]
        leaves = [n for n in leaves if n.key not in returned]
        if not leaves or len(self._computed()) < 2:
            return set()
        node = self.pick(leaves)
        self.graph.patch(drop=[node.key])
        return {node.key}

    def _reshape(self) -> set[str]:
        fed = [node for node in self.graph if node.op == "Placeholder"]
        if not fed:
            return set()
        node = self.pick(fed)
        shape = Shape(self.pick([(2, 3), (None, 3), (5, 3), None, ()]))
        self.graph.patch([node.replace(attrs={**node.attrs, "shape": shape})])
        return {node.key}

    def _cast(self) -> set[str]:
        node = self.pick(self._computed())
        attrs = {"SrcT": DType("float32"), "DstT": DType(self.pick(["int32", "float64", "bool"]))}
        self.graph.patch([node.replace(op="Cast", inputs=node.inputs[:1], attrs=attrs)])
        return {node.key}


NUMBERS = st.lists(st.integers(0, 40), min_size=6, max_size=6)


def bodies(judge: Judge, picks: list[int]) -> Graph:
    """The main graph, or now and then a body that is called."""
    called = judge.called_functions()
    return judge.model.main if picks[0] % 3 or not called else called[picks[0] % len(called)]


@pytest.mark.parametrize("target", TARGETS)
@EXAMPLES
@given(sample=samples(), edits=st.lists(NUMBERS, min_size=1, max_size=3))
def test_after_a_refresh_a_judge_is_as_good_as_new(
    target: str, sample: Sample, edits: list[list[int]]
) -> None:
    judge = judge_of(sample.model(), sample, target)
    answers(judge)
    for numbers in edits:
        graph = bodies(judge, numbers)
        keys = Editor(graph, iter(numbers * 4)).edit()
        judge.refresh(keys, graph.function)
        assert_fresh(judge)


@pytest.mark.parametrize("target", TARGETS)
@EXAMPLES
@given(sample=samples(), numbers=NUMBERS)
def test_an_edit_that_is_undone_leaves_no_trace(
    target: str, sample: Sample, numbers: list[int]
) -> None:
    judge = judge_of(sample.model(), sample, target)
    before = answers(judge)
    graph = bodies(judge, numbers)
    was = Snapshot.of(graph)
    keys = Editor(graph, iter(numbers * 4)).edit()
    judge.refresh(keys, graph.function)
    answers(judge)
    was.restore(graph)
    judge.refresh(keys, graph.function)
    assert answers(judge) == before


@pytest.mark.parametrize("target", TARGETS)
@EXAMPLES
@given(sample=samples(), numbers=NUMBERS, op=st.sampled_from(["Neg", "AddV2", "Shape", "Where"]))
def test_nodes_that_are_tried_and_taken_back_leave_no_trace(
    target: str, sample: Sample, numbers: list[int], op: str
) -> None:
    """A second trial under the same name is answered as if it were the first."""
    judge = judge_of(sample.model(), sample, target)
    answers(judge)
    graph = bodies(judge, numbers)
    source = Value(Editor(graph, iter(numbers)).pick([node.key for node in graph]))
    for trial in (op, "NotAnOp", "Relu"):
        other = make_judge(judge.model, judge.database, judge.options)
        answers(other)
        new = Node("tried", trial, (source,) * (2 if trial == "AddV2" else 1))
        graph.patch([new])
        assert judge.node(graph, new) == other.node(graph, new)
        graph.patch(drop=["tried"])
        judge.inference(graph).discard(["tried"])
        judge.discard(["tried"], graph.function)
    assert_fresh(judge)


@EXAMPLES
@given(sample=samples())
def test_a_graph_does_not_differ_from_itself(sample: Sample) -> None:
    model = sample.model()
    again = from_bytes(serialize(model))
    for other in (model, sample.model(), again):
        found = compare_models(model, other)
        assert found.equal
    assert dump(again) == dump(model)


@EXAMPLES
@given(sample=samples(), numbers=NUMBERS)
def test_what_was_edited_differs(sample: Sample, numbers: list[int]) -> None:
    model, edited = sample.model(), sample.model()
    Editor(edited.main, iter(numbers * 4)).edit()
    same = dump(edited) == dump(model)
    assert compare_models(model, edited).equal is same


@EXAMPLES
@given(sample=samples(), edits=st.lists(NUMBERS, min_size=1, max_size=4))
def test_what_is_inferred_after_edits_is_what_a_new_look_infers(
    sample: Sample, edits: list[list[int]]
) -> None:
    graph, table = sample.model().main, load_op_table()
    functions = sample.model().functions
    inference = Inference(graph, table, functions=functions)
    for numbers in edits:
        for node in graph:
            inference.fact(Value(node.key))
        inference.forget(Editor(graph, iter(numbers * 4)).edit())
    fresh = Inference(graph, table, functions=functions)
    for node in graph:
        assert inference.fact(Value(node.key)) == fresh.fact(Value(node.key)), node
