"""Give constants that are one repeated value something to tell apart.

Published models whose weights were replaced by one value compute nearly the same whatever is done
to them, so a comparison of two such graphs proves little. ``desplat`` makes a model whose floating
point weights are random, in a range that keeps the activations of a deep network finite:

    python tests/desplat.py IN.pb OUT.pb [SEED]
"""

from __future__ import annotations

import sys
import zlib
from math import prod, sqrt
from typing import Any

import numpy as np

from linter.graph import Graph, Model, Node, TensorValue
from linter.io.reader import load
from linter.io.tensor.values import from_array
from linter.io.writer import write

FLOATS = {"float16", "float32", "float64", "bfloat16"}
KEPT = 1
"""Constants of so many elements are epsilons and factors, not weights."""


def desplat(model: Model, seed: int = 0) -> Model:
    """The model with random weights; everything else, and the model itself, is as it was."""
    functions = {name: _graph(graph, seed) for name, graph in model.functions.items()}
    return Model(model.source, _graph(model.main, seed), functions)


def _graph(graph: Graph, seed: int) -> Graph:
    return Graph(
        [_node(node, seed) for node in graph],
        function=graph.function,
        dangling=graph.dangling,
        duplicates=graph.duplicates,
        returns=graph.returns,
        return_controls=graph.return_controls,
        signature_attrs=graph.signature_attrs,
    )


def _node(node: Node, seed: int) -> Node:
    value = node.attrs.get("value") if node.op == "Const" else None
    if value is None or not _is_splat(value):
        return node
    rng = np.random.default_rng([seed, zlib.crc32(node.name.encode())])
    old = value.array()
    fresh = _weights(rng, tuple(value.shape), float(old.flat[0]))
    attrs = dict(node.attrs)
    attrs["value"] = from_array(fresh.astype(old.dtype))
    return node.replace(attrs=attrs)


def _is_splat(value: TensorValue) -> bool:
    if str(value.dtype) not in FLOATS or value.size <= KEPT:
        return False
    array = value.array()
    return bool((array == array.flat[0]).all())


def _weights(rng: np.random.Generator, shape: tuple[int, ...], level: float) -> Any:
    """Matrices and kernels by their fan-in; vectors near their level, and of its sign.

    A vector of a positive value may be a variance or a scale, which must stay positive.
    """
    if len(shape) > 1:
        return rng.standard_normal(shape, np.float32) / np.float32(sqrt(max(prod(shape[:-1]), 1)))
    if level > 0.0:
        return level * rng.uniform(0.5, 1.5, shape)
    return level + 0.1 * rng.standard_normal(shape)


def main() -> None:
    source, target, *rest = sys.argv[1:]
    write(desplat(load(source), int(rest[0]) if rest else 0), target)


if __name__ == "__main__":
    main()
