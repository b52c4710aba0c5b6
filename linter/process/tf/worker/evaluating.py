"""Values of a graph without inputs, computed twice: with one thread and with several."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import tensorflow as tf

from linter.process.tf.protocol import EvaluateRequest
from linter.process.tf.worker.compare import identical
from linter.process.tf.worker.graphs import first_line, import_graph, load_graph_def, plain_config
from linter.process.tf.worker.layout import use_channels_last
from linter.process.tf.worker.sessions import Array
from linter.results.errors import VerifyError

__all__ = ["evaluate"]


def evaluate(request: EvaluateRequest) -> dict[str, list[str]]:
    """Compute the values; the arrays go to ``request.out`` under the values' indices.

    Returns:
        ``faults``: for each value why there is no array, empty where there is one.
    """
    graph_def = load_graph_def(request.graph)
    use_channels_last(graph_def)
    try:
        graph = import_graph(graph_def, "the constants")
    except VerifyError as err:
        return {"faults": [str(err)] * len(request.values)}
    computed = _computed(graph, request.values)
    faults = []
    kept: dict[str, Array] = {}
    for index, value in enumerate(request.values):
        array = computed[value]
        if not isinstance(array, str) and array.nbytes > request.limit:
            array = f"it has {array.nbytes:,} bytes, more than {request.limit:,}"
        if isinstance(array, str):
            faults.append(array)
        else:
            faults.append("")
            kept[str(index)] = array
    with Path(request.out).open("wb") as stream:
        np.savez(stream, allow_pickle=False, **kept)
    return {"faults": faults}


def _computed(graph: tf.Graph, values: Iterable[str]) -> dict[str, Array | str]:
    """Arrays, or why there is none; one value that fails does not take the others with it."""
    values = list(values)
    whole = _runs(graph, values)
    if not isinstance(whole, str):
        return dict(zip(values, whole, strict=True))
    result: dict[str, Array | str] = {}
    for value in values:
        alone = _runs(graph, [value])
        result[value] = alone if isinstance(alone, str) else alone[0]
    return result


def _runs(graph: tf.Graph, values: list[str]) -> list[Array | str] | str:
    """The values by one thread where several give the same bits; else a fault."""
    try:
        one, several = (_run(graph, values, threads) for threads in (1, 0))
    except (tf.errors.OpError, ValueError, TypeError, RuntimeError) as err:
        return first_line(err)
    return [
        a if identical(a, b) else "one thread and several do not give the same bits"
        for a, b in zip(one, several, strict=True)
    ]


def _run(graph: tf.Graph, values: list[str], threads: int) -> list[Array]:
    config = plain_config()
    config.intra_op_parallelism_threads = threads
    with tf.compat.v1.Session(graph=graph, config=config) as session:
        return [np.asarray(array) for array in session.run(values)]
