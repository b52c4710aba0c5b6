"""What two runs of two graphs on the same inputs come to. No TensorFlow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from linter.io.sidecar.values import Feed, Run
from linter.process.tf.worker.compare import Array, Difference, compare, same
from linter.results.errors import UsageError
from linter.results.tolerance import Tolerance
from linter.results.verify import OutputDiff, VerifyResult, VerifyStatus, Worst

__all__ = ["judge", "reacts", "with_second"]

_EDGE_WIDTH = 100.0


def judge(run: Run, tolerances: Mapping[str, Tolerance]) -> VerifyResult:
    """Compare all outputs on all feeds.

    Args:
        run: what both graphs gave.
        tolerances: by output; the empty name is the default.
    """
    diffs = tuple(
        _diff(run, index, tolerances.get(name, tolerances[""]))
        for index, name in enumerate(run.outputs)
    )
    status = _status(diffs)
    return VerifyResult(
        equal=status is VerifyStatus.EQUAL,
        status=status,
        outputs=diffs,
        seeds=run.seeds,
        inputs=tuple(run.inputs),
        notes=tuple(run.notes),
        feeds=tuple(feed.name for feed in run.feeds),
        left_out=tuple(run.left_out),
        tolerance=tolerances[""],
    )


def with_second(run: Run, arrays: Mapping[str, Array], label: str) -> Run:
    """The run with outputs from elsewhere, on those feeds that they are there for.

    Floats may come in another width; they are compared in that of the first graph.

    Raises:
        UsageError: an array that is no output, or none at all.
    """
    places = {name: index for index, name in enumerate(run.outputs)}
    second: dict[int, dict[str, Array]] = {}
    for key, array in arrays.items():
        head, _, rest = key.removeprefix("second/").partition("/")
        number, name = (int(head), rest) if rest and head.isdecimal() else (0, key)
        name = name if name in places else f"{name}:0"
        if name not in places or number >= len(run.feeds):
            known = ", ".join(run.outputs[:4])
            raise UsageError(f"{label}: {key} is no output of the saved run; there are: {known}")
        second.setdefault(number, {})[name] = _in_width_of(run.first[number][places[name]], array)
    if not second:
        raise UsageError(f"{label}: it holds no output")
    numbers = sorted(second)
    return replace(
        run,
        second_label=label,
        feeds=[run.feeds[k] for k in numbers],
        first=[run.first[k] for k in numbers],
        second=[second[k] for k in numbers],
        reached=frozenset(),
        left_out=[],
    )


def reacts(run: Run, index: int) -> bool | None:
    """Whether output ``index`` differs between any two feeds; ``None`` when that is no proof.

    Feeds that are given may have shapes of their own, stress may react in its own way; neither
    counts.
    """
    name = run.outputs[index]
    plain = [i for i, feed in enumerate(run.feeds) if not feed.stress and not feed.given]
    if name not in run.reached or not run.seeds:
        return None
    first, *others = (run.first[i][index] for i in plain)
    return not all(same(first, other) for other in others)


def _in_width_of(first: Array, second: Array) -> Array:
    both_float = first.dtype.kind == second.dtype.kind == "f"
    return second.astype(first.dtype) if both_float else second


def _diff(run: Run, index: int, limit: Tolerance) -> OutputDiff:
    name = run.outputs[index]
    exact = limit.rtol == 0 == limit.atol
    counted: list[tuple[Feed, Difference]] = []
    stress: list[str] = []
    for feed, first, second in zip(run.feeds, run.first, run.second, strict=True):
        if name not in second:
            continue
        width = _EDGE_WIDTH if feed.edge else 1.0
        difference = compare(first[index], second[name], width * limit.rtol, width * limit.atol)
        if exact or not feed.stress:
            counted.append((feed, difference))
        elif difference.reason:
            stress.append(f"on {feed.name} values: {difference.reason}")
    missing = Difference(None, None, f"not in {run.second_label}")
    counted = counted or [(Feed("", {}), missing)]
    return _summarise(name, counted, reacts(run, index), stress)


def _summarise(
    name: str,
    counted: list[tuple[Feed, Difference]],
    sensitive: bool | None,
    stress: Iterable[str],
) -> OutputDiff:
    bad = [(feed, difference) for feed, difference in counted if difference.reason]
    worst = None
    shown = max(bad, key=lambda pair: pair[1].max_abs or 0.0, default=None)
    if shown is not None and shown[1].where is not None and shown[1].values is not None:
        worst = Worst(shown[0].name, shown[1].where, *shown[1].values)
    return OutputDiff(
        name,
        max_abs=_largest([difference.max_abs for _, difference in counted]),
        max_rel=_largest([difference.max_rel for _, difference in counted]),
        ok=not bad,
        sensitive=sensitive,
        reason=bad[0][1].reason if bad else "",
        mismatched=sum(difference.count for _, difference in counted),
        worst=worst,
        stress="; ".join(stress),
    )


def _largest(figures: list[float | None]) -> float | None:
    known = [figure for figure in figures if figure is not None]
    return max(known) if len(known) == len(figures) else None


def _status(diffs: Iterable[OutputDiff]) -> VerifyStatus:
    diffs = tuple(diffs)
    if not all(diff.ok for diff in diffs):
        return VerifyStatus.DIFFERENT
    if any(diff.sensitive is False for diff in diffs):
        return VerifyStatus.INSENSITIVE
    return VerifyStatus.EQUAL
