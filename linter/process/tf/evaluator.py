"""Constants that a rewrite needs, computed by the TensorFlow worker."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Mapping
from pathlib import Path

from linter.graph import Graph, Model, Source, Value
from linter.io.writer import serialize
from linter.process.tf import protocol
from linter.process.tf.process import TensorFlowWorker
from linter.results.errors import GraphError, VerifyError
from linter.rules.evaluation import MAX_EVALUATED_BYTES, Evaluated

__all__ = ["WorkerEvaluator"]


class WorkerEvaluator:
    """An evaluator for rewrites. What was computed once is remembered.

    A worker that dies or takes too long is a fault of all values that were asked for, not of the
    run.
    """

    def __init__(self, worker: TensorFlowWorker, *, producer: int) -> None:
        """Prepare; the worker starts with the first value.

        Args:
            worker: an open worker.
            producer: version of the graph that the values belong to; old ones read attributes in
                their own way.
        """
        self._worker, self._producer = worker, producer
        self._known: dict[tuple[str, Value], Evaluated] = {}

    def __call__(self, graph: Graph, values: tuple[Value, ...]) -> Mapping[Value, Evaluated]:
        """The values; see ``linter.rules.evaluation.Evaluator``."""
        source = Source("", "graphdef", producer=self._producer)
        try:
            data = serialize(Model(source, graph))
        except GraphError as err:
            return dict.fromkeys(values, Evaluated(None, str(err)))
        digest = hashlib.sha256(data).hexdigest()
        missing = tuple(value for value in values if (digest, value) not in self._known)
        if missing:
            found = self._ask(data, missing)
            self._known.update(((digest, value), found[value]) for value in missing)
        return {value: self._known[digest, value] for value in values}

    def _ask(self, data: bytes, values: tuple[Value, ...]) -> Mapping[Value, Evaluated]:
        import numpy as np

        with tempfile.TemporaryDirectory(prefix="omlint-") as folder:
            path, out = Path(folder) / "graph.pb", Path(folder) / "values.npz"
            path.write_bytes(data)
            request = protocol.EvaluateRequest(
                str(path), tuple(map(str, values)), MAX_EVALUATED_BYTES, str(out)
            )
            try:
                faults = self._worker.request("evaluate", request, VerifyError)["faults"]
            except VerifyError as err:
                return dict.fromkeys(values, Evaluated(None, str(err)))
            if all(faults):
                return {v: Evaluated(None, fault) for v, fault in zip(values, faults, strict=True)}
            with np.load(out, allow_pickle=False) as archive:
                return {
                    value: Evaluated(None, fault) if fault else Evaluated(archive[str(index)])
                    for index, (value, fault) in enumerate(zip(values, faults, strict=True))
                }
