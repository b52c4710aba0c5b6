"""Baselines are written from a report, and cleared of what a report no longer finds."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from linter.api.gate.known import match_baseline
from linter.io.atomic import write_text
from linter.io.sidecar.baseline import baseline_text, read_baseline
from linter.results.baseline import (
    Baseline,
    BaselineChange,
    KnownFinding,
    known_findings,
    series,
)
from linter.results.model_path import seen_from
from linter.results.report import Report

__all__ = ["baseline_of", "prune_baseline", "write_baseline"]


def baseline_of(report: Report, folder: str = "", name: str = "") -> Baseline:
    """All findings of a report as a baseline.

    Args:
        report: what ``check`` said, and the policy weighed.
        folder: where models are seen from; ``""`` is the working directory.
        name: what to call it.
    """
    entries = (
        entry
        for model in report.results
        for target in model.targets
        for entry in known_findings(
            seen_from(folder, model.path), target.target, (*target.findings, *target.known)
        )
    )
    # Two releases of a series say the same twice, perhaps with other ranks.
    once = {entry.order: entry for entry in reversed(tuple(entries))}
    return Baseline(name, folder, tuple(reversed(once.values())))


def write_baseline(report: Report, path: str) -> BaselineChange:
    """Write what a report found; what the file says of other models and targets stays.

    Args:
        report: what ``check`` said, and the policy weighed.
        path: the file, new or there already.

    Raises:
        GraphError: the file is there and is no baseline; it is left alone.
        UsageError: it cannot be written.
    """
    before = _at(path)
    found = baseline_of(report, before.folder, path)
    judged = set(_judged(report, before.folder))
    kept = tuple(item for item in before.entries if (item.model, item.target) not in judged)
    after = replace(before, entries=(*kept, *found.entries))
    write_text(path, baseline_text(after))
    old, new = (_keys(baseline) for baseline in (before, after))
    counts = {"added": len(new - old), "removed": len(old - new), "untouched": len(kept)}
    return BaselineChange(before, after, **counts)


def prune_baseline(report: Report, path: str) -> BaselineChange:
    """Take out of a baseline what a report no longer finds, and models that are gone.

    Entries of a renamed scope get the names of today; none comes in. What the report did not
    look at stays.

    Args:
        report: what ``check`` said, told to watch the nodes of the baseline.
        path: the file.

    Raises:
        GraphError: the file is no baseline; it is left alone.
        UsageError: it cannot be written.
    """
    before = read_baseline(path)
    matches = match_baseline(report, before)
    stale = set(matches.stale)
    after = replace(
        before,
        entries=tuple(
            dict.fromkeys(
                matches.names.get(entry, entry)
                for entry in before.entries
                if entry not in stale and _is_there(before, entry)
            )
        ),
    )
    write_text(path, baseline_text(after))
    removed = len(set(before.entries)) - len(after.entries)
    judged = set(_judged(report, before.folder))
    untouched = sum((entry.model, entry.target) not in judged for entry in after.entries)
    return BaselineChange(before, after, 0, removed, matches.renamed, untouched)


def _at(path: str) -> Baseline:
    if Path(path).exists():
        return read_baseline(path)
    return Baseline(path, os.path.dirname(path))  # noqa: PTH120 - as ``read_baseline`` has it


def _judged(report: Report, folder: str) -> Iterator[tuple[str, str]]:
    for model in report.results:
        for target in model.targets:
            yield seen_from(folder, model.path), series(target.target)


def _keys(baseline: Baseline) -> set[tuple[str, str, str, str, str, int]]:
    return {entry.order for entry in baseline.entries}


def _is_there(baseline: Baseline, entry: KnownFinding) -> bool:
    return Path(baseline.folder, entry.model).exists()
