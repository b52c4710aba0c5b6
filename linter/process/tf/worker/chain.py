"""A model in parts, run one after the other as if it were one graph."""

from __future__ import annotations

from collections.abc import Iterable

from linter.io.sidecar.manifest import Chain, ChainPart, load_manifest
from linter.process.tf.worker.sessions import Array, Feed, RunnableGraph, needed_inputs
from linter.results.cut import MODEL
from linter.results.errors import VerifyError

__all__ = ["RunnableChain", "chain_inputs", "is_manifest", "open_graph"]


def is_manifest(path: str) -> bool:
    """Whether a path names a manifest and not a graph."""
    return path.endswith(".json")


def open_graph(
    path: str, outputs: Iterable[str] | None, label: str
) -> RunnableGraph | RunnableChain:
    """A graph file, or the parts that a manifest lists."""
    kind = RunnableChain if is_manifest(path) else RunnableGraph
    return kind(path, outputs, label)


def chain_inputs(path: str, outputs: Iterable[str] | None) -> list[str]:
    """The inputs that have to be fed, read without TensorFlow."""
    return list(load_manifest(path).inputs) if is_manifest(path) else needed_inputs(path, outputs)


class RunnableChain:
    """The parts of a model in sessions on the CPU.

    Attributes:
        label: how messages call it.
        leaves: outputs of the whole, as ``node:index``.
        outputs: those of them that are fetched.
    """

    def __init__(self, path: str, outputs: Iterable[str] | None, label: str) -> None:
        self.label = label
        chain = load_manifest(path)
        self._owner = {output.name: output.part for output in chain.outputs}
        self.leaves = list(self._owner)
        wanted = list(self._owner) if outputs is None else list(dict.fromkeys(outputs))
        self.outputs = [name for name in wanted if name in self._owner]
        self._parts = [(part, RunnableGraph(str(part.path), part.outputs)) for part in chain.parts]
        self._check(chain)

    def __enter__(self) -> RunnableChain:
        return self

    def __exit__(self, *details: object) -> None:
        for _, graph in self._parts:
            graph.__exit__(*details)

    def takes(self, name: str) -> bool:
        """Whether any part is fed with this input of the whole."""
        fed = ((p, g) for p, g in self._parts if (MODEL, name) in p.inputs.values())
        return any(graph.takes(_placeholder(part, name)) for part, graph in fed)

    def run(self, feed: Feed) -> list[Array]:
        """The outputs of the whole for one feed of it.

        Raises:
            VerifyError: a part cannot be run; the message starts with the part's name.
        """
        known: dict[tuple[str, str], Array] = {(MODEL, name): feed[name] for name in feed}
        for part, graph in self._parts:
            given = {name: known[source] for name, source in part.inputs.items() if source in known}
            for name, array in zip(graph.outputs, graph.run(given), strict=True):
                known[part.name, name] = array
        return [known[self._owner[name], name] for name in self.outputs]

    def _check(self, chain: Chain) -> None:
        """Every part gives what the manifest says, and takes nothing else."""
        for part, graph in self._parts:
            if graph.missing:
                raise VerifyError(f"{part.path}: there is no output {graph.missing[0]}")
            unfed = [name for name in graph.inputs if name not in part.inputs]
            if unfed:
                raise VerifyError(f"{part.path}: {chain.path} does not say what feeds {unfed[0]}")


def _placeholder(part: ChainPart, name: str) -> str:
    return next(own for own, source in part.inputs.items() if source == (MODEL, name))
