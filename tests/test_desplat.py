"""The tool that makes models with one-value weights worth comparing."""

from __future__ import annotations

import numpy as np
from desplat import desplat

from linter.graph import Model
from linter.io.graphtext import parse

TEXT = """
x = Placeholder : float32[1, 4]
w = Const : float32[4, 3] = 0.5
v = Const : float32[3] = 1.0
b = Const : float32[3] = 0.0
e = Const : float32[] = 0.001
i = Const : int32[2] = 1
k = Const : float32[2] = [1.0, 2.0]
y = MatMul(x, w)
"""


def array(model: Model, name: str) -> np.ndarray:
    return np.asarray(model.main[name].attrs["value"].array())


def test_only_weights_of_one_value_change() -> None:
    old, new = parse(TEXT), desplat(parse(TEXT))

    for name in ("w", "v", "b"):
        assert len(set(array(new, name).flat)) == array(old, name).size
        assert array(new, name).dtype == array(old, name).dtype
        assert array(new, name).shape == array(old, name).shape
    for name in ("e", "i", "k"):
        np.testing.assert_array_equal(array(new, name), array(old, name))
    assert (array(new, "v") > 0).all()


def test_seed_decides() -> None:
    one, two, other = (desplat(parse(TEXT), seed) for seed in (0, 0, 1))

    np.testing.assert_array_equal(array(one, "w"), array(two, "w"))
    assert (array(one, "w") != array(other, "w")).all()
