"""What is said of a model that several profiles run: each is judged, and all of them count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from linter.api.assemble import target_report
from linter.api.profiles import Profile
from linter.api.session import Session
from linter.judge import Judge, make_judge
from linter.results.errors import LinterError
from linter.results.finding import Finding
from linter.results.report import TargetReport, Verdict

__all__ = ["judged_report"]

_RANK = {Verdict.CONVERTIBLE: 0, Verdict.UNCERTAIN: 1, Verdict.BLOCKED: 2}


def judged_report(
    session: Session, judge: Judge, *, plan: bool = True
) -> tuple[TargetReport, tuple[LinterError, ...]]:
    """What the rules and the judge say of one form of the session's model.

    Args:
        session: the request, and the target.
        judge: answers for this form of the model.
        plan: find out which rewrites would remove errors.
    """
    rules = session.request.rules
    if not session.profiles:
        return target_report(judge, session.by_default, rules, plan=plan)
    reports: list[TargetReport] = []
    faults: list[LinterError] = []
    for profile in session.profiles:
        one = _judge_of(profile, session, judge)
        report, crashes = target_report(one, session.by_default, rules, plan=plan)
        plan = plan and report.verdict is not Verdict.BLOCKED
        reports.append(report)
        faults += crashes
    return _merged(reports, session.profiles), tuple(dict.fromkeys(faults))


def _judge_of(profile: Profile, session: Session, judge: Judge) -> Judge:
    main = judge.model.main
    shapes = {name: dims for name, dims in profile.shapes.items() if name in main}
    options = replace(judge.options, input_shapes=shapes)
    return make_judge(judge.model, session.database, options)


def _merged(reports: Sequence[TargetReport], profiles: Sequence[Profile]) -> TargetReport:
    """The worst verdict with its counts, and every finding once."""
    worst = max(reports, key=lambda report: _RANK[report.verdict])
    found: dict[tuple[object, ...], tuple[Finding, list[str]]] = {}
    for report, profile in zip(reports, profiles, strict=True):
        for finding in report.findings:
            _, labels = found.setdefault(_key(finding), (finding, []))
            if profile.label not in labels:
                labels.append(profile.label)
    findings = (
        finding if len(labels) == len(profiles) else _labelled(finding, labels)
        for finding, labels in found.values()
    )
    return replace(worst, findings=tuple(sorted(findings, key=lambda one: one.sort_key)))


def _key(finding: Finding) -> tuple[object, ...]:
    return (finding.code, finding.function, finding.node, finding.port, finding.message_id)


def _labelled(finding: Finding, labels: Sequence[str]) -> Finding:
    """The finding with the profiles that it is about, the first of them by name."""
    more = f" and {len(labels) - 1} more" if len(labels) > 1 else ""
    return replace(finding, message=f"{finding.message} (with {labels[0]}{more})")
