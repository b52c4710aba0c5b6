"""Every rewrite that is not manual computes what the original computes, within its bounds."""

from __future__ import annotations

import warnings
import zlib
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from linter.graph import Graph, Model, Node, Value
from linter.graph.queries import default_outputs
from linter.infer.edges import mismatches
from linter.infer.inference import Inference
from linter.io.writer import serialize
from linter.results.finding import Safety
from linter.rewrite.example_runner import example_model, rewritten_model
from linter.rules import RewriteRule
from linter.rules.examples import Rewritten
from opdb.tf_ops import load_op_table
from rules.registry import rewrite_rules

pytestmark = pytest.mark.tf

_RAISING = {"Assert", "CheckNumerics", "CheckNumericsV2"}
_LAST_PRODUCER = {"BatchNormWithGlobalNormalization": 8}
"""Ops that TensorFlow runs only in graphs of that version or before."""
_LARGE = np.array([0.0, -0.0, 1.0, -1.0, 1e-6, -1e-6, 1e4, -1e4, 3.5, -2.5])
_SPECIAL = np.array([np.inf, -np.inf, np.nan, 1.0, -0.0, 3e38, 1e-40])
_UNKNOWN = "Unheard"
"""An op that TensorFlow does not have, of which it loads no graph."""


def _loads(example: Rewritten) -> bool:
    """Whether the ends of all edges have one dtype, without which TensorFlow loads no graph."""
    model = example_model(example)
    inference = Inference(model.main, load_op_table(), functions=model.functions)
    return not any(mismatches(model.main, load_op_table(), inference.dtype))


_EXAMPLES = [
    pytest.param(rule, example, id=f"{rule.id}-{index}")
    for rule in rewrite_rules()
    if rule.safety is not Safety.MANUAL
    for index, example in enumerate(rule.examples)
    if isinstance(example, Rewritten) and _UNKNOWN not in example.text
]
_CASES = [case for case in _EXAMPLES if _loads(case.values[1])]
_MENDED = [case for case in _EXAMPLES if case not in _CASES]


@pytest.fixture(scope="module")
def tf() -> Iterator[ModuleType]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tensorflow = pytest.importorskip("tensorflow")
        tensorflow.compat.v1.disable_eager_execution()
        yield tensorflow


@pytest.mark.parametrize(("rule", "example"), _CASES)
def test_rewrite_keeps_the_numbers(
    tf: ModuleType, rule: RewriteRule, example: Rewritten, request: pytest.FixtureRequest
) -> None:
    before = example_model(example)
    evaluator = request.getfixturevalue("evaluator") if rule.evaluates else None
    after = rewritten_model(rule, example, evaluator)
    names = list(example.outputs) or [str(value) for value in _outputs(before, after)]
    for kind, feed in _feeds(before.main, example, exact=rule.safety is Safety.EXACT):
        wanted = _run(tf, before, names, feed)
        found = _run(tf, after, names, feed)
        for name, old, new in zip(names, wanted, found, strict=True):
            assert old.dtype == new.dtype, name
            assert old.shape == new.shape, name
            if rule.safety is Safety.EXACT:
                np.testing.assert_array_equal(new, old, err_msg=f"{name}, {kind}")
            else:
                np.testing.assert_allclose(
                    new, old, rule.rtol, rule.atol, equal_nan=True, err_msg=f"{name}, {kind}"
                )


@pytest.mark.parametrize(("rule", "example"), _MENDED)
def test_what_cannot_be_loaded_is_mended(
    tf: ModuleType, rule: RewriteRule, example: Rewritten
) -> None:
    before, after = example_model(example), rewritten_model(rule, example, None)
    names = list(example.outputs) or [str(value) for value in _outputs(before, after)]
    with pytest.raises(ValueError, match="incompatible with expected"):
        _run(tf, before, names, {})
    kind, feed = next(_feeds(after.main, example, exact=False))
    assert all(value.size for value in _run(tf, after, names, feed)), kind


def _outputs(before: Model, after: Model) -> Iterator[Value]:
    for value in default_outputs(before.main):
        if before.main[value.node].op not in ("Assert", "NoOp") and value.node in after.main:
            yield value


def _feeds(
    graph: Graph, example: Rewritten, *, exact: bool
) -> Iterator[tuple[str, dict[str, np.ndarray]]]:
    """Normal numbers, zeros, extremes; for exact rewrites infinities and NaN as well.

    A graph that checks its values gets those that pass.
    """
    generator = np.random.default_rng(zlib.crc32(example.text.encode()))
    kinds = ["normal", "zeros", "extremes", "special"] if exact else ["normal", "zeros", "extremes"]
    if any(node.op in _RAISING for node in graph):
        kinds = ["zeros"] if any(node.op == "Assert" for node in graph) else kinds[:3]
    inference = Inference(graph, load_op_table())
    fed = [(node, shape) for node in graph if (shape := _shape(node, example)) is not None]
    for kind in kinds:
        feed: dict[str, np.ndarray] = {}
        for node, shape in fed:
            dtype = str(inference.dtype(Value(node.key)))
            feed[f"{node.name}:0"] = _array(generator, kind, dtype, shape)
        yield kind, feed


def _shape(node: Node, example: Rewritten) -> tuple[int, ...] | None:
    """The shape to feed, ``None`` for a node that is not fed; what is unknown becomes 3."""
    given = example.input_shapes.get(node.name)
    if given is not None or node.op != "Placeholder":
        return given
    dims = node.attrs["shape"].dims
    return (3,) if dims is None else tuple(3 if size is None else size for size in dims)


def _array(
    generator: np.random.Generator, kind: str, dtype: str, shape: tuple[int, ...]
) -> np.ndarray:
    if dtype == "bool":
        fill = np.ones(shape) if kind == "zeros" else generator.integers(0, 2, shape)
        return np.asarray(fill, dtype="bool")
    if dtype == "string":
        return np.array([b"", b"text"], object)[generator.integers(0, 2, shape)]
    if kind == "zeros":
        return np.zeros(shape, dtype)
    if np.dtype(dtype).kind in "iu":
        high = 4 if kind == "normal" else 1 << 20
        return generator.integers(0 if kind == "normal" else -high, high, shape).astype(dtype)
    if kind == "normal":
        return np.asarray(generator.standard_normal(shape), dtype=dtype)
    return generator.choice(_LARGE if kind == "extremes" else _SPECIAL, shape).astype(dtype)


def _run(tf: ModuleType, model: Model, names: list[str], feed: dict[str, Any]) -> list[Any]:
    definition = tf.compat.v1.GraphDef.FromString(serialize(model))
    producers = [_LAST_PRODUCER[node.op] for node in model.main if node.op in _LAST_PRODUCER]
    if producers:
        definition.versions.producer = min(producers)
    with tf.Graph().as_default() as graph, tf.compat.v1.Session(graph=graph) as session:
        tf.import_graph_def(definition, name="")
        known = {op.name for op in graph.get_operations()}
        feed = {name: value for name, value in feed.items() if name.split(":")[0] in known}
        tensors = [name if ":" in name else f"{name}:0" for name in names]
        found: list[Any] = session.run(tensors, feed)
        return [np.asarray(value) for value in found]
