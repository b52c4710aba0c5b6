"""What the rules compute from constants is what TensorFlow computes, to the last bit."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from types import ModuleType

import numpy as np
import pytest

from linter.graph import Value
from linter.infer.inference import Inference
from linter.io import graphtext
from linter.io.writer import serialize
from linter.rules.match import MatchContext
from opdb.tf_ops import load_op_table
from rules.rewrite.support.folding import folded, is_foldable

CONSTANTS = """
a = Const : float32[2,3] = [[0.1, -2.5, 3.0], [1e-3, 7.0, -0.0]]
b = Const : float32[3] = [0.3, 1.7, -4.0]
d = Const : float64[2] = [0.1, 1e10]
n = Const : int32[2,2] = [[1, -2], [3, 4]]
i = Const : int32[] = 1
m = Const : int32[1] = [-1]
p = Const : int32[2] = [1, 0]
s = Const : int32[2] = [3, 2]
t = Const : int32[2] = [2, 1]
o = Const : int32[2] = [0, 1]
z = Const : int32[2] = [-1, 2]
e = Const : int32[2] = [2, 3]
q = Const : bool[2] = [true, false]
f = Const : float32[] = 2.5
"""


@pytest.fixture(scope="module")
def tf() -> Iterator[ModuleType]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tensorflow = pytest.importorskip("tensorflow")
        tensorflow.compat.v1.disable_eager_execution()
        yield tensorflow


@pytest.mark.tf
@pytest.mark.parametrize(
    "node",
    [
        "Add(a, b)",
        "AddV2(a, f)",
        "Sub(b, a)",
        "Mul(a, b)",
        "RealDiv(a, b)",
        "Maximum(a, b)",
        "Minimum(a, f)",
        "Neg(a)",
        "Sqrt(f)",
        "Square(a)",
        "Mul(n, n)",
        "Cast(n) {DstT=float32}",
        "Cast(d) {DstT=float32}",
        "Cast(q) {DstT=int32}",
        "Identity(a)",
        "ExpandDims(a, i)",
        "Squeeze(x) {squeeze_dims=[1]}",
        "Reshape(a, s)",
        "Transpose(a, p)",
        "ConcatV2(a, a, i)",
        "Pack(a, a) {axis=1}",
        "Tile(a, t)",
        "Fill(s, f)",
        "GatherV2(a, p, i)",
        "Slice(a, o, z)",
        "StridedSlice(a, o, e, t)",
        "StridedSlice(a, o, e, t) {shrink_axis_mask=1}",
        "StridedSlice(a, o, e, t) {begin_mask=2, end_mask=1}",
        "StridedSlice(a, o, e, t) {new_axis_mask=2}",
        "StridedSlice(a, o, e, t) {ellipsis_mask=1}",
    ],
)
def test_folding(tf: ModuleType, node: str) -> None:
    model = graphtext.parse(f"{CONSTANTS}x = ExpandDims(a, i)\ny = {node}\n")
    table = load_op_table()
    context = MatchContext(model.main, Inference(model.main, table), table, frozenset(), {})
    value = context.bind(Value("y"))
    assert is_foldable(value)
    found = folded(value)
    definition = tf.compat.v1.GraphDef.FromString(serialize(model))
    with tf.Graph().as_default() as graph, tf.compat.v1.Session(graph=graph) as session:
        tf.import_graph_def(definition, name="")
        wanted = np.asarray(session.run("y:0"))
    assert found.dtype == wanted.dtype
    assert found.shape == wanted.shape
    np.testing.assert_array_equal(found, wanted)


@pytest.mark.parametrize(
    "node",
    [
        "Exp(a)",
        "Cast(a) {DstT=int32}",
        "Add(a, v)",
        "Add(y, a)",
        "RandomUniform(s) {dtype=float32}",
    ],
)
def test_no_folding(node: str) -> None:
    model = graphtext.parse(f"{CONSTANTS}v = Placeholder : float32[3]\ny = {node}\n")
    table = load_op_table()
    context = MatchContext(model.main, Inference(model.main, table), table, frozenset(), {})
    assert not is_foldable(context.bind(Value("y")))
