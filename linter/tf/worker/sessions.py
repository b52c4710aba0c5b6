"""A frozen graph that can be run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from linter.errors import UsageError, VerifyError
from linter.tf.worker.graphs import (
    PLACEHOLDERS,
    ancestors,
    first_line,
    import_graph,
    leaves,
    load_graph_def,
    node_name,
    pin_seeds,
    tensor_name,
)
from linter.tf.worker.layout import use_channels_last

__all__ = ["Array", "Feed", "RunnableGraph", "input_names"]

Array = npt.NDArray[Any]
Feed = Mapping[str, Array]

_INITIALIZERS = frozenset(
    {"InitializeTable", "InitializeTableV2", "LookupTableImport", "LookupTableImportV2"}
)
_NOT_FETCHED = frozenset({tf.resource, tf.variant})
_WITH_DEFAULT = "PlaceholderWithDefault"


def input_names(path: str, outputs: Iterable[str] | None) -> tuple[list[str], set[str]]:
    """Placeholders that the outputs need, and the placeholders with a default of a graph file."""
    graph_def = load_graph_def(path)
    needed = None if outputs is None else ancestors(graph_def, outputs)
    return _inputs(graph_def, needed)


def _inputs(
    graph_def: tf.compat.v1.GraphDef, needed: set[str] | None
) -> tuple[list[str], set[str]]:
    plain, defaulted = [], set()
    for node in graph_def.node:
        if node.op in PLACEHOLDERS and (needed is None or node.name in needed):
            plain.append(node.name)
        elif node.op == _WITH_DEFAULT:
            defaulted.add(node.name)
    return plain, defaulted


class RunnableGraph:
    """A graph file in a session on the CPU, with nothing optimised away.

    Attributes:
        label: how messages call it.
        graph: the imported graph.
        outputs: what is fetched, as ``node:index``.
        missing: outputs that were asked for and are not there.
        inputs: placeholders that the outputs need.
        defaulted: placeholders with a default.
    """

    def __init__(self, path: str, outputs: Iterable[str] | None) -> None:
        self.label = path
        graph_def = load_graph_def(path)
        self._random = pin_seeds(graph_def)
        wanted = leaves(graph_def) if outputs is None else map(tensor_name, outputs)
        wanted = list(dict.fromkeys(wanted))
        use_channels_last(graph_def)
        self.graph = import_graph(graph_def, path)
        self.outputs = [name for name in wanted if self._fetched(name, explicit=bool(outputs))]
        self.missing = [name for name in wanted if name not in self.outputs]
        self._needed = ancestors(graph_def, self.outputs)
        self.inputs, self.defaulted = _inputs(graph_def, self._needed)
        self._dependencies = {name: ancestors(graph_def, [name]) for name in self.outputs}
        self._session: tf.compat.v1.Session | None = None

    def __enter__(self) -> RunnableGraph:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def depends(self, output: str, inputs: Iterable[str]) -> bool:
        """Whether any of ``inputs`` reaches ``output``."""
        return not self._dependencies[output].isdisjoint(inputs)

    def is_input(self, name: str) -> bool:
        """Whether ``name`` is a placeholder of either kind that the outputs need."""
        return name in self.inputs or (name in self.defaulted and name in self._needed)

    def takes(self, name: str) -> bool:
        """Whether a value for ``name`` changes anything: an inner node may be an input too."""
        if name not in self._needed:
            return False
        return str(self.graph.get_operation_by_name(name).type) != "Const"

    def run(self, feed: Feed) -> list[Array]:
        """The outputs for one feed.

        Raises:
            VerifyError: TensorFlow stopped; the message starts with the graph's name.
        """
        try:
            session = self._open()
            named = {f"{name}:0": array for name, array in feed.items() if self.takes(name)}
            return [np.asarray(result) for result in session.run(self.outputs, named)]
        except (tf.errors.OpError, ValueError, TypeError, RuntimeError) as err:
            raise VerifyError(f"{self.label}: TensorFlow cannot run it: {first_line(err)}") from err
        finally:
            if self._random:  # the streams of random ops start again with each session
                self._close()

    def _fetched(self, name: str, *, explicit: bool) -> bool:
        try:
            tensor = self.graph.get_tensor_by_name(name)
        except (KeyError, ValueError):
            return False
        if tensor.dtype.base_dtype not in _NOT_FETCHED:
            return True
        if explicit:
            raise UsageError(f"output {name} holds a {tensor.dtype.name}, which has no values")
        return False

    def _open(self) -> tf.compat.v1.Session:
        if self._session is None:
            config = tf.compat.v1.ConfigProto(allow_soft_placement=True)
            options = config.graph_options
            options.rewrite_options.disable_meta_optimizer = True
            options.optimizer_options.opt_level = tf.compat.v1.OptimizerOptions.L0
            self._session = tf.compat.v1.Session(graph=self.graph, config=config)
            tables = [op for op in self.graph.get_operations() if op.type in _INITIALIZERS]
            if tables:
                self._session.run(tables)
        return self._session

    def _close(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None


def check_nodes(graph: RunnableGraph, names: Iterable[str]) -> None:
    """Refuse names that are no node of the graph."""
    for name in names:
        try:
            graph.graph.get_operation_by_name(node_name(name))
        except (KeyError, ValueError) as err:
            raise UsageError(f"{graph.label}: there is no node {name}") from err
