"""Findings that are known: a report without them, and entries that nothing answers to any more.

A finding is known when an entry is about the very same thing. Of what is left over, a finding is
taken for an entry whose node the model no longer has when both are of the same kind, in the order
of their ranks: the scope was renamed. An entry whose node is still there serves no other node, so
a fault that was mended does not hide a new one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from linter.results.baseline import Baseline, Kind, KnownFinding, known_findings, series
from linter.results.finding import Finding
from linter.results.model_path import seen_from
from linter.results.report import ModelReport, Report, TargetReport

__all__ = ["Matches", "match_baseline", "watched_nodes", "without_known"]


@dataclass(slots=True)
class Matches:
    """How a report and a baseline answer to each other.

    Attributes:
        names: entries that a finding answers to, with the finding as an entry of today.
        found: those findings, on whatever release they were found.
        judged: entries about models and targets of the report.
    """

    names: dict[KnownFinding, KnownFinding] = field(default_factory=dict)
    found: set[KnownFinding] = field(default_factory=set)
    judged: list[KnownFinding] = field(default_factory=list)

    @property
    def stale(self) -> tuple[KnownFinding, ...]:
        """Entries about what was judged that no finding answers to."""
        return tuple(entry for entry in self.judged if entry not in self.names)

    @property
    def renamed(self) -> int:
        """Entries whose node has another name today."""
        return sum(entry.key != today.key for entry, today in self.names.items())


def watched_nodes(baselines: Iterable[Baseline]) -> frozenset[str]:
    """The nodes that entries are about: ``check`` has to say which of them are still there.

    Args:
        baselines: what is known.
    """
    return frozenset(entry.place for baseline in baselines for entry in baseline.entries)


def match_baseline(report: Report, baseline: Baseline) -> Matches:
    """Which entries the findings of a report answer to.

    Args:
        report: what ``check`` said, told to watch the nodes of the baseline.
        baseline: what is known.
    """
    entries: dict[tuple[str, str], list[KnownFinding]] = defaultdict(list)
    for entry in dict.fromkeys(baseline.entries):
        entries[entry.model, entry.target].append(entry)
    result = Matches()
    seen: set[tuple[str, str]] = set()
    for model, target in _targets(report):
        place = (seen_from(baseline.folder, model.path), series(target.target))
        today = known_findings(place[0], target.target, _all(target))
        for entry, finding in _pairs(entries[place], today, model):
            result.names.setdefault(entry, finding)
            result.found.add(finding)
        if place not in seen:
            result.judged += entries[place]
        seen.add(place)
    return result


def without_known(
    report: Report, baselines: Sequence[Baseline]
) -> tuple[Report, tuple[Matches, ...]]:
    """The report with what is known set apart, and what answers to each baseline."""
    if not baselines:
        return report, ()
    matches = tuple(match_baseline(report, baseline) for baseline in baselines)

    def reduced(model: ModelReport, target: TargetReport) -> TargetReport:
        findings = _all(target)
        known = [False] * len(findings)
        for baseline, match in zip(baselines, matches, strict=True):
            today = known_findings(seen_from(baseline.folder, model.path), target.target, findings)
            known = [old or item in match.found for old, item in zip(known, today, strict=True)]
        return _split(target, findings, known)

    return _each(report, reduced), matches


def _split(target: TargetReport, findings: Sequence[Finding], known: list[bool]) -> TargetReport:
    pairs = list(zip(findings, known, strict=True))
    return replace(
        target,
        findings=tuple(finding for finding, old in pairs if not old),
        known=tuple(finding for finding, old in pairs if old),
    )


def _each(report: Report, change: Callable[[ModelReport, TargetReport], TargetReport]) -> Report:
    models = (
        replace(model, targets=tuple(change(model, target) for target in model.targets))
        for model in report.results
    )
    return replace(report, results=tuple(models))


def _targets(report: Report) -> Iterator[tuple[ModelReport, TargetReport]]:
    return ((model, target) for model in report.results for target in model.targets)


def _all(target: TargetReport) -> tuple[Finding, ...]:
    """The findings of a target in their order, those that are known among them."""
    both = (*target.findings, *target.known)
    return tuple(sorted(both, key=lambda finding: finding.sort_key)) if target.known else both


def _pairs(
    entries: Sequence[KnownFinding], findings: Sequence[KnownFinding], model: ModelReport
) -> Iterator[tuple[KnownFinding, KnownFinding]]:
    """Entries with the findings that answer to them, each finding once."""
    by_key = {finding.key: finding for finding in findings}
    gone: dict[Kind, list[KnownFinding]] = defaultdict(list)
    for entry in entries:
        finding = by_key.get(entry.key)
        if finding is not None:
            yield entry, finding
        elif entry.node is not None and entry.place not in model.present:
            gone[entry.kind].append(entry)
    known = {entry.key for entry in entries}
    left: dict[Kind, list[KnownFinding]] = defaultdict(list)
    for finding in findings:
        if finding.key not in known:
            left[finding.kind].append(finding)
    for kind, olds in gone.items():
        ordered = sorted(olds, key=lambda entry: (entry.rank, entry.order))
        yield from zip(ordered, left[kind], strict=False)
