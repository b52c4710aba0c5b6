"""Two graphs on the same inputs: the first runs, then the second, then they are compared.

What the first graph gave is kept until another one is asked for: the search for a rewrite that
changes the numbers compares it with many second graphs.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from linter.io.sidecar.values import Feed, Run, write_run
from linter.process.tf.feedfile import read_feed
from linter.process.tf.protocol import VerifyRequest
from linter.process.tf.worker.chain import chain_inputs, open_graph
from linter.process.tf.worker.compare import Array
from linter.process.tf.worker.feeds import describe_inputs, with_shapes
from linter.process.tf.worker.graphs import one_value_constants
from linter.process.tf.worker.judging import judge, reacts
from linter.process.tf.worker.progress import tell
from linter.process.tf.worker.sessions import RunnableGraph, check_nodes
from linter.process.tf.worker.values import EDGES, SPECIAL, InputSpec, Level, edge_feed, make_feed
from linter.results.errors import GraphError, UsageError, VerifyError
from linter.results.tolerance import Tolerance
from linter.results.verify import FedInput, VerifyResult, VerifyStatus

__all__ = ["verify"]

_LEVELS = (
    Level(),
    Level(size=224),
    Level(size=299),
    Level(size=64, first=4, row=4),
    Level(size=1, first=8),
    Level(unknown=(1, 8, 8)),
    Level(unknown=(8,)),
    Level(unknown=(1, 64, 64, 3)),
    Level(unknown=()),
    Level(ints_below=2, clamp=True),
    Level(unknown=(), ints_below=2, clamp=True),
    Level(size=1, ints_below=2, clamp=True),
    Level(size=1, unknown=(), ints_below=2, clamp=True),
    Level(ints_below=1, clamp=True),
)
"""What is tried until the first graph runs; only unknown sizes and integers change."""

_SLOW_SECONDS = 10.0
"""A graph that takes longer for one feed gets one edge case, the zeros."""
_STRESS = frozenset({"huge", SPECIAL})
_MAGNIFYING = frozenset({"ones", "greatest", "tiny"})
_MORE_SEEDS = 2


@dataclass(slots=True)
class _Kept:
    """The last first graph, and what it gave."""

    key: object = None
    run: Run | None = None
    constants: tuple[int, str] = (0, "")


_KEPT = _Kept()


def verify(request: VerifyRequest) -> VerifyResult:
    """Run and compare; see ``linter.process.tf.client.verify``."""
    if len(set(request.seeds)) < 2:
        raise UsageError("a verification needs two different seeds at least")
    run = _first_run(request)
    _run_second(request, run)
    tolerances = {name: Tolerance(rtol, atol) for name, rtol, atol in request.tolerances}
    result = judge(run, tolerances)
    if request.save is not None:
        first, second = zip(request.labels, request.digests, strict=True)
        write_run(request.save, run, tolerances, (first, second))
    if result.status is VerifyStatus.INSENSITIVE:
        count, name = _KEPT.constants
        if count:
            note = f"{count} large constants repeat one value, such as {name}; weights like these"
            note += " can hide the inputs from the outputs"
            result = replace(result, notes=(*result.notes, note))
    return result


def _first_run(request: VerifyRequest) -> Run:
    """The first graph on all feeds; a copy, to which the second graph is added."""
    needed = chain_inputs(request.b, request.outputs)
    key = _key(request, needed)
    if _KEPT.run is None or _KEPT.key != key:
        _KEPT.run = None  # the old arrays go before the new ones come
        _KEPT.run = _run_first(request)
        _KEPT.key = key
    run = copy.copy(_KEPT.run)
    run.notes = list(run.notes)
    run.second = []
    run.second_label = request.labels[1]
    return run


def _key(request: VerifyRequest, needed: list[str]) -> object:
    """All that the outputs of the first graph depend on."""
    files = [request.a, *([] if request.feed is None else [request.feed])]
    marks = [_mark(path) for path in files]
    asked = (request.outputs, request.inputs, request.seeds, request.input_shapes, request.special)
    return files, marks, asked, needed


def _mark(path: str) -> tuple[int, int, int]:
    """What tells whether a file is still the same."""
    try:
        status = Path(path).stat()
    except OSError as err:
        raise GraphError(f"{path}: cannot be read: {err.strerror}") from err
    return status.st_ino, status.st_size, status.st_mtime_ns


class _FirstRun:
    """The first graph on a given feed, on random feeds and on edge cases."""

    def __init__(
        self, request: VerifyRequest, graph: RunnableGraph, given: dict[str, Array]
    ) -> None:
        self._request = request
        self._graph = graph
        self._given = given
        self._names = _names_to_feed(request, graph, given)
        self._shapes = {n: dims for n, dims in request.input_shapes if n in self._names}
        self._specs: list[InputSpec] = []
        self._seconds = 0.0
        self.run = Run(graph.outputs, reached=frozenset(graph.reached_from(self._names)))

    def run_all(self) -> Run:
        """Every feed, in the order in which the second graph gets them."""
        if self._given:
            self._run_given()
        level = self._run_random()
        if level is not None:
            self._run_edges(level)
            self._run_more(level)
        run = self.run
        run.inputs = [
            FedInput(s.name, s.dtype.name, s.shape, s.meaning(level or Level()))
            for s in self._specs
        ]
        run.notes.extend(spec.note for spec in self._specs if spec.note)
        return run

    def _take(self, feed: Feed) -> None:
        results = self._graph.run(feed.arrays)
        self.run.feeds.append(feed)
        self.run.first.append(results)

    def _described(self, level: Level) -> list[InputSpec]:
        specs = describe_inputs(self._graph.graph, self._names, self._shapes, level)
        return with_shapes(specs, self._given)

    def _run_given(self) -> None:
        specs, given = self._described(_LEVELS[0]), self._given
        exact = {s.name: _as_dtype(given[s.name], s) for s in specs if s.name in given}
        self._specs = specs
        name = Path(self._request.feed or "").name
        self._take(Feed(name, make_feed(specs, 0, _LEVELS[0]) | exact, given=True))

    def _run_random(self) -> Level | None:
        try:
            return self._first_level_that_runs()
        except VerifyError as err:
            if not self._given:
                raise
            self.run.notes.append(f"random inputs cannot be run, only the given feed was: {err}")
            return None

    def _first_level_that_runs(self) -> Level:
        first_error: VerifyError | None = None
        tried: list[dict[str, Array]] = []
        for level in _LEVELS:
            specs = self._described(level)
            feeds = [make_feed(specs, seed, level) for seed in self._request.seeds]
            if any(_same_feed(feeds[0], feed) for feed in tried):
                continue
            tried.append(feeds[0])
            begun = time.monotonic()
            try:
                results = [self._run_seed(feed, n, len(feeds)) for n, feed in enumerate(feeds, 1)]
            except VerifyError as err:
                first_error = first_error or err
                continue
            self._seconds = (time.monotonic() - begun) / len(feeds)
            self._specs = specs
            if level.clamp:
                self.run.notes.append(f"it runs only with integers below {level.ints_below}")
            for seed, feed, result in zip(self._request.seeds, feeds, results, strict=True):
                self.run.feeds.append(Feed(f"seed {seed}", feed, seed=seed))
                self.run.first.append(result)
            return level
        assumed = [spec.note for spec in self._described(_LEVELS[0]) if spec.note]
        hint = f" ({'; '.join(assumed)}; --input-shape sets it)" if assumed else ""
        raise VerifyError(f"{first_error}{hint}") from first_error

    def _run_seed(self, feed: dict[str, Array], number: int, count: int) -> list[Array]:
        tell(f"TensorFlow evaluates {self._request.labels[0]}, seed {number} of {count}")
        return self._graph.run(feed)

    def _run_edges(self, level: Level) -> None:
        kinds: tuple[str, ...] = (*EDGES, SPECIAL) if self._request.special else EDGES
        if self._seconds > _SLOW_SECONDS:
            kinds = EDGES[:1]
            self.run.notes.append(
                f"one run takes {self._seconds:.0f} seconds, so of the edge cases only "
                f"{EDGES[0]} were run"
            )
        for kind in kinds:
            arrays = edge_feed(self._specs, kind, level)
            if not arrays or any(_same_feed(arrays, feed.arrays) for feed in self.run.feeds):
                continue
            tell(f"TensorFlow evaluates {self._request.labels[0]} on {kind}")
            try:
                self._take(Feed(kind, arrays, stress=kind in _STRESS, edge=kind in _MAGNIFYING))
            except VerifyError:
                self.run.left_out.append(kind)

    def _run_more(self, level: Level) -> None:
        """More seeds for outputs that have not reacted yet."""
        run, seed = self.run, max(self._request.seeds)
        for _ in range(_MORE_SEEDS):
            if all(reacts(run, index) is not False for index in range(len(run.outputs))):
                return
            seed += 1
            self._take(Feed(f"seed {seed}", make_feed(self._specs, seed, level), seed=seed))


def _run_first(request: VerifyRequest) -> Run:
    given = read_feed(request.feed) if request.feed is not None else {}
    label = request.labels[0]
    with RunnableGraph(request.a, request.outputs, label) as graph:
        if graph.missing and request.outputs:
            raise UsageError(f"{label}: there is no output {graph.missing[0]}")
        if not graph.outputs:
            raise UsageError(f"{label}: there is no output to compare")
        _KEPT.constants = one_value_constants(graph.definition)
        return _FirstRun(request, graph, given).run_all()


def _names_to_feed(request: VerifyRequest, graph: RunnableGraph, given: Iterable[str]) -> list[str]:
    """Inputs to feed: the graph's own, those named, and defaults that became placeholders."""
    named = [*(request.inputs or ()), *given, *(name for name, _ in request.input_shapes)]
    check_nodes(graph, named)
    names = list(graph.inputs if request.inputs is None else filter(graph.takes, request.inputs))
    names += [name for name in named if name not in names and graph.is_input(name)]
    needed = chain_inputs(request.b, graph.outputs)
    names += [name for name in needed if name not in names and name in graph.defaulted]
    lacking = [name for name in needed if name not in names]
    if lacking:
        first, second = request.labels
        raise VerifyError(f"{second}: its input {lacking[0]} is no input of {first}")
    return list(dict.fromkeys(names))


def _run_second(request: VerifyRequest, run: Run) -> None:
    """Add what the second graph gives to ``run``."""
    label = request.labels[1]
    with open_graph(request.b, run.outputs, label) as graph:
        for info in run.inputs:
            if not graph.takes(info.name):
                run.notes.append(f"input {info.name} is not used by {label}")
        own = [name for name in graph.leaves if name not in run.outputs]
        if own and request.outputs is None:
            more = f" and {len(own) - 1} more" if len(own) > 1 else ""
            run.notes.append(f"only {label} has output {own[0]}{more}, which nothing is held to")
        for number, feed in enumerate(run.feeds, 1):
            tell(f"TensorFlow evaluates {label}, input {number} of {len(run.feeds)}")
            results = graph.run(feed.arrays) if graph.outputs else []
            run.second.append(dict(zip(graph.outputs, results, strict=True)))


def _as_dtype(array: Array, spec: InputSpec) -> Array:
    wanted = spec.dtype.as_numpy_dtype
    if array.dtype == wanted or array.dtype.kind in "SU":
        return array
    cast = array.astype(wanted)
    if not np.array_equal(cast.astype(array.dtype), array, equal_nan=array.dtype.kind in "fc"):
        raise UsageError(
            f"feed of {spec.name}: {array.dtype} values do not fit dtype {spec.dtype.name}"
        )
    return cast


def _same_feed(a: Mapping[str, Array], b: Mapping[str, Array]) -> bool:
    return all(_same_array(a[name], b[name]) for name in a)


def _same_array(a: Array, b: Array) -> bool:
    if a.dtype == object or b.dtype == object:
        return np.array_equal(a, b)
    return a.shape == b.shape and a.dtype == b.dtype and a.tobytes() == b.tobytes()
