"""Two graphs on the same inputs: the first runs, then the second, then they are compared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from linter.errors import UsageError, VerifyError
from linter.finding import InputInfo
from linter.tf.protocol import VerifyRequest
from linter.tf.results import OutputDiff, VerifyResult, VerifyStatus
from linter.tf.worker.compare import Difference, compare, same
from linter.tf.worker.feeds import (
    InputSpec,
    Level,
    describe_inputs,
    make_feed,
    with_shapes,
    zero_feed,
)
from linter.tf.worker.sessions import Array, Feed, RunnableGraph, check_nodes, needed_inputs

__all__ = ["verify"]

_LEVELS = (
    Level(),
    Level(size=224),
    Level(size=299),
    Level(size=64, first=4),
    Level(unknown=(1,)),
    Level(unknown=(1, 8)),
    Level(unknown=(1, 8, 8)),
    Level(unknown=(1, 64, 64, 3)),
    Level(ints_below=2, clamp=True),
    Level(size=1, ints_below=2, clamp=True),
    Level(ints_below=1, clamp=True),
)
"""What is tried until the first graph runs; only unknown sizes and integers change."""

_MORE_SEEDS = 2


@dataclass(slots=True)
class _Baseline:
    """What the first graph gave.

    Attributes:
        feeds: every feed that it ran.
        results: its outputs, per feed.
        random: which of the feeds are random ones, as indices.
        reached: outputs that a fed input reaches.
    """

    outputs: list[str]
    specs: list[InputSpec] = field(default_factory=list)
    feeds: list[Feed] = field(default_factory=list)
    results: list[list[Array]] = field(default_factory=list)
    random: list[int] = field(default_factory=list)
    seeds: list[int] = field(default_factory=list)
    reached: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)

    def add(self, feed: Feed, results: list[Array]) -> None:
        self.feeds.append(feed)
        self.results.append(results)

    def add_random(self, seed: int, feed: Feed, results: list[Array]) -> None:
        self.random.append(len(self.feeds))
        self.seeds.append(seed)
        self.add(feed, results)

    def reacts(self, index: int) -> bool:
        """Whether output ``index`` differs between any two of the random feeds."""
        if not self.random:
            return False
        first, *others = (self.results[i][index] for i in self.random)
        return not all(same(first, other) for other in others)


def verify(request: VerifyRequest) -> VerifyResult:
    """Run and compare; see ``linter.tf.client.verify``."""
    if len(set(request.seeds)) < 2:
        raise UsageError("a verification needs two different seeds at least")
    baseline = _run_first(request)
    diffs = list(_run_second(request, baseline))
    status = _status(diffs)
    return VerifyResult(
        equal=status is VerifyStatus.EQUAL,
        status=status,
        outputs=tuple(diffs),
        seeds=tuple(baseline.seeds),
        inputs=tuple(InputInfo(s.name, s.dtype.name, s.shape) for s in baseline.specs),
        notes=tuple(baseline.notes),
    )


class _FirstRun:
    """The first graph on a given feed, on random feeds and on zeros."""

    def __init__(self, request: VerifyRequest, graph: RunnableGraph, given: Feed) -> None:
        self._request = request
        self._graph = graph
        self._given = given
        self._names = _names_to_feed(request, graph, given)
        self._shapes = {n: dims for n, dims in request.input_shapes if n in self._names}
        self.baseline = _Baseline(
            graph.outputs,
            reached=graph.reached_from(self._names),
        )

    def run_all(self) -> _Baseline:
        """Every feed, in the order in which the second graph gets them."""
        if self._given:
            self._run_given()
        self._run_random()
        self._run_zeros()
        baseline = self.baseline
        baseline.notes.extend(spec.note for spec in baseline.specs if spec.note)
        return baseline

    def _specs(self, level: Level) -> list[InputSpec]:
        specs = describe_inputs(self._graph.graph, self._names, self._shapes, level)
        return with_shapes(specs, self._given)

    def _run_given(self) -> None:
        specs, given = self._specs(_LEVELS[0]), self._given
        exact = {s.name: _as_dtype(given[s.name], s) for s in specs if s.name in given}
        feed = make_feed(specs, 0, _LEVELS[0]) | exact
        self.baseline.specs = specs
        self.baseline.add(feed, self._graph.run(feed))

    def _run_random(self) -> None:
        baseline = self.baseline
        try:
            level = self._first_level_that_runs()
        except VerifyError as err:
            if not self._given:
                raise
            baseline.notes.append(f"random inputs cannot be run, only the given feed was: {err}")
            return
        seed = max(self._request.seeds)
        for _ in range(_MORE_SEEDS):
            quiet = [name for i, name in enumerate(baseline.outputs) if not baseline.reacts(i)]
            if baseline.reached.isdisjoint(quiet):
                break
            seed += 1
            feed = make_feed(baseline.specs, seed, level)
            baseline.add_random(seed, feed, self._graph.run(feed))

    def _first_level_that_runs(self) -> Level:
        first_error: VerifyError | None = None
        tried: list[Feed] = []
        for level in _LEVELS:
            specs = self._specs(level)
            feeds = [make_feed(specs, seed, level) for seed in self._request.seeds]
            if any(_same_feed(feeds[0], feed) for feed in tried):
                continue
            tried.append(feeds[0])
            try:
                results = [self._graph.run(feed) for feed in feeds]
            except VerifyError as err:
                first_error = first_error or err
                continue
            self.baseline.specs = specs
            if level.clamp:
                below = level.ints_below
                self.baseline.notes.append(f"it runs only with integers below {below}")
            for seed, feed, result in zip(self._request.seeds, feeds, results, strict=True):
                self.baseline.add_random(seed, feed, result)
            return level
        assumed = [spec.note for spec in self._specs(_LEVELS[0]) if spec.note]
        hint = f" ({'; '.join(assumed)}; --input-shape sets it)" if assumed else ""
        raise VerifyError(f"{first_error}{hint}") from first_error

    def _run_zeros(self) -> None:
        feed = zero_feed(self.baseline.specs)
        if not feed:
            return
        try:
            self.baseline.add(feed, self._graph.run(feed))
        except VerifyError as err:
            self.baseline.notes.append(f"a feed of zeros was left out: {err}")


def _run_first(request: VerifyRequest) -> _Baseline:
    given = _load_feed(request.feed)
    with RunnableGraph(request.a, request.outputs) as graph:
        if graph.missing and request.outputs:
            raise UsageError(f"{request.a}: there is no output {graph.missing[0]}")
        if not graph.outputs:
            raise UsageError(f"{request.a}: there is no output to compare")
        return _FirstRun(request, graph, given).run_all()


def _names_to_feed(request: VerifyRequest, graph: RunnableGraph, given: Feed) -> list[str]:
    """Inputs to feed: the graph's own, those named, and defaults that became placeholders."""
    named = [*(request.inputs or ()), *given, *(name for name, _ in request.input_shapes)]
    check_nodes(graph, named)
    names = list(graph.inputs if request.inputs is None else filter(graph.takes, request.inputs))
    names += [name for name in named if name not in names and graph.is_input(name)]
    needed = needed_inputs(request.b, graph.outputs)
    names += [name for name in needed if name not in names and name in graph.defaulted]
    lacking = [name for name in needed if name not in names]
    if lacking:
        raise VerifyError(f"{request.b}: its input {lacking[0]} is no input of {request.a}")
    return list(dict.fromkeys(names))


def _run_second(request: VerifyRequest, baseline: _Baseline) -> Iterator[OutputDiff]:
    limits = {name: (rtol, atol) for name, rtol, atol in request.tolerances}
    with RunnableGraph(request.b, baseline.outputs) as graph:
        for spec in baseline.specs:
            if not graph.takes(spec.name):
                baseline.notes.append(f"input {spec.name} is not used by {request.b}")
        if graph.outputs:
            results = [dict(zip(graph.outputs, graph.run(f), strict=True)) for f in baseline.feeds]
        else:
            results = [{} for _ in baseline.feeds]
    for index, name in enumerate(baseline.outputs):
        rtol, atol = limits.get(name, limits[""])
        found = [
            compare(first[index], second[name], rtol, atol)
            for first, second in zip(baseline.results, results, strict=True)
            if name in second
        ]
        sensitive = baseline.reacts(index) if name in baseline.reached else None
        if not baseline.random:
            sensitive = None
        missing = Difference(None, None, f"not in {request.b}")
        yield _summarise(name, found or [missing], sensitive)


def _summarise(name: str, found: list[Difference], sensitive: bool | None) -> OutputDiff:
    reason = next((difference.reason for difference in found if difference.reason), "")
    return OutputDiff(
        name,
        max_abs=_largest([difference.max_abs for difference in found]),
        max_rel=_largest([difference.max_rel for difference in found]),
        ok=not reason,
        sensitive=sensitive,
        reason=reason,
    )


def _largest(figures: list[float | None]) -> float | None:
    known = [figure for figure in figures if figure is not None]
    return max(known) if len(known) == len(figures) else None


def _status(diffs: list[OutputDiff]) -> VerifyStatus:
    if not all(diff.ok for diff in diffs):
        return VerifyStatus.DIFFERENT
    if any(diff.sensitive is False for diff in diffs):
        return VerifyStatus.INSENSITIVE
    return VerifyStatus.EQUAL


def _load_feed(path: str | None) -> dict[str, Array]:
    if path is None:
        return {}
    try:
        with np.load(path, allow_pickle=False) as archive:
            return {name.removesuffix(":0"): archive[name] for name in archive.files}
    except (OSError, ValueError, EOFError) as err:
        raise UsageError(f"{path}: not an .npz of arrays: {err}") from err


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


def _same_feed(a: Feed, b: Feed) -> bool:
    return all(np.array_equal(a[name], b[name]) for name in a)
