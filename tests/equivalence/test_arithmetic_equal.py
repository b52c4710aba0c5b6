"""Arithmetic rewrites over many forms of one op compute what the op computes."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from linter.graph import Model
from linter.io import graphtext
from linter.io.writer import serialize
from linter.judge.options import JudgeOptions
from linter.judge.synthetic import synthetic_judge
from linter.rewrite.engine import rewrite
from rules.registry import rewrite_rules

pytestmark = pytest.mark.tf

_EQUATIONS = [
    ("ij,jk->ik", "3,4", "4,5"),
    ("ij,kj->ki", "3,4", "5,4"),
    ("bij,bkj->bik", "2,3,4", "2,5,4"),
    ("...ij,...jk->...ik", "2,6,3,4", "2,6,4,5"),
    ("...ij,jk->...ik", "2,6,3,4", "4,5"),
    ("bfd,dnh->bfnh", "2,3,4", "4,5,2"),
    ("bfnh,nhd->bfd", "2,3,5,2", "5,2,4"),
    ("btnh,bfnh->bnft", "2,3,4,5", "2,6,4,5"),
    ("i,j->ij", "3", "4"),
    ("i,i->", "5", "5"),
    ("ij,kl->ik", "3,4", "5,2"),
    ("bi,bi->b", "3,4", "3,4"),
    ("ab,cd->dbca", "2,3", "4,5"),
    ("a,a->a", "4", "4"),
]
_SINGLE = [("ij->ji", "3,4"), ("ijk->k", "2,3,4"), ("i...->...i", "2,3,4")]
_SUMS = [
    (op, axis, exclusive, reverse, dtype)
    for op, dtype in (("Cumsum", "float32"), ("Cumsum", "int32"), ("Cumprod", "float32"))
    for axis, exclusive, reverse in (
        (0, "false", "false"),
        (1, "true", "true"),
        (-1, "true", "false"),
    )
]
_MATRIX_FIRST = {"limits": {"MatMul": "is_const(b)"}, "lacking": ("BatchMatMul", "BatchMatMulV2")}


@pytest.fixture(scope="module")
def tf() -> Iterator[ModuleType]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tensorflow = pytest.importorskip("tensorflow")
        tensorflow.compat.v1.disable_eager_execution()
        yield tensorflow


@pytest.mark.parametrize(("equation", "first", "second"), _EQUATIONS)
@pytest.mark.parametrize("data", [True, False], ids=["data", "constant"])
def test_einsum_of_two(
    tf: ModuleType, equation: str, first: str, second: str, *, data: bool
) -> None:
    other = "Placeholder" if data else "Const"
    tail = "" if data else " = 0.75"
    text = (
        f"x = Placeholder : float32[{first}]\nz = {other} : float32[{second}]{tail}\n"
        f'y = Einsum(x, z) {{equation="{equation}"}}'
    )
    _agree(tf, text, ("Einsum",))
    _agree(tf, text, ("Einsum", *_MATRIX_FIRST["lacking"]), limits=_MATRIX_FIRST["limits"])


@pytest.mark.parametrize(("equation", "shape"), _SINGLE)
def test_einsum_of_one(tf: ModuleType, equation: str, shape: str) -> None:
    text = f'x = Placeholder : float32[{shape}]\ny = Einsum(x) {{equation="{equation}"}}'
    _agree(tf, text, ("Einsum",))


@pytest.mark.parametrize(("op", "axis", "exclusive", "reverse", "dtype"), _SUMS)
def test_accumulation(
    tf: ModuleType, op: str, axis: int, exclusive: str, reverse: str, dtype: str
) -> None:
    text = (
        f"x = Placeholder : {dtype}[2,3]\nk = Const : int32[] = {axis}\n"
        f"y = {op}(x, k) {{exclusive={exclusive}, reverse={reverse}}}"
    )
    _agree(tf, text, (op,))


@pytest.mark.parametrize("exponent", [1, 2, 3, 4, 5, 6, 7, 10, 16, 0.5, -0.5, -1, -2, -3])
def test_constant_power(tf: ModuleType, exponent: float) -> None:
    text = f"x = Placeholder : float32[4]\nc = Const : float32[] = {float(exponent)}\ny = Pow(x, c)"
    _agree(tf, text, ("Pow",), positive=True)


def test_error_function_over_its_range(tf: ModuleType) -> None:
    points = np.linspace(-6, 6, 4001).astype(np.float32)
    _agree(tf, "x = Placeholder : float32[4001]\ny = Erf(x)", ("Erf",), feed={"x:0": points})


def test_angles_of_all_octants(tf: ModuleType) -> None:
    steps = np.array([-2, -1, -0.5, -0.0, 0.0, 0.5, 1, 2], np.float32)
    rise, run = (grid.reshape(-1) for grid in np.meshgrid(steps, steps))
    text = "x = Placeholder : float32[64]\nz = Placeholder : float32[64]\ny = Atan2(x, z)"
    _agree(tf, text, ("Atan2",), feed={"x:0": rise, "z:0": run})


def _agree(
    tf: ModuleType,
    text: str,
    lacking: tuple[str, ...],
    *,
    limits: dict[str, str] | None = None,
    positive: bool = False,
    feed: dict[str, np.ndarray] | None = None,
) -> None:
    model = graphtext.parse(text)
    outcome = rewrite(
        rewrite_rules(),
        model,
        lambda changed: synthetic_judge(
            changed, JudgeOptions({}, ()), lacking=lacking, limits=limits or {}
        ),
    )
    assert outcome.errors == ()
    assert outcome.rewrites, outcome.refused
    assert outcome.after.unsupported == 0, outcome.refused
    wanted, found = _both(tf, (model, outcome.model), feed or _feed(model, positive=positive))
    assert (wanted.dtype, wanted.shape) == (found.dtype, found.shape)
    np.testing.assert_allclose(found, wanted, 1e-5, 2e-6)


def _feed(model: Model, *, positive: bool) -> dict[str, np.ndarray]:
    generator = np.random.default_rng(7)
    feed = {}
    for node in model.main:
        if node.op == "Placeholder":
            shape = node.attrs["shape"].dims
            numbers = generator.uniform(0.25 if positive else -3, 3, shape)
            feed[f"{node.name}:0"] = numbers.astype(str(node.attrs["dtype"]))
    return feed


def _both(tf: ModuleType, models: tuple[Model, Model], feed: dict[str, Any]) -> tuple[Any, ...]:
    with tf.Graph().as_default() as graph, tf.compat.v1.Session(graph=graph) as session:
        inputs = {name: tf.compat.v1.placeholder(value.dtype) for name, value in feed.items()}
        for place, model in enumerate(models):
            definition = tf.compat.v1.GraphDef.FromString(serialize(model))
            shaped = {name: tf.ensure_shape(inputs[name], feed[name].shape) for name in feed}
            tf.import_graph_def(definition, input_map=shaped, name=f"m{place}")
        fed = {inputs[name]: value for name, value in feed.items()}
        return tuple(np.asarray(v) for v in session.run(["m0/y:0", "m1/y:0"], fed))
