"""Whether a report passes the gate, and what the gate has to say besides the findings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

from linter.api.gate.policy import Policy, weigh
from linter.results.finding import Severity
from linter.results.gate import GateLine, GateOutcome, Threshold
from linter.results.report import ModelReport, Report, TargetReport
from linter.results.wording import plural
from rules.rule_set import BUILT_IN, Ignore, RuleSet

if TYPE_CHECKING:
    from linter.api.gate.known import Matches
    from linter.results.baseline import Baseline

__all__ = ["gated"]


def gated(
    report: Report,
    policy: Policy,
    *,
    rules: RuleSet = BUILT_IN,
    baselines: Sequence[Baseline] = (),
    notes: Sequence[GateLine] = (),
) -> Report:
    """Put a report through the gate.

    Args:
        report: what ``check`` said.
        policy: what the project lets pass.
        rules: the rules that it ran; entries that ignored nothing, or have ended, are named.
        baselines: findings that are known and do not count. ``check`` watches their nodes.
        notes: what there is to say besides, such as what a baseline could not be made of.

    Returns:
        The report with the findings that count and their weight, and ``gate`` beside them.
    """
    matches: Sequence[Matches] = ()
    if baselines:
        from linter.api.gate.known import without_known

        report, matches = without_known(report, baselines)
    report = weigh(report, policy)
    stale = (
        _stale(baseline, match, policy)
        for baseline, match in zip(baselines, matches, strict=True)
        if match.stale and baseline.is_kept
    )
    said = (replace(note, fails=note.fails or policy.strict) for note in notes)
    lines = tuple(chain(_limits(report, policy), _entries(report, policy, rules), stale, said))
    passed = not any(line.fails for line in lines) and not _any_fails(report, policy)
    known = sum(len(target.known) for _, target in _targets(report)) if baselines else None
    return replace(report, gate=GateOutcome(passed, known, lines, policy.demands))


def _any_fails(report: Report, policy: Policy) -> bool:
    return any(
        policy.leaves_open(target) or any(policy.fails(item.severity) for item in target.findings)
        for _, target in _targets(report)
    )


def _targets(report: Report) -> Iterator[tuple[ModelReport, TargetReport]]:
    return ((model, target) for model in report.results for target in model.targets)


def _limits(report: Report, policy: Policy) -> Iterator[GateLine]:
    """What the report as a whole, and the models as wholes, fall short of."""
    for model, target in _targets(report):
        place = f"{model.path} on {target.target}"
        if policy.leaves_open(target) and policy.fail_on is Threshold.UNCERTAIN:
            yield GateLine("uncertain", f"{place}: the verdict is {target.verdict.value}", True)
        yield from _coverage(place, target, policy.min_coverage)
    if policy.require_verified:
        from linter.api.gate.records import unverified

        yield from (GateLine("unverified", text, True) for text in unverified(report.results))
    findings = chain.from_iterable(target.findings for _, target in _targets(report))
    warnings = sum(finding.severity is Severity.WARNING for finding in findings)
    if policy.max_warnings is not None and warnings > policy.max_warnings:
        allowed = f"{plural(warnings, 'warning')}, and {policy.max_warnings:,} are let pass"
        yield GateLine("max-warnings", allowed, True)


def _stale(baseline: Baseline, match: Matches, policy: Policy) -> GateLine:
    first = match.stale[0]
    place = f"{first.code} at {first.place}" if first.place else first.code
    text = (
        f"{baseline.name}: {plural(len(match.stale), 'finding')} there, such as {place} in "
        f"{first.model}, found no longer; omlint baseline prune takes out what is gone"
    )
    return GateLine("stale-baseline", text, policy.strict)


def _coverage(place: str, target: TargetReport, least: float) -> Iterator[GateLine]:
    summary = target.summary
    if least <= 0 or (summary.reachable and summary.supported * 100 >= least * summary.reachable):
        return
    share = f"{summary.supported:,} of {plural(summary.reachable, 'reachable node')}"
    yield GateLine(
        "min-coverage", f"{place}: {share} supported, less than {least:g} per cent", True
    )


def _entries(report: Report, policy: Policy, rules: RuleSet) -> Iterator[GateLine]:
    """Entries of ``ignore`` that have ended, or had nothing to ignore."""
    for entry in rules.expired:
        ended = f"{entry.place} ended on {entry.until}: {entry.reason}"
        yield GateLine("expired-ignore", ended, policy.strict)
    judged = [model.path for model in report.results]
    failed = {error.path for error in report.errors}
    for entry in rules.ignores:
        if not entry.hits and _was_asked(entry, judged, failed):
            idle = f"{entry.place}: nothing was found that it could ignore"
            yield GateLine("unused-ignore", idle, policy.strict)


def _was_asked(entry: Ignore, judged: Iterable[str], failed: Iterable[str]) -> bool:
    """Whether what the entry is about was judged, all of it."""
    return any(map(entry.concerns, judged)) and not any(map(entry.concerns, failed))
