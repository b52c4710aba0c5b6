"""What the process of the oracle does with TensorFlow."""

from __future__ import annotations

import resource
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from harness.answers import Array, Key, Outcome, Static

__all__ = ["TensorFlow"]

_MEMORY = 12 << 30
_PATIENCE_MS = 5000
_NOT_FETCHED = frozenset({"resource", "variant"})
_CHATTER = ("Graph execution error", "Detected at node", "Node:", "<stack traces")
_ERRORS = (tf.errors.OpError, ValueError, TypeError)


class TensorFlow:
    """Imports and runs graphs, unoptimised and on one thread."""

    def __init__(self) -> None:
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        tf.get_logger().setLevel("ERROR")
        config = tf.compat.v1.ConfigProto(
            intra_op_parallelism_threads=1, inter_op_parallelism_threads=1
        )
        config.graph_options.rewrite_options.disable_meta_optimizer = True
        config.graph_options.optimizer_options.opt_level = -1
        config.graph_options.place_pruned_graph = True
        config.operation_timeout_in_ms = _PATIENCE_MS  # a queue may wait for ever
        self._config = config

    def infer(self, data: bytes, feeds: Mapping[str, Array], runs: bool) -> tuple[Static, Outcome]:
        """What is inferred from a graph as it is, and what with the shapes that are fed."""
        definition = tf.compat.v1.GraphDef.FromString(data)
        with tf.Graph().as_default() as graph:
            static = _imported(definition, graph)
        for node in definition.node:
            if node.name in feeds:
                shape = node.attr["shape"].shape
                shape.Clear()
                for size in feeds[node.name].shape:
                    shape.dim.add(size=size)
        with tf.Graph().as_default() as graph:
            concrete = _imported(definition, graph)
            if concrete.refusal or not runs:
                return static, Outcome(concrete, {}, {})
            return static, self._run(graph, concrete, feeds)

    def compute(
        self, data: bytes, names: Sequence[str], feeds: Mapping[str, Array]
    ) -> list[Array] | str:
        """The named outputs, or why there are none."""
        definition = tf.compat.v1.GraphDef.FromString(data)
        with tf.Graph().as_default() as graph:
            try:
                tf.import_graph_def(definition, name="")
                with tf.compat.v1.Session(graph=graph, config=self._config) as session:
                    found = session.run(list(names), _fed(feeds))
            except _ERRORS as error:
                return _first_line(error)
        return [_array(array) for array in found]

    def _run(self, graph: Any, static: Static, feeds: Mapping[str, Array]) -> Outcome:
        """All outputs at once; one by one where that fails, to see which."""
        keys = [
            key
            for key, (dtype, _) in static.outputs.items()
            if dtype.removesuffix("_ref") not in _NOT_FETCHED and key[0] not in feeds
        ]
        arrays: dict[Key, Array] = {}
        faults: dict[Key, str] = {}
        groups = [keys] if keys else []
        with tf.compat.v1.Session(graph=graph, config=self._config) as session:
            while groups:
                group = groups.pop()
                names = [f"{name}:{port}" for name, port in group]
                try:
                    found = session.run(names, _fed(feeds))
                except _ERRORS as error:
                    if len(group) == 1:
                        faults[group[0]] = _first_line(error)
                    else:
                        groups.extend([key] for key in group)
                    continue
                arrays.update(zip(group, map(_array, found), strict=True))
        return Outcome(static, arrays, faults)


def _fed(feeds: Mapping[str, Array]) -> dict[str, Array]:
    return {f"{name}:0": array for name, array in feeds.items()}


def _imported(definition: Any, graph: Any) -> Static:
    try:
        tf.import_graph_def(definition, name="")
    except _ERRORS as error:
        return Static({}, {}, _first_line(error))
    outputs = {}
    counts = {}
    for op in graph.get_operations():
        counts[op.name] = len(op.outputs)
        for port, tensor in enumerate(op.outputs):
            rank = tensor.shape.rank
            dims = None if rank is None else tuple(tensor.shape.as_list())
            outputs[op.name, port] = (tensor.dtype.name, dims)
    return Static(outputs, counts)


def _array(found: Any) -> Array:
    array = np.asarray(found)
    return array.astype(object) if array.dtype.kind == "S" else array


def _first_line(error: Exception) -> str:
    """What is wrong, without where in which file the graph was made."""
    lines = [line for line in str(error).splitlines() if line.strip()]
    told = [line for line in lines if not line.startswith(_CHATTER)]
    return f"{type(error).__name__}: {(told or lines or [''])[0]}"
