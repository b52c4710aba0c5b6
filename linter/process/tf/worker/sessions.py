"""A frozen graph that can be run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from linter.graph.op_families import REQUIRED_PLACEHOLDERS, TABLE_INITIALIZERS
from linter.io.reader import load
from linter.process.tf.worker.graphs import (
    ancestors,
    first_line,
    import_graph,
    leaves,
    load_graph_def,
    node_name,
    pin_seeds,
    plain_config,
    pruned,
    readers,
    refuse_unknown_ops,
    tensor_name,
)
from linter.process.tf.worker.layout import use_channels_last
from linter.results.errors import UsageError, VerifyError

__all__ = ["Array", "Feed", "RunnableGraph", "check_nodes", "needed_inputs"]

Array = npt.NDArray[Any]
Feed = Mapping[str, Array]

_NOT_FETCHED = frozenset({tf.resource, tf.variant})
_WITH_DEFAULT = "PlaceholderWithDefault"


def needed_inputs(path: str, outputs: Iterable[str] | None) -> list[str]:
    """Placeholders that the outputs of a graph file need, read without TensorFlow.

    Args:
        path: the file.
        outputs: ``node:index``; ``None`` is everything without a reader, so every placeholder.
    """
    main = load(path).main
    fed = [node.name for node in main if node.op in REQUIRED_PLACEHOLDERS]
    if outputs is None:
        return fed
    kept: set[str] = set()
    pending = [node_name(output) for output in outputs]
    while pending:
        key = pending.pop()
        if key in main and key not in kept:
            kept.add(key)
            pending.extend(main.producers(main[key]))
    return [name for name in fed if name in kept]


class RunnableGraph:
    """A graph file in a session on the CPU, with nothing optimised away.

    Only what the outputs need is imported: an op that TensorFlow does not know does no harm
    elsewhere.

    Attributes:
        label: how messages call it.
        definition: all of the file.
        graph: the imported graph.
        leaves: everything without a reader, as ``node:index``.
        outputs: what is fetched, likewise.
        missing: outputs that were asked for and are not there.
        inputs: placeholders that the outputs need.
        defaulted: placeholders with a default.
    """

    def __init__(self, path: str, outputs: Iterable[str] | None, label: str | None = None) -> None:
        self.label = path if label is None else label
        self.definition = graph_def = load_graph_def(path)
        self._random = pin_seeds(graph_def)
        self.leaves = leaves(graph_def)
        wanted = list(dict.fromkeys(self.leaves if outputs is None else map(tensor_name, outputs)))
        fillers = [node.name for node in graph_def.node if node.op in TABLE_INITIALIZERS]
        needed = pruned(graph_def, [*wanted, *fillers])
        refuse_unknown_ops(needed, self.label)
        use_channels_last(needed)
        self.graph = import_graph(needed, self.label)
        self.outputs = [name for name in wanted if self._fetched(name, explicit=bool(outputs))]
        self.missing = [name for name in wanted if name not in self.outputs]
        self._needed = ancestors(graph_def, self.outputs)
        self._nodes = {node.name: node.op for node in graph_def.node}
        self.inputs = [
            n.name for n in graph_def.node if n.op in REQUIRED_PLACEHOLDERS and self._needs(n)
        ]
        self.defaulted = {n.name for n in graph_def.node if n.op == _WITH_DEFAULT}
        self._readers = readers(graph_def)
        self._session: tf.compat.v1.Session | None = None

    def __enter__(self) -> RunnableGraph:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def reached_from(self, names: Iterable[str]) -> set[str]:
        """The outputs that any of the nodes ``names`` reaches."""
        seen: set[str] = set()
        pending = list(names)
        while pending:
            name = pending.pop()
            if name not in seen:
                seen.add(name)
                pending.extend(self._readers.get(name, ()))
        return {output for output in self.outputs if node_name(output) in seen}

    def is_input(self, name: str) -> bool:
        """Whether ``name`` is a placeholder of either kind that the outputs need."""
        return name in self.inputs or (name in self.defaulted and name in self._needed)

    def takes(self, name: str) -> bool:
        """Whether a value for ``name`` changes anything: an inner node may be an input too."""
        return name in self._needed and self._nodes[name] != "Const"

    def has(self, name: str) -> bool:
        """Whether the file has a node of that name."""
        return name in self._nodes

    def run(self, feed: Feed) -> list[Array]:
        """The outputs for one feed.

        Raises:
            VerifyError: TensorFlow stopped; the message starts with the graph's name.
        """
        try:
            session = self._open()
            named = {f"{name}:0": array for name, array in feed.items() if self.takes(name)}
            return [np.asarray(result) for result in session.run(self.outputs, named)]
        except (tf.errors.ResourceExhaustedError, MemoryError) as err:
            raise VerifyError(
                f"{self.label}: TensorFlow ran out of memory: {first_line(err)}"
            ) from err
        except (tf.errors.OpError, ValueError, TypeError, RuntimeError) as err:
            raise VerifyError(f"{self.label}: TensorFlow cannot run it: {first_line(err)}") from err
        finally:
            if self._random:  # the streams of random ops start again with each session
                self._close()

    def _needs(self, node: Any) -> bool:
        return node.name in self._needed

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
            self._session = tf.compat.v1.Session(graph=self.graph, config=plain_config())
            tables = [op for op in self.graph.get_operations() if op.type in TABLE_INITIALIZERS]
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
        if not graph.has(node_name(name)):
            raise UsageError(f"{graph.label}: there is no node {name}")
