"""A model whose function bodies were rewritten computes what it computed."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from types import ModuleType

import numpy as np
import pytest

from linter.graph import Model, Value
from linter.io import graphtext
from linter.io.writer import serialize
from linter.judge.options import JudgeOptions
from linter.judge.synthetic import synthetic_judge
from linter.rewrite.engine import rewrite
from rules.registry import rewrite_rules

pytestmark = pytest.mark.tf

MODEL = """
x = Placeholder : float32[2,3]
p = Placeholder : bool[]
n = Placeholder : int32[]
zero = Const : int32[] = 0
chosen = StatelessIf(p, x) {then_branch=@up, else_branch=@down, Tout=[float32]}
loop = StatelessWhile(zero, n, chosen) {cond=@more, body=@step}
y = Identity(loop:2)
def up(a: float32[2,3]) -> (r: sum:0):
  two = Const : float32[] = 2.0
  sum = AddV2(a, two)
def down(a: float32[2,3]) -> (r: rooted:0):
  size = Abs(a)
  one = Const : float32[] = 1.0
  more = AddV2(size, one)
  rooted = LogSoftmax(more)
def more(i: int32[], n: int32[], a: float32[2,3]) -> (r: less:0):
  less = Less(i, n)
def step(i: int32[], n: int32[], a: float32[2,3]) -> (i2: next:0, n2: same:0, a2: half:0):
  one = Const : int32[] = 1
  next = AddV2(i, one)
  same = Identity(n)
  k = Const : float32[] = 0.5
  moved = AddV2(a, a)
  sign = Sign(moved)
  half = Sub(moved, sign)
"""


@pytest.fixture(scope="module")
def tf() -> Iterator[ModuleType]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tensorflow = pytest.importorskip("tensorflow")
        tensorflow.compat.v1.disable_eager_execution()
        yield tensorflow


def _run(tf: ModuleType, model: Model, feeds: dict[str, object]) -> np.ndarray:
    definition = tf.compat.v1.GraphDef.FromString(serialize(model))
    with tf.Graph().as_default() as graph, tf.compat.v1.Session(graph=graph) as session:
        tf.import_graph_def(definition, name="")
        found: np.ndarray = session.run("y:0", feeds)
        return found


def test_rewritten_bodies_compute_the_same(tf: ModuleType) -> None:
    model = graphtext.parse(MODEL)
    outcome = rewrite(
        rewrite_rules(),
        model,
        lambda m: synthetic_judge(
            m, JudgeOptions({}, (Value("y"),)), lacking=("AddV2", "LogSoftmax", "Sign")
        ),
    )
    assert outcome.before.unsupported == 6
    assert outcome.after.unsupported == 0
    assert {made.root.partition("::")[0] for made in outcome.rewrites} == {"up", "down", "step"}
    image = np.random.default_rng(0).normal(size=(2, 3)).astype(np.float32)
    for choice in (True, False):
        feeds = {"x:0": image, "p:0": choice, "n:0": 3}
        wanted, found = _run(tf, model, feeds), _run(tf, outcome.model, feeds)
        np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-5)
        assert np.ptp(found) > 0
