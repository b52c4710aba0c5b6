"""What becomes of single nodes in a fix, and what every rewrite says of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from linter.report.layout import NESTED, field, paragraph
from linter.report.style import Style, clean
from linter.results.finding import Finding
from linter.results.judgement import Judgement, Status
from linter.results.why import Answer, Kind, NodeExplanation, Step, WhyOutcome

__all__ = ["render"]

_SOURCES = 2
_COLORS = {Status.SUPPORTED: "green", Status.UNSUPPORTED: "red", Status.UNKNOWN: "yellow"}


def render(outcome: WhyOutcome, style: Style) -> str:
    """One block per node."""
    plan = outcome.plan
    target = plan.input_report.targets[0].target
    lines = []
    if not style.quiet:
        lines.append(f"{style.paint(clean(plan.path), 'bold')} on {style.paint(target, 'bold')}")
    for explanation in outcome.explanations:
        if style.quiet:
            lines.append(f"{clean(explanation.place)}: {_outcome(explanation, style)}")
        else:
            lines += ["", *_block(explanation, outcome, style)]
    return "\n".join(lines) + "\n"


def _block(explanation: NodeExplanation, outcome: WhyOutcome, style: Style) -> Iterator[str]:
    yield f"{style.paint(clean(explanation.place), 'bold')} ({clean(explanation.op)})"
    if explanation.before is None:
        yield from paragraph("not in the model: a rewrite makes it", "judged", style)
    else:
        findings = outcome.findings_before(explanation)
        yield from _judged("judged", explanation.before[1], findings, outcome, style)
    yield from paragraph(_outcome(explanation, style), "becomes", style)
    if explanation.after is not None and explanation.after != explanation.before:
        findings = outcome.findings_after(explanation)
        yield from _judged("then", explanation.after[1], findings, outcome, style)
    for step in explanation.steps:
        yield from _step(step, outcome, style)
    yield from _answers(explanation, outcome, style)
    yield from _next(explanation, style)


def _judged(
    label: str,
    judgement: Judgement,
    findings: Sequence[Finding],
    outcome: WhyOutcome,
    style: Style,
) -> Iterator[str]:
    """What the judge says: status, the stage that decided, the words of the report, sources."""
    status = style.paint(judgement.status.value, _COLORS[judgement.status])
    facts = [status, f"decided at the stage {judgement.stage.value}", judgement.certainty.value]
    if judgement.status is not Status.UNSUPPORTED:
        facts.insert(1, f"placed {judgement.placement.value}")
    yield from field(label, facts, style)
    for message in dict.fromkeys(style.finding(item)[0] for item in findings):
        yield from paragraph(clean(message), "", style)
    if not findings and judgement.detail:
        text = ", ".join(f"{name} {value}" for name, value in judgement.detail)
        yield from paragraph(clean(f"{judgement.reason}: {text}"), "", style)
    sources = {**outcome.plan.before.sources, **outcome.plan.after.sources}
    titles = [sources[key].title if key in sources else key for key in judgement.evidence]
    shown = titles if style.verbose else titles[:_SOURCES]
    if shown:
        yield from paragraph(clean("; ".join(dict.fromkeys(shown))), "", style)


def _outcome(explanation: NodeExplanation, style: Style) -> str:
    if explanation.after is None:
        return "removed" if explanation.is_needed else "removed: no output needs it"
    op, judgement = explanation.after
    status = style.paint(judgement.status.value, _COLORS[judgement.status])
    unneeded = "" if explanation.is_needed else "; no output needs it"
    if explanation.before is None:
        return f"new, {clean(op)}, {status}{unneeded}"
    if any(explanation.place in step.record.added for step in explanation.steps):
        return f"replaced by {clean(op)}, {status}{unneeded}"
    return f"stays, {status}{unneeded}"


def _step(step: Step, outcome: WhyOutcome, style: Style) -> Iterator[str]:
    made = step.record
    total = len(outcome.plan.rewrites)
    where = f"change {step.number:,} of {total:,}, at {clean(made.root)}"
    yield f"  {_named(made.rule, outcome, style)} ({made.safety.value}): fired, {where}"


def _answers(explanation: NodeExplanation, outcome: WhyOutcome, style: Style) -> Iterator[str]:
    fired = {step.record.rule for step in explanation.steps if explanation.after is None}
    answers = [answer for answer in explanation.answers if answer.rule not in fired]
    not_needed = [answer for answer in answers if answer.kind is Kind.NOT_NEEDED]
    for answer in answers:
        if answer in not_needed and len(not_needed) > 1:
            continue
        place = "" if answer.root == explanation.place else f", at {clean(answer.root)}"
        yield f"  {_named(answer.rule, outcome, style)}: {_worded(answer)}{place}"
        if answer.reason:
            yield from paragraph(clean(answer.reason), None, style, indent=NESTED)
    if len(not_needed) > 1:
        names = [_named(answer.rule, outcome, style) for answer in not_needed]
        names[-1] += ": the target takes what they would replace"
        yield from field("unneeded", names, style, separator=", ")
    if not answers and not explanation.steps:
        yield f"  no rewrite is about {clean(explanation.op)}"


def _worded(answer: Answer) -> str:
    if answer.kind is Kind.FREE:
        return "fits, but another rewrite came first"
    if answer.kind is Kind.REFUSED and not answer.reason:
        return "has nothing to do here"
    return {
        Kind.BLOCKED: "fits, but would not help",
        Kind.WITHHELD: "fits, but is withheld",
    }.get(answer.kind, answer.kind.value)


def _next(explanation: NodeExplanation, style: Style) -> Iterator[str]:
    if not explanation.stays_unsupported:
        return
    if any(answer.kind is Kind.WITHHELD for answer in explanation.answers):
        text = "--unsafe-fixes makes the withheld rewrite; check that the result is what you want"
    else:
        text = (
            "--cut auto -o DIR gives the target the largest part that it takes; or change the model"
        )
    yield from paragraph(text, "next", style)


def _named(code: str, outcome: WhyOutcome, style: Style) -> str:
    name = outcome.plan.rule_names.get(code)
    return style.paint(code, "bold") + ("" if name is None else f" {name}")
