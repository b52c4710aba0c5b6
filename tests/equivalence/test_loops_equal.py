"""Loops, branches and calls that TensorFlow itself writes compute the same once written out."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from linter.graph import Value
from linter.io.reader import from_bytes
from linter.io.writer import serialize
from linter.judge.options import JudgeOptions
from linter.judge.synthetic import synthetic_judge
from linter.rewrite.engine import RewriteOptions, RewriteOutcome, rewrite
from rules.registry import rewrite_rules

pytestmark = pytest.mark.tf

LACKING = (
    "Enter", "Exit", "LoopCond", "Merge", "NextIteration", "Switch", "While", "StatelessWhile",
    "If", "StatelessIf", "Case", "StatelessCase", "PartitionedCall", "StatefulPartitionedCall",
    "TensorArrayV3", "TensorArrayGatherV3", "TensorArrayScatterV3", "TensorArrayReadV3",
    "TensorArrayWriteV3", "TensorArraySizeV3", "TensorArrayConcatV3", "TensorArraySplitV3",
    "TensorListReserve", "TensorListFromTensor", "TensorListGetItem", "TensorListSetItem",
    "TensorListStack", "TensorListLength", "TensorListPushBack", "TensorListPopBack",
    "EmptyTensorList", "TensorListConcatV2", "TensorListGather", "TensorListResize",
)  # fmt: skip
RULES = tuple(
    rule for rule in rewrite_rules() if rule.id in {"RWS101", "RWS102", "RWS103", "RWS104"}
)

Make = Callable[[Any, Any], Any]


@pytest.fixture(scope="module")
def tf() -> Iterator[ModuleType]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tensorflow = pytest.importorskip("tensorflow")
        yield tensorflow


def _recurrent(tf: Any, x: Any) -> Any:
    """A cell over time, as dynamic_rnn writes it; the weights enter the loop from outside."""
    weights = tf.constant(np.linspace(-1, 1, 24).reshape(6, 4), tf.float32)
    taken = tf.compat.v1.TensorArray(tf.float32, 5).unstack(tf.transpose(x, [1, 0, 2]))
    given = tf.compat.v1.TensorArray(tf.float32, 5, element_shape=[3, 4])

    def body(time: Any, given: Any, state: Any) -> Any:
        both = tf.concat([taken.read(time), state], 1)
        state = tf.tanh(tf.matmul(both, weights))
        return time + 1, given.write(time, state), state

    start = (tf.constant(0), given, tf.zeros([3, 4]))
    _, given, state = tf.while_loop(lambda time, *_: time < tf.shape(x)[1], body, start)
    return tf.transpose(given.stack(), [1, 0, 2]), state


def _lengths(tf: Any, x: Any) -> Any:
    """Rounds after the end of a sequence copy the state and give zeros."""
    lengths = tf.constant([5, 2, 4])
    taken = tf.compat.v1.TensorArray(tf.float32, 5).unstack(tf.transpose(x, [1, 0, 2]))
    given = tf.compat.v1.TensorArray(tf.float32, 5, element_shape=[3, 2])

    def body(time: Any, given: Any, state: Any) -> Any:
        new = tf.cond(
            time < tf.reduce_min(lengths),
            lambda: tf.sin(taken.read(time) + state),
            lambda: tf.where(time >= lengths[:, None], state, tf.sin(taken.read(time) + state)),
        )
        return time + 1, given.write(time, new), new

    start = (tf.constant(0), given, tf.zeros([3, 2]))
    _, given, state = tf.while_loop(lambda time, *_: time < 5, body, start)
    return given.stack(), state


def _mapped(tf: Any, x: Any) -> Any:
    return tf.map_fn(lambda row: tf.reduce_sum(tf.exp(row), 0) + row[0], x)


def _nested(tf: Any, x: Any) -> Any:
    return tf.map_fn(lambda row: tf.map_fn(lambda entry: tf.cumsum(entry * entry), row), x)


def _scanned(tf: Any, x: Any) -> Any:
    return tf.scan(lambda old, new: old * 0.5 + new, x, reverse=True), tf.foldl(tf.add, x)


def _chained(tf: Any, x: Any) -> Any:
    """A second loop reads the TensorArray that a first one has filled."""
    first = tf.compat.v1.TensorArray(tf.float32, 0, dynamic_size=True, clear_after_read=False)
    _, first = tf.while_loop(
        lambda i, _: i < 3, lambda i, a: (i + 1, a.write(i, tf.cos(x[i]))), (0, first)
    )
    _, total = tf.while_loop(
        lambda i, _: i < first.size(), lambda i, s: (i + 1, s * s + first.read(i)), (0, x[1])
    )
    return total, first.concat(), first.gather([2, 0])


def _early(tf: Any, x: Any) -> Any:
    """No round at all, and one that a counter ends from within."""
    none = tf.while_loop(lambda i, _: i < 0, lambda i, v: (i + 1, v * 2.0), (0, x))
    some = tf.while_loop(
        lambda i, j, _: tf.logical_and(i < 9, j < 6), lambda i, j, v: (i + 1, j + i, v + 1.0),
        (0, 0, x),
    )  # fmt: skip
    return none[1], some[1], some[2]


def _told(tf: Any, x: Any) -> Any:
    """Asserts and prints stay in their rounds."""

    def body(i: Any, v: Any) -> Any:
        with tf.control_dependencies([tf.compat.v1.Assert(i < 4, [i])]):
            return i + 1, tf.identity(v) * 2.0

    return tf.while_loop(lambda i, _: i < 3, body, (0, x))[1]


MAKES: dict[str, Make] = {
    "recurrent": _recurrent,
    "lengths": _lengths,
    "mapped": _mapped,
    "nested": _nested,
    "scanned": _scanned,
    "chained": _chained,
    "early": _early,
    "told": _told,
}


@pytest.mark.parametrize("functional", [False, True], ids=["frames", "functions"])
@pytest.mark.parametrize("name", MAKES)
def test_loops_are_written_out(tf: ModuleType, name: str, functional: bool) -> None:
    definition, names = _graph(tf, MAKES[name], functional=functional)
    outcome = _rewritten(definition.SerializeToString(deterministic=True), names)
    assert not outcome.after.unsupported, outcome.refused
    assert not outcome.model.functions
    _assert_same(tf, definition, outcome, names)


def test_functions_in_functions(tf: ModuleType) -> None:
    @tf.function
    def inner(v: Any, flag: Any) -> Any:
        return tf.cond(flag, lambda: tf.exp(v), lambda: tf.abs(v))

    @tf.function
    def outer(v: Any) -> Any:
        return inner(v, tf.constant(True)) + inner(tf.sin(v), tf.constant(False))

    def make(tf: Any, x: Any) -> Any:
        index = tf.constant(1)
        chosen = tf.switch_case(index, [lambda: x, lambda: outer(x), lambda: x + 1.0])
        return chosen, outer(x * 2.0)

    definition, names = _graph(tf, make, functional=True)
    outcome = _rewritten(definition.SerializeToString(deterministic=True), names)
    assert not outcome.after.unsupported, outcome.refused
    assert not outcome.model.functions
    _assert_same(tf, definition, outcome, names)


def _graph(tf: Any, make: Make, *, functional: bool) -> tuple[Any, list[str]]:
    """A graph with one input ``x`` of shape [3, 5, 2], and the names of its outputs."""
    switch = tf.compat.v1.enable_control_flow_v2 if functional else None
    (switch or tf.compat.v1.disable_control_flow_v2)()
    try:
        with tf.Graph().as_default() as graph:
            x = tf.compat.v1.placeholder(tf.float32, [3, 5, 2], name="x")
            made = make(tf, x)
            made = made if isinstance(made, tuple) else (made,)
            outputs = [tf.identity(value, name=f"y{n}") for n, value in enumerate(made)]
        return graph.as_graph_def(), [tensor.op.name for tensor in outputs]
    finally:
        tf.compat.v1.enable_control_flow_v2()


def _rewritten(content: bytes, names: list[str]) -> RewriteOutcome:
    options = JudgeOptions(outputs=tuple(Value(name) for name in names))
    outcome = rewrite(
        RULES,
        from_bytes(content),
        lambda model: synthetic_judge(model, options, lacking=LACKING),
        RewriteOptions(),
    )
    assert outcome.errors == ()
    return outcome


def _assert_same(tf: Any, definition: Any, outcome: RewriteOutcome, names: list[str]) -> None:
    changed = tf.compat.v1.GraphDef.FromString(serialize(outcome.model))
    fed = np.random.default_rng(7).standard_normal((3, 5, 2)).astype(np.float32)
    for old, new in zip(*(_run(tf, d, names, fed) for d in (definition, changed)), strict=True):
        assert (old.dtype, old.shape) == (new.dtype, new.shape)
        np.testing.assert_array_equal(new, old)


def _run(tf: Any, definition: Any, names: list[str], fed: Any) -> list[Any]:
    """What the nodes as they are compute: Grappler would add up constants of several rounds."""
    config = tf.compat.v1.ConfigProto()
    config.graph_options.rewrite_options.disable_meta_optimizer = True
    with (
        tf.Graph().as_default() as graph,
        tf.compat.v1.Session(graph=graph, config=config) as session,
    ):
        tf.import_graph_def(definition, name="")
        found: list[Any] = session.run([f"{name}:0" for name in names], {"x:0": fed})
        return found
